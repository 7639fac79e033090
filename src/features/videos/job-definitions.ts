import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

const VideoPayload = z.object({ videoId: z.string() });

/** Understands a source; afterwards the video can be played. */
export const probeJob = defineJob('videos.probe', VideoPayload, {
  lane: 'probe',
  attempts: 3,
  timeout: '5m',
  priority: 10,
});
/** Makes the poster and the storyboard. */
export const imagesJob = defineJob('videos.images', VideoPayload, { lane: 'image', attempts: 3, timeout: '30m' });
/** Fills the encoded ladder of a video kept eagerly. */
export const fillJob = defineJob('videos.fill', VideoPayload, { lane: 'encode', attempts: 3, timeout: '2d' });
