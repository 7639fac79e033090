import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HOUR_MS } from '../../core/time.ts';
import { type BackupsSeen, judgeBackups, seeTry } from '../../features/backups/health.queries.ts';
import { backupJob } from '../../features/backups/job-definitions.ts';
import { lookAtBackups } from '../../features/backups/queries.ts';
import { type Check, type Finding, note, ok, type Patient, warning } from './check.ts';
import { gigabytes } from './machine.ts';

/** When what cannot be made again was last copied. */
export const backupsCheck: Check = {
  title: 'Backups',
  run(patient) {
    if (!existsSync(join(patient.dataFolder, 'kinora.db'))) return [];
    return [findingOf(see(patient))];
  },
};

function findingOf(seen: BackupsSeen): Finding {
  const { newest, unreadable, failed, nowMs } = seen;
  const how = 'On the Backups page of the admin area, or: kinora backup FILE';
  const last = newest ? `the last one is ${age(nowMs - newest.takenAtMs)} old, ${gigabytes(newest.sizeBytes)}` : '';
  const findings: Record<ReturnType<typeof judgeBackups>, () => Finding> = {
    good: () => ok(last),
    none: () => note('there is none where scheduled ones go', `Make one now and then, or set backup.schedule. ${how}`),
    waiting: () => note('there is none yet; the schedule makes the first', how),
    failed: () => warning(`the last try failed: ${failed?.reason}`, `Put that right, then make one. ${how}`),
    unreadable: () =>
      warning(`their folder cannot be read: ${unreadable}`, 'Mount its disk, or correct backup.folder.'),
    late: () => warning(`the schedule has been missed: ${last}`, `Look at the log for why, then make one. ${how}`),
    old: () => note(last, `Make one now and then, or set backup.schedule. ${how}`),
  };
  return findings[judgeBackups(seen)]();
}

function see({ config, dataFolder, nowMs }: Patient): BackupsSeen {
  const { files, unreadable } = lookAtBackups({ config, dataDir: { path: dataFolder } });
  const { schedule } = config.backup;
  return { schedule, newest: files[0] ?? null, unreadable, ...lastTry(dataFolder), nowMs };
}

/** From the queue, read as it is: the server may run. */
function lastTry(dataFolder: string): Pick<BackupsSeen, 'failed' | 'underWay'> {
  let database: Database.Database | null = null;
  try {
    database = new Database(join(dataFolder, 'kinora.db'), { readonly: true, fileMustExist: true });
    const last = database
      .prepare(
        'SELECT state, error, coalesce(started_at_ms, created_at_ms) AS atMs FROM jobs WHERE name = ? ORDER BY created_at_ms DESC LIMIT 1',
      )
      .get(backupJob.name) as { state: string; error: string | null; atMs: number } | undefined;
    return seeTry(last ?? null);
  } catch {
    // A database that cannot be read is found by the check of the database.
    return seeTry(null);
  } finally {
    database?.close();
  }
}

function age(ms: number): string {
  const hours = Math.max(0, Math.floor(ms / HOUR_MS));
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
