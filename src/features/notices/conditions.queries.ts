import { and, count, desc, eq, gte, inArray, isNull } from 'drizzle-orm';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { Lane } from '../../platform/queue.define.ts';
import { jobs } from '../../platform/queue.schema.ts';
import { KEEP_FREE_BYTES } from '../../platform/storage/port.ts';
import { readTlsPair, tlsFilesOf } from '../../platform/tls.ts';
import type { App } from '../../ports.ts';
import { judgeBackups, lateAtMs, seeBackups } from '../backups/health.queries.ts';
import { readDisk } from '../instance/disk.service.ts';
import { libraries, libraryFolders } from '../libraries/schema.ts';
import { acceptedAtMs, hasMail } from '../mail/service.ts';
import { taskRunner } from '../tasks/runner.service.ts';
import type { Condition } from './steps.ts';

/** Shares and disks come a while after the machine. */
const MOUNT_MS = 3 * MINUTE_MS;
const CERTIFICATE_DAYS = 14;
/** One bad file is the page of jobs' business; this many of a kind are a condition. */
const JOBS_FAILED = 3;
/** A mail server may be away for a quarter of an hour. */
const MAIL_TRIES = 4;

/** The name of the task whose failure says that the database is damaged: see src/schedule.ts. */
const DATABASE_TASK = 'check-the-database';

/** Everything that is not as it should be, as far as it can be told at once. */
export async function findConditions(app: App): Promise<Condition[]> {
  return [
    ...(await diskCondition(app)),
    ...backupCondition(app),
    ...libraryConditions(app),
    ...databaseCondition(app),
    ...jobConditions(app),
    ...certificateCondition(app),
    ...mailCondition(app),
  ];
}

type Found = Condition[];

async function diskCondition(app: App): Promise<Found> {
  const { low, space } = await readDisk(app);
  if (!low || !space) return [];
  const { freeBytes, totalBytes } = space;
  const state = freeBytes <= KEEP_FREE_BYTES ? 'problem' : 'warning';
  return [{ kind: 'disk', subject: '', state, facts: { freeBytes, totalBytes }, graceMs: 0 }];
}

/** Only where a schedule says that there should be some: what else is true of them stands in the overview. */
function backupCondition(app: App): Found {
  const seen = seeBackups(app);
  const { schedule, newest, nowMs } = seen;
  if (schedule === 'off') return [];
  const found = (facts: Condition['facts'], graceMs: Condition['graceMs'] = 0): Found => [
    { kind: 'backup', subject: '', state: 'warning', facts, graceMs },
  ];
  switch (judgeBackups(seen)) {
    case 'failed':
      return seen.failed!.forGood ? found({ reason: 'failed', error: seen.failed!.reason }) : [];
    case 'unreadable':
      return found({ reason: 'unreadable', error: seen.unreadable! }, MOUNT_MS);
    case 'waiting':
      return found({ reason: 'late' }, (seenAtMs) => lateAtMs(schedule, seenAtMs) - seenAtMs);
    case 'late':
      return found({ reason: 'late', hours: Math.floor((nowMs - newest!.takenAtMs) / HOUR_MS) });
    default:
      return [];
  }
}

function libraryConditions(app: App): Found {
  const rows = app.db.orm
    .select({ id: libraries.id, name: libraries.name, path: libraryFolders.path })
    .from(libraries)
    .innerJoin(libraryFolders, eq(libraryFolders.libraryId, libraries.id))
    .where(and(isNull(libraries.deletedAtMs), eq(libraryFolders.online, false)))
    .all();
  return Object.values(Object.groupBy(rows, ({ id }) => id)).map((folders = []) => ({
    kind: 'library',
    subject: folders[0]!.id,
    state: 'warning',
    facts: { name: folders[0]!.name, folders: folders.map(({ path }) => path).join(', ') },
    graceMs: MOUNT_MS,
  }));
}

function databaseCondition(app: App): Found {
  const failure = taskRunner(app)?.find(DATABASE_TASK)?.failure ?? null;
  if (failure === null) return [];
  return [{ kind: 'database', subject: '', state: 'problem', facts: { error: failure }, graceMs: 0 }];
}

/** Mail and backups have conditions of their own, and a browser that cannot be told is nobody's fault here. */
const OWN = ['mail.send', 'push.send', 'backups.write'];

function jobConditions(app: App): Found {
  const rows = app.db.orm
    .select({ name: jobs.name, lane: jobs.lane, count: count() })
    .from(jobs)
    .where(and(eq(jobs.state, 'failed'), gte(jobs.createdAtMs, app.clock.nowMs() - DAY_MS)))
    .groupBy(jobs.name, jobs.lane)
    .all();
  return rows
    .filter((row) => row.count >= JOBS_FAILED && !OWN.includes(row.name))
    .map((row) => {
      const last = recentJobs(app, row.lane, row.name, 20).find(({ state }) => state === 'failed');
      const facts = { name: row.name, count: row.count, error: last?.error ?? '' };
      return { kind: 'jobs', subject: row.name, state: 'warning', facts, graceMs: 0 };
    });
}

function certificateCondition(app: App): Found {
  const pair = ownCertificate(app);
  if (!pair) return [];
  const leftMs = pair.validToMs - app.clock.nowMs();
  const days = Math.floor(leftMs / DAY_MS);
  if (days >= CERTIFICATE_DAYS) return [];
  const day = new Date(pair.validToMs).toISOString().slice(0, 10);
  const facts = { names: pair.names, day, days, file: pair.file };
  return [{ kind: 'certificate', subject: '', state: leftMs <= 0 ? 'problem' : 'warning', facts, graceMs: 0 }];
}

/** Null where there is none, or none that can be read: then the one in use goes on, and the log says why. */
function ownCertificate({ config }: App) {
  try {
    const files = tlsFilesOf(config);
    return files && { ...readTlsPair(files), file: files.certificate };
  } catch {
    return null;
  }
}

/** Whether what was tried last failed: for good, or again and again. A test that went well proves that all is well, too. */
function mailCondition(app: App): Found {
  if (!hasMail(app)) return [];
  const sinceMs = Math.max(app.clock.nowMs() - DAY_MS, acceptedAtMs(app) ?? 0);
  const ended = recentJobs(app, 'mail', 'mail.send', 20).find(
    ({ state, attempts }) => state === 'done' || state === 'failed' || attempts >= MAIL_TRIES,
  );
  if (!ended || ended.state === 'done' || !ended.error || (ended.startedAtMs ?? 0) < sinceMs) return [];
  return [{ kind: 'mail', subject: '', state: 'warning', facts: { error: ended.error }, graceMs: 0 }];
}

/** The newest jobs of a name. */
function recentJobs(app: App, lane: Lane, name: string, limit: number) {
  return app.db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.lane, lane), eq(jobs.name, name), inArray(jobs.state, ['queued', 'running', 'done', 'failed'])))
    .orderBy(desc(jobs.createdAtMs), desc(jobs.id))
    .limit(limit)
    .all();
}
