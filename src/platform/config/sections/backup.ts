import { Cron } from 'croner';
import { z } from 'zod';
import { meta, NOW, section, whole } from '../key-meta.ts';

/** Copies of what cannot be made again. */
export const backup = section('Copies of what cannot be made again. See docs/backup.md.', {
  schedule: z
    .string()
    .refine(
      isSchedule,
      'must be off, or a time in the form of cron, such as "30 3 * * *" (half past three every night)',
    )
    .default('off')
    .meta(
      meta('off, @daily, @weekly, or a time in the form of cron: "30 3 * * *" is half past three every night.', NOW),
    ),
  folder: z
    .string()
    .default('')
    .meta(
      meta('Where they go, best on another disk; empty: the folder "backups" in the data folder.', {
        file: 'folder',
        fixed: 'Where the server writes files is decided by whoever runs the server.',
      }),
    ),
  keep: whole(1, 1000)
    .default(7)
    .meta(meta('How many are kept; older ones are deleted after a new one is whole.', NOW)),
  originals: z
    .boolean()
    .default(false)
    .meta(
      meta(
        'Whether uploaded originals are in them: without, they need little room, and originals a copy elsewhere.',
        NOW,
      ),
    ),
});

function isSchedule(text: string): boolean {
  if (text === 'off') return true;
  try {
    return new Cron(text, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
