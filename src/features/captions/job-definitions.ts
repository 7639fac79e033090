import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** Makes what is pending of a video's captions ready: tracks inside its file, and files beside it. */
export const extractJob = defineJob('captions.extract', z.object({ videoId: z.string() }), {
  lane: 'caption',
  // Attempts are also used up by the server being killed, which is no fault of the file's.
  attempts: 10,
  timeout: '6h',
});
/** How often work that fails by itself is tried. */
export const TRIES = 3;
