import { DAY_MS, HOUR_MS, type TimeMs } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { lastTry, lookAtBackups } from './queries.ts';
import { nextBackupMs } from './when.queries.ts';

/** What is known of the backups of an instance. */
export interface BackupsSeen {
  schedule: string;
  newest: { takenAtMs: TimeMs; sizeBytes: number } | null;
  /** Why the folder they go to cannot be looked into. */
  unreadable: string | null;
  /** The last try, where it failed; `forGood` when it will not be tried again before the next is due. */
  failed: { atMs: TimeMs; reason: string; forGood: boolean } | null;
  /** One is being made now: a large one may take days, and is not late for that. */
  underWay: boolean;
  nowMs: TimeMs;
}

/**
 * How it stands: `none` and nobody has asked for any, `waiting` for the first, `good`; and what calls for somebody: `failed`,
 * `unreadable`, `late` where the schedule has been missed, `old` where there is no schedule and a month has gone.
 */
export type BackupsVerdict = 'good' | 'none' | 'waiting' | 'failed' | 'unreadable' | 'late' | 'old';

/** What the newest takes to be made, about. */
const MAKING_MS = HOUR_MS;
const OLD_MS = 30 * DAY_MS;

/**
 * From when on a schedule has been missed if the last backup was made at `sinceMs`. A server that was off makes up for it at once,
 * so one may be missed: late is when the next after that is due as well, or after a day where they are made more seldom.
 */
export function lateAtMs(schedule: string, sinceMs: TimeMs): TimeMs {
  const dueMs = nextBackupMs(schedule, sinceMs);
  return Math.min(nextBackupMs(schedule, dueMs), dueMs + DAY_MS) + MAKING_MS;
}

/** The one judgement for the overview, `kinora doctor` and what admins are told of. */
export function judgeBackups(seen: BackupsSeen): BackupsVerdict {
  const { schedule, newest, unreadable, failed, underWay, nowMs } = seen;
  if (unreadable !== null) return 'unreadable';
  if (failed && failed.atMs > (newest?.takenAtMs ?? 0)) return 'failed';
  if (schedule === 'off') {
    if (!newest) return 'none';
    return nowMs - newest.takenAtMs > OLD_MS ? 'old' : 'good';
  }
  if (!newest) return 'waiting';
  return !underWay && lateAtMs(schedule, newest.takenAtMs) <= nowMs ? 'late' : 'good';
}

/** What is seen of them from within the server. */
export function seeBackups(app: App): BackupsSeen {
  const { files, unreadable } = lookAtBackups(app);
  const job = lastTry(app);
  return {
    schedule: app.config.backup.schedule,
    newest: files[0] ?? null,
    unreadable,
    ...seeTry(job && { ...job, atMs: job.startedAtMs ?? job.createdAtMs }),
    nowMs: app.clock.nowMs(),
  };
}

/** What the last try says; null where none is known. One that waits to be tried again has failed so far. */
export function seeTry(
  job: { state: string; error: string | null; atMs: TimeMs } | null,
): Pick<BackupsSeen, 'failed' | 'underWay'> {
  const hasFailed = job?.error != null && (job.state === 'failed' || job.state === 'queued');
  return {
    failed: hasFailed ? { atMs: job.atMs, reason: job.error!, forGood: job.state === 'failed' } : null,
    underWay: job?.state === 'running',
  };
}
