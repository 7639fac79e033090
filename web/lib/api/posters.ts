import type { PosterChoicesWire, VideoReply } from '../../../src/features/videos/api.ts';
import { request } from './client.ts';

const path = (id: string) => `/api/videos/${encodeURIComponent(id)}/poster`;

export const fetchPosterChoices = (id: string) => request<PosterChoicesWire>(path(id));
export const choosePoster = (id: string, choice: number) =>
  request<VideoReply>(path(id), { method: 'PUT', body: { choice } });
export const sendPoster = (id: string, file: Blob) => request<VideoReply>(path(id), { method: 'PUT', body: file });
export const resetPoster = (id: string) => request<VideoReply>(path(id), { method: 'DELETE' });
