import type { z } from 'zod';
import type { ImportBody, ImportList, ImportReply } from '../../../src/features/imports/api.ts';
import { request } from './client.ts';

export const startImport = (body: z.input<typeof ImportBody>) =>
  request<ImportReply>('/api/videos/import', { method: 'POST', body });
export const listImports = () => request<z.infer<typeof ImportList>>('/api/imports');
export const retryImport = (videoId: string) =>
  request<ImportReply>(`/api/videos/${encodeURIComponent(videoId)}/import/retry`, { method: 'POST' });
