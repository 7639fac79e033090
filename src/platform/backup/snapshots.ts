import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { lockDataFolder } from '../datadir.ts';
import { DATABASE } from './contents.ts';
import { checkDatabase, syncPath } from './database-copy.ts';
import { abandonRestore, beginRestore, commitRestore, finishRestore } from './pending.ts';

/**
 * Databases kept in `backups/`: a copy from before each migration (`before-0007_name.db`), and what was put aside when
 * one was put back (`before-rollback-<time>/kinora.db`).
 */
export interface Snapshot {
  name: string;
  path: string;
  takenAtMs: number;
  sizeBytes: number;
  /** Made by an upgrade, and removed when there are newer ones; what was put aside stays until somebody deletes it. */
  fromMigration: boolean;
}

/** How many copies from before migrations are kept. */
const KEPT = 5;
const FROM_MIGRATION = /^(before-\d{4}_.+)\.db$/;
const ASIDE = /^before-(?:rollback|restore)-\d{8}T\d{6}Z$/;

/** A name for what is put aside: `before-rollback-20261123T101500Z`. */
export function asideName(act: 'rollback' | 'restore', nowMs: number): string {
  return `before-${act}-${stamp(nowMs)}`;
}

/** A time fit for a file's name, in UTC: `20261123T101500Z`. */
export function stamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** Newest first; `folder` is `backups/` of a data folder. */
export function listSnapshots(folder: string): Snapshot[] {
  if (!existsSync(folder)) return [];
  const snapshots = readdirSync(folder).flatMap((file): Snapshot[] => {
    const name = FROM_MIGRATION.exec(file)?.[1] ?? (ASIDE.test(file) ? file : null);
    if (name === null) return [];
    const path = name === file ? join(folder, file, DATABASE) : join(folder, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return [];
    const { size: sizeBytes, mtimeMs } = found;
    return [{ name, path, takenAtMs: Math.floor(mtimeMs), sizeBytes, fromMigration: name !== file }];
  });
  return snapshots.sort((a, b) => b.takenAtMs - a.takenAtMs || (a.name < b.name ? 1 : -1));
}

/** Removes the oldest copies from before migrations; returns the names of those that went. */
export function keepNewestSnapshots(folder: string): string[] {
  const extra = listSnapshots(folder)
    .filter(({ fromMigration }) => fromMigration)
    .slice(KEPT);
  for (const { path } of extra) rmSync(path, { force: true });
  return extra.map(({ name }) => name);
}

/**
 * Puts a snapshot in the place of the database, which is kept in `backups/<aside>/` and is a snapshot from then on. No server
 * may use the folder. Throws an `Error` with a sentence; then nothing has changed.
 */
export function rollBack(dataFolder: string, name: string, nowMs: number): { aside: string; migrations: string[] } {
  if (!existsSync(join(dataFolder, DATABASE))) {
    throw new Error(
      `${dataFolder} is not a data folder of Kinora: it has no ${DATABASE}. Name the right one with --data.`,
    );
  }
  const unlock = lockDataFolder(dataFolder);
  try {
    finishRestore(dataFolder);
    const snapshot = listSnapshots(join(dataFolder, 'backups')).find((one) => one.name === name);
    if (!snapshot) throw new Error(`There is no snapshot "${name}". See what there is: kinora rollback`);
    const staging = beginRestore(dataFolder);
    const copy = join(staging, DATABASE);
    // A database that was put aside in a crash may still have its log beside it.
    for (const end of ['-wal', '']) if (existsSync(snapshot.path + end)) copyFileSync(snapshot.path + end, copy + end);
    if (existsSync(`${copy}-wal`)) takeInLog(copy);
    const { migrations } = checkDatabase(copy);
    for (const end of ['-wal', '-shm']) rmSync(copy + end, { force: true });
    syncPath(copy);
    const aside = asideName('rollback', nowMs);
    commitRestore(dataFolder, aside, { act: 'rollback', name, atMs: nowMs, createdAtMs: snapshot.takenAtMs });
    return { aside, migrations };
  } catch (error) {
    abandonRestore(dataFolder);
    throw error;
  } finally {
    unlock();
  }
}

function takeInLog(path: string): void {
  const copy = new Database(path);
  copy.pragma('wal_checkpoint(TRUNCATE)');
  copy.close();
}
