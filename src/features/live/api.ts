import { z } from 'zod';
import { Id } from '../../core/wire.ts';

/** Messages on the WebSocket `/ws/uploads/`, one JSON object each. A viewer hears of their own videos; an admin of all. */
export const LiveMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('upload.progress'),
    videoId: Id,
    receivedBytes: z.number(),
    sizeBytes: z.number().describe('0 while it is not known, as of some links.'),
    bytesPerSecond: z.number().nullable().describe('Of what Kinora fetches itself.'),
  }),
  z.object({ type: z.literal('video.added'), videoId: Id, libraryId: Id.nullable() }),
  z.object({ type: z.literal('video.changed'), videoId: Id }),
  z.object({ type: z.literal('video.removed'), videoId: Id }),
  z
    .object({ type: z.literal('videos.changed'), videoIds: z.array(Id) })
    .describe('In place of the three above where many have come, changed or gone at once: 500 ids at most.'),
  z.object({
    type: z.literal('video.probed'),
    videoId: Id,
    durationMs: z.number(),
    width: z.number().nullable(),
    height: z.number().nullable(),
  }),
  z.object({ type: z.literal('video.playable'), videoId: Id }),
  z.object({ type: z.literal('video.ready'), videoId: Id }),
  z.object({ type: z.literal('video.failed'), videoId: Id, reason: z.string() }),
  z.object({
    type: z.literal('job.progress'),
    jobId: Id,
    videoId: Id.nullable(),
    lane: z.string(),
    percent: z.number(),
    etaMs: z.number().nullable(),
  }),
  z.object({ type: z.literal('job.changed'), jobId: Id }).describe('Admins only.'),
  z
    .object({ type: z.literal('jobs.changed'), jobIds: z.array(Id) })
    .describe('In place of "job.changed" where many have changed at once. Admins only.'),
  z.object({ type: z.literal('user.changed'), userId: Id }).describe('Admins only.'),
  z.object({ type: z.literal('disk.changed'), low: z.boolean() }).describe('Admins only.'),
  z.object({ type: z.literal('notice.changed'), kind: z.string() }).describe('Admins only.'),
  z.object({ type: z.literal('config.changed'), names: z.array(z.string()) }).describe('Admins only.'),
  z.object({ type: z.literal('task.changed'), name: z.string() }).describe('Admins only.'),
  z.object({ type: z.literal('library.changed'), libraryId: Id }),
]);
export type LiveMessage = z.infer<typeof LiveMessage>;

/** How a request arrived, as `/ws/arrival/` says it: nothing that who asks does not know or may not know. */
export const ArrivalWire = z.object({
  host: z.string(),
  address: z.string().describe("The asker's, as far as it is known."),
  trusted: z.boolean().describe('It came by a proxy of http.trustedProxies.'),
  forwardedFor: z.boolean().describe('It had X-Forwarded-For.'),
  forwardedProto: z.string().nullable(),
  forwardedHost: z.string().nullable(),
});
export type ArrivalWire = z.infer<typeof ArrivalWire>;
