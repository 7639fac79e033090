import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/**
 * Fetches a link. In a lane of its own: it waits for the network most of the time, and neither should a probe wait for a slow
 * server nor two downloads for an encoder. Many attempts, since being killed in the middle is one, too.
 */
export const fetchJob = defineJob('imports.fetch', z.object({ videoId: z.string() }), {
  lane: 'import',
  attempts: 100,
  timeout: '2d',
  backoff: { first: '10s', max: '10m' },
});
/** How often in a row it is tried without a single new byte: a good half hour. */
export const TRIES = 9;
