import type { z } from 'zod';
import type {
  AddCaptionQuery,
  EditCaptionBody,
  OwnCaptionList,
  OwnCaptionReply,
} from '../../../src/features/captions/api.ts';
import { request } from './client.ts';

const path = (videoId: string) => `/api/videos/${encodeURIComponent(videoId)}/captions`;
const pathOf = (videoId: string, id: string) => `${path(videoId)}/${encodeURIComponent(id)}`;

export const listCaptions = (videoId: string) => request<z.infer<typeof OwnCaptionList>>(path(videoId));
export const addCaptions = (videoId: string, file: File) =>
  request<z.infer<typeof OwnCaptionReply>>(path(videoId), {
    method: 'POST',
    query: { filename: file.name } satisfies z.input<typeof AddCaptionQuery>,
    // Its type is guessed from its name, and says nothing.
    body: new Blob([file]),
  });
export const editCaptions = (videoId: string, id: string, body: z.input<typeof EditCaptionBody>) =>
  request<z.infer<typeof OwnCaptionReply>>(pathOf(videoId, id), { method: 'PATCH', body });
export const removeCaptions = (videoId: string, id: string) => request<void>(pathOf(videoId, id), { method: 'DELETE' });
