import type { z } from 'zod';
import type { Page } from '../../../src/core/wire.ts';
import type {
  EncoderList,
  JobReply,
  JobState,
  JobWire,
  Lane,
  LaneList,
  WorkerList,
} from '../../../src/features/jobs/api.ts';
import { request } from './client.ts';

export interface JobFilter {
  state?: JobState;
  lane?: Lane;
}

export const listJobs = (filter: JobFilter, cursor?: string) =>
  request<Page<JobWire>>('/api/jobs', { query: { ...filter, cursor, limit: 50 } });
export const listLanes = () => request<z.infer<typeof LaneList>>('/api/jobs/lanes');
export const listEncoders = () => request<EncoderList>('/api/jobs/encoders');
export const listWorkers = () => request<WorkerList>('/api/jobs/workers');
export const retryJob = (id: string) => request<z.infer<typeof JobReply>>(`/api/jobs/${id}/retry`, { method: 'POST' });
export const cancelJob = (id: string) =>
  request<z.infer<typeof JobReply>>(`/api/jobs/${id}/cancel`, { method: 'POST' });
