import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

const VideoPayload = z.object({ videoId: z.string() });

/**
 * Attempts are also used up by the server being killed in the middle, which is no fault of the file's: allow for many. One
 * that takes the server down with it ends all the same.
 */
const attempts = 30;
/** How often work that fails by itself is tried. */
export const TRIES = 3;

/** Understands a source; afterwards the video can be played. A file whose clock jumps is copied, which takes as long as it takes. */
export const probeJob = defineJob('videos.probe', VideoPayload, {
  lane: 'probe',
  attempts,
  timeout: '2h',
  priority: 10,
});
/** Makes the poster and the storyboard. */
export const imagesJob = defineJob('videos.images', VideoPayload, { lane: 'image', attempts, timeout: '30m' });
/** Measures how loud the sound is, and draws the waveform of sound alone. Pictures go first: they are seen in every list. */
export const soundJob = defineJob('videos.sound', VideoPayload, {
  lane: 'image',
  attempts,
  timeout: '2h',
  priority: -5,
});
/** Fills the encoded ladder of a video kept eagerly; `again` where it was ready before, and segments have been lost. */
const FillPayload = VideoPayload.extend({ again: z.boolean().optional() });
export const fillJob = defineJob('videos.fill', FillPayload, { lane: 'encode', attempts, timeout: '2d' });
/** Looks which originals are in storage, after a backup has been put back. */
export const recheckJob = defineJob('videos.recheck', z.object({}), { lane: 'scan', attempts, timeout: '12h' });
