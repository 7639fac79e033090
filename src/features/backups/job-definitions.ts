import { z } from 'zod';
import { defineJob } from '../../platform/queue.define.ts';

/** Empty: the schedule wants it, as the configuration says. Else: who wants it, and with what. */
const BackupPayload = z.object({
  originals: z.boolean().optional(),
  by: z
    .object({ user: z.object({ id: z.string(), username: z.string() }).nullable(), address: z.string().nullable() })
    .optional(),
});

/**
 * Writes one backup into the folder of the configuration, and lets the oldest go. However large it is, it may take as long as
 * it gets on (`SILENCE_MS` in own-command.ts ends what does not).
 */
export const backupJob = defineJob('backups.write', BackupPayload, {
  lane: 'backup',
  attempts: 3,
  timeout: '30d',
  backoff: { first: '5m', max: '1h' },
});
