import { Cron } from 'croner';
import { desc, eq } from 'drizzle-orm';
import { jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import { listBackups } from './files.service.ts';
import { backupJob } from './job-definitions.ts';

const startedAtMs = new WeakMap<object, number>();

/**
 * Periodic: asks for a backup when one is due, counted from the last that was made or tried. One that fell into a time when
 * the server was off is made up for.
 */
export function enqueueDueBackup(app: Pick<App, 'config' | 'db' | 'queue' | 'clock' | 'dataDir'>): void {
  const { schedule } = app.config.backup;
  if (schedule === 'off') return;
  const nowMs = app.clock.nowMs();
  if (nextBackupMs(schedule, lastBackupMs(app) ?? firstSeenMs(app, nowMs)) > nowMs) return;
  app.db.write((tx) => app.queue.enqueue(tx, backupJob, {}, { dedupeKey: backupJob.name }));
}

/** When the next backup is due after another. */
export function nextBackupMs(schedule: string, afterMs: number): number {
  return new Cron(schedule, { paused: true }).nextRun(new Date(afterMs))?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** When a backup was last made or tried; null when never. */
function lastBackupMs(app: Pick<App, 'config' | 'db' | 'dataDir'>): number | null {
  const tried = app.db.orm
    .select({ atMs: jobs.createdAtMs })
    .from(jobs)
    .where(eq(jobs.lane, 'backup'))
    .orderBy(desc(jobs.createdAtMs), desc(jobs.id))
    .limit(1)
    .get();
  const made = listBackups(app)[0];
  const lastMs = Math.max(tried?.atMs ?? 0, made?.takenAtMs ?? 0);
  return lastMs === 0 ? null : lastMs;
}

function firstSeenMs(app: object, nowMs: number): number {
  if (!startedAtMs.has(app)) startedAtMs.set(app, nowMs);
  return startedAtMs.get(app)!;
}
