import type { z } from 'zod';
import type { ChannelReply, EditChannelBody } from '../../../src/features/channels/api.ts';
import { request } from './client.ts';

const path = (ref: string) => `/api/channels/${encodeURIComponent(ref)}`;

/** `ref`: its id, or `@` and its handle. */
export const fetchChannel = (ref: string) => request<ChannelReply>(path(ref));
export const editChannel = (ref: string, body: z.input<typeof EditChannelBody>) =>
  request<ChannelReply>(path(ref), { method: 'PATCH', body });
