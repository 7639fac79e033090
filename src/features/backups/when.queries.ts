import { Cron } from 'croner';

/** When the next backup is due after another, by the machine's clock: croner knows summer time. */
export function nextBackupMs(schedule: string, afterMs: number): number {
  if (!Number.isFinite(afterMs)) return Number.POSITIVE_INFINITY;
  return new Cron(schedule, { paused: true }).nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY;
}
