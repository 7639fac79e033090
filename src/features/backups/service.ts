import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { min } from 'drizzle-orm';
import { HOUR_MS } from '../../core/time.ts';
import { dropMadeNote, readMadeNotes } from '../../platform/backup/made.ts';
import { dropRestoredNote, readRestoredNote } from '../../platform/backup/pending.ts';
import type { Db } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { users } from '../accounts/schema.ts';
import { type Actor, COMMAND_LINE } from '../accounts/viewer.ts';
import type { ActWire } from '../audit/api.ts';
import { listActs } from '../audit/queries.ts';
import { recordAct } from '../audit/service.ts';
import type { JobWire } from '../jobs/api.ts';
import { requestRecheck } from '../videos/restored.service.ts';
import { type BackupFile, findBackup, listBackups } from './files.service.ts';
import { backupJob } from './job-definitions.ts';
import { backupFolderUnreachable, backupNotFound } from './problems.ts';
import { lastAskedMs, lastTry } from './queries.ts';
import { nextBackupMs } from './when.queries.ts';

const BY_COMMAND: Actor = { user: COMMAND_LINE, address: null };

/**
 * Periodic: asks for a backup when one is due, counted from the last that was made or tried. One that fell into a time when
 * the server was off is made up for. Where there is none yet, the time is counted from the first account on: on an instance of
 * some days the first is made as soon as a schedule is set.
 */
export function enqueueDueBackup(app: Pick<App, 'config' | 'db' | 'queue' | 'clock' | 'dataDir'>): void {
  const { schedule } = app.config.backup;
  if (schedule === 'off') return;
  const nowMs = app.clock.nowMs();
  const lastMs = Math.max(lastAskedMs(app), listBackups(app)[0]?.takenAtMs ?? 0) || firstAccountMs(app.db);
  if (lastMs === null || nextBackupMs(schedule, lastMs) > nowMs) return;
  app.db.write((tx) => app.queue.enqueue(tx, backupJob, {}, { dedupeKey: backupJob.name }));
}

/**
 * Begins a backup now; one that is under way or is about to be goes on, and is what is returned. One that failed and waits to be
 * tried again gives way: whoever asks has put right what was wrong, and may want another.
 */
export function requestBackup(app: App, by: Actor, originals: boolean | undefined): JobWire {
  const last = lastTry(app);
  if (last?.state === 'queued' && last.error !== null) app.queue.cancel(last.id);
  const payload = { by, ...(originals !== undefined && { originals }) };
  app.db.write((tx) => app.queue.enqueue(tx, backupJob, payload, { dedupeKey: backupJob.name }));
  return lastTry(app)!;
}

/** Deletes a backup for good. Throws `backup-not-found`. */
export async function removeBackup(app: App, by: Actor, name: string): Promise<void> {
  const { path, sizeBytes } = getBackup(app, name);
  await rm(path, { force: true });
  app.db.write((tx) =>
    recordAct(app, tx, by, {
      act: 'backup.removed',
      target: { id: name, name },
      changes: { sizeBytes: { before: sizeBytes } },
    }),
  );
}

/**
 * Who takes a backup away takes the secret of this instance, too: that is written down, whatever part of it was asked for. The
 * parts that one download comes in are one act.
 */
export function noteDownload(app: App, by: Actor, name: string): void {
  const fromMs = app.clock.nowMs() - HOUR_MS;
  const lately = listActs(app, { act: 'backup.downloaded', fromMs, limit: 100 }).items;
  const isSame = ({ actor, target, address }: ActWire) =>
    target.id === name && actor.id === (by.user?.id ?? null) && address === by.address;
  if (lately.some(isSame)) return;
  app.db.write((tx) => recordAct(app, tx, by, { act: 'backup.downloaded', target: { id: name, name } }));
}

/** Throws `backup-not-found`, or `backup-folder-unreachable`. */
export function getBackup(app: App, name: string): BackupFile {
  let found: BackupFile | null;
  try {
    found = findBackup(app, name);
  } catch (error) {
    const reason = (error as Error).message;
    throw backupFolderUnreachable(`The folder of backups cannot be read: ${reason}.`, { cause: error });
  }
  if (!found) throw backupNotFound('There is no such backup: it may have made room for a newer one.');
  return found;
}

/**
 * At start: what was put back while the server was off is written down, by whoever did it on the command line, and what the
 * backup did not have is looked for in the background.
 */
export function noteRestored(app: App): void {
  const note = readRestoredNote(app.dataDir.path);
  if (!note) return;
  const { act, name, atMs, createdAtMs, version, originals } = note;
  const changes = {
    from: { after: act === 'restore' ? 'a backup' : 'a copy of the database' },
    madeAt: { after: new Date(createdAtMs).toISOString() },
    ...(version !== undefined && { version: { after: version } }),
    ...(originals !== undefined && { originals: { after: originals } }),
  };
  app.db.write((tx) => {
    recordAct(app, tx, BY_COMMAND, { act: 'backup.restored', target: { name }, changes, atMs });
    requestRecheck(app, tx);
  });
  dropRestoredNote(app.dataDir.path);
}

/** Periodic, and at start: backups made by `kinora backup FILE` are written down, wherever they went. */
export function noteMadeByHand(app: Pick<App, 'db' | 'clock' | 'dataDir'>): void {
  for (const { name, note } of readMadeNotes(app.dataDir.path)) {
    if (note) {
      const { path, sizeBytes, originals, operator, atMs } = note;
      const changes = {
        path: { after: path },
        sizeBytes: { after: sizeBytes },
        originals: { after: originals },
        operator: { after: operator },
      };
      const act = { act: 'backup.made', target: { name: basename(path) }, changes, atMs } as const;
      app.db.write((tx) => recordAct(app, tx, BY_COMMAND, act));
    }
    dropMadeNote(app.dataDir.path, name);
  }
}

/** When there was first something to back up: the first account. */
function firstAccountMs(db: Db): number | null {
  return (
    db.orm
      .select({ ms: min(users.createdAtMs) })
      .from(users)
      .get()?.ms ?? null
  );
}
