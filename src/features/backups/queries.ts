import { and, desc, eq } from 'drizzle-orm';
import { readBackupFacts } from '../../platform/backup/facts.ts';
import { jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import type { JobWire } from '../jobs/api.ts';
import { listJobs } from '../jobs/queries.ts';
import { storageUsage } from '../overview/schema.ts';
import type { BackupList } from './api.ts';
import { type BackupFile, backupFolder, listBackups } from './files.service.ts';
import { nextBackupMs } from './when.queries.ts';

/** Everything about the backups of an instance, for its admins. */
export function readBackups(app: App): BackupList {
  const { files, unreadable } = lookAtBackups(app);
  const { schedule, keep, originals } = app.config.backup;
  const job = lastTry(app);
  return {
    items: files.map(({ name, path, takenAtMs, sizeBytes }) => {
      const facts = factsOf(path);
      return { name, takenAtMs, sizeBytes, originals: facts?.originals ?? null, version: facts?.version ?? null };
    }),
    folder: backupFolder(app),
    unreadable,
    dataFolder: app.dataDir.path,
    schedule,
    keep,
    originals,
    nextAtMs: schedule === 'off' ? null : nextBackupMs(schedule, app.clock.nowMs()),
    originalsBytes: originalsBytes(app),
    job: job && isWorthTelling(job) ? job : null,
  };
}

/** The files, or why the folder cannot be looked into: a disk that is gone is something to show, no error. */
export function lookAtBackups(app: Parameters<typeof listBackups>[0]): {
  files: BackupFile[];
  unreadable: string | null;
} {
  try {
    return { files: listBackups(app), unreadable: null };
  } catch (error) {
    return { files: [], unreadable: (error as Error).message };
  }
}

/** The last backup that was tried, however it went; null when none is known. */
export function lastTry(app: App): JobWire | null {
  return listJobs(app, { lane: 'backup', limit: 1 }).items[0] ?? null;
}

/** When one was last asked for, as far as jobs are kept. */
export function lastAskedMs(app: Pick<App, 'db'>): number {
  const asked = app.db.orm
    .select({ atMs: jobs.createdAtMs })
    .from(jobs)
    .where(eq(jobs.lane, 'backup'))
    .orderBy(desc(jobs.createdAtMs), desc(jobs.id))
    .limit(1)
    .get();
  return asked?.atMs ?? 0;
}

const isWorthTelling = ({ state }: JobWire) => state === 'running' || state === 'queued' || state === 'failed';

function factsOf(path: string) {
  try {
    return readBackupFacts(path);
  } catch {
    // Gone since it was listed, or not ours to read.
    return null;
  }
}

function originalsBytes({ db }: App): number | null {
  const found = db.orm
    .select({ bytes: storageUsage.bytes })
    .from(storageUsage)
    .where(and(eq(storageUsage.of, 'files'), eq(storageUsage.key, 'originals')))
    .get();
  return found?.bytes ?? null;
}
