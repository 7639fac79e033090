import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** What a copy of the database says of itself. */
export interface DatabaseFacts {
  /** The migrations it has had, in their order. */
  migrations: string[];
}

/**
 * Copies the database an open connection is on into a new file, as it is at this moment and without gaps, and reads the
 * copy back before it appears under its name. Others may write meanwhile. Throws with a sentence; then there is no file.
 */
export function copyDatabase(raw: Database.Database, path: string): DatabaseFacts {
  const partPath = `${path}.part`;
  rmSync(partPath, { force: true });
  try {
    raw.prepare('VACUUM INTO ?').run(partPath);
    const facts = checkDatabase(partPath);
    syncPath(partPath);
    renameSync(partPath, path);
    syncPath(dirname(path));
    return facts;
  } catch (error) {
    rmSync(partPath, { force: true });
    throw asSentence(error, path);
  }
}

/** Reads a database file from its first page to its last. Throws with a sentence when it is damaged or not Kinora's. */
export function checkDatabase(path: string): DatabaseFacts {
  let copy: Database.Database | null = null;
  try {
    copy = new Database(path, { readonly: true, fileMustExist: true });
    const verdict = copy.pragma('integrity_check', { simple: true });
    if (verdict !== 'ok') throw new Error(String(verdict));
    const hasMigrations = copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_migrations'").get();
    const names = hasMigrations ? copy.prepare('SELECT name FROM _migrations ORDER BY name').pluck().all() : [];
    return { migrations: names as string[] };
  } catch (error) {
    throw new Error(`The database ${path} is damaged: ${(error as Error).message}.`, { cause: error });
  } finally {
    copy?.close();
  }
}

/** Waits until a file, or the names in a folder, survive a power cut. Windows cannot open a folder, and does not need it. */
export function syncPath(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  } catch (error) {
    if (process.platform === 'win32') return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function asSentence(error: unknown, path: string): unknown {
  const { code } = error as { code?: string };
  if (code !== 'SQLITE_FULL' && code !== 'ENOSPC') return error;
  return new Error(`The disk of ${dirname(path)} is full: the database could not be copied. Free some space there.`, {
    cause: error,
  });
}
