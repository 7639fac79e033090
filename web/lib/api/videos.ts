import type { z } from 'zod';
import type { Page } from '../../../src/core/wire.ts';
import type { ContinueWatchingReply } from '../../../src/features/history/api.ts';
import type { WaitingWire } from '../../../src/features/playback/api.ts';
import type { CompleteUploadReply, InitUploadBody, InitUploadReply } from '../../../src/features/uploads/api.ts';
import type { EditVideoBody, ListVideosQuery, VideoReply, VideoWire } from '../../../src/features/videos/api.ts';
import { request } from './client.ts';

export type VideoQuery = Partial<Omit<z.infer<typeof ListVideosQuery>, 'cursor'>>;
export type VideoEdit = z.input<typeof EditVideoBody>;

const path = (id: string) => `/api/videos/${encodeURIComponent(id)}`;

export const listVideos = (query: VideoQuery, cursor?: string) =>
  request<Page<VideoWire>>('/api/videos', { query: { ...query, cursor } });
export const fetchVideo = (id: string) => request<VideoReply>(path(id));
export const editVideo = (id: string, body: VideoEdit) => request<VideoReply>(path(id), { method: 'PATCH', body });
/** What this viewer waits for; `hls` is the address of the video's playlist, its token included. */
export const fetchWaiting = (hls: string) => request<WaitingWire>(hls.replace(/[^/]+$/, 'waiting'));
export const deleteVideo = (id: string) => request<void>(path(id), { method: 'DELETE' });
export const restoreVideo = (id: string) => request<VideoReply>(`${path(id)}/restore`, { method: 'POST' });

export const listContinueWatching = () => request<z.infer<typeof ContinueWatchingReply>>('/api/history/continue');
export const forgetProgress = (id: string) => request<void>(`${path(id)}/progress`, { method: 'DELETE' });
export const saveProgress = (id: string, positionMs: number, keepalive = false) =>
  request<void>(`${path(id)}/progress`, { method: 'PUT', body: { positionMs }, keepalive });

export const initUpload = (body: z.input<typeof InitUploadBody>) =>
  request<z.infer<typeof InitUploadReply>>('/api/videos/init', { method: 'POST', body });
export const completeUpload = (id: string) =>
  request<z.infer<typeof CompleteUploadReply>>(`${path(id)}/complete`, { method: 'POST' });
