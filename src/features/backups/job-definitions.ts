import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** Writes one backup into the folder of the configuration, and lets the oldest go. */
export const backupJob = defineJob('backups.write', z.object({}), {
  lane: 'backup',
  attempts: 3,
  timeout: '1d',
  backoff: { first: '5m', max: '1h' },
});
