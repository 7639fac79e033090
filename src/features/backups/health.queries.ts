import { DAY_MS, type TimeMs } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { lastTry, lookAtBackups } from './queries.ts';
import { nextBackupMs } from './when.queries.ts';

/** What is known of the backups of an instance. */
export interface BackupsSeen {
  schedule: string;
  newest: { takenAtMs: TimeMs; sizeBytes: number } | null;
  /** Why the folder they go to cannot be looked into. */
  unreadable: string | null;
  /** The last try, where it failed. */
  failed: { atMs: TimeMs; reason: string } | null;
  nowMs: TimeMs;
}

/**
 * How it stands: `none` and nobody has asked for any, `waiting` for the first, `good`; and what calls for somebody: `failed`,
 * `unreadable`, `late` where the schedule has been missed, `old` where there is no schedule and a month has gone.
 */
export type BackupsVerdict = 'good' | 'none' | 'waiting' | 'failed' | 'unreadable' | 'late' | 'old';

/** A server that was off for a day makes up for it at once: only what is later than that is late. */
const PATIENCE_MS = DAY_MS;
const OLD_MS = 30 * DAY_MS;

export function judgeBackups({ schedule, newest, unreadable, failed, nowMs }: BackupsSeen): BackupsVerdict {
  if (unreadable !== null) return 'unreadable';
  if (failed && failed.atMs > (newest?.takenAtMs ?? 0)) return 'failed';
  if (schedule === 'off') {
    if (!newest) return 'none';
    return nowMs - newest.takenAtMs > OLD_MS ? 'old' : 'good';
  }
  if (!newest) return 'waiting';
  return nextBackupMs(schedule, newest.takenAtMs) + PATIENCE_MS < nowMs ? 'late' : 'good';
}

/** What is seen of them from within the server. */
export function seeBackups(app: App): BackupsSeen {
  const { files, unreadable } = lookAtBackups(app);
  const job = lastTry(app);
  // One that waits to be tried again has failed so far.
  const hasFailed = job?.error != null && (job.state === 'failed' || job.state === 'queued');
  return {
    schedule: app.config.backup.schedule,
    newest: files[0] ?? null,
    unreadable,
    failed: hasFailed ? { atMs: job.startedAtMs ?? job.createdAtMs, reason: job.error! } : null,
    nowMs: app.clock.nowMs(),
  };
}
