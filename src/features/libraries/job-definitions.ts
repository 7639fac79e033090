import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** Reconciles a library's videos with the files in its folders. */
export const scanJob = defineJob('libraries.scan', z.object({ libraryId: z.string() }), {
  lane: 'scan',
  attempts: 3,
  timeout: '12h',
});

/** Under which no second scan of a library is begun, and by which one that waits or runs is found. */
export const scanKey = (libraryId: string) => `scan ${libraryId}`;
