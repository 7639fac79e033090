import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { runOwnCommand } from '../own-command.ts';
import { DATABASE } from './contents.ts';
import { copyDatabase } from './database-copy.ts';
import { type DatabaseCopy, isAlive } from './write.ts';

const LOOK_MS = 500;

/**
 * Copies a database by a program of its own (`kinora backup --database-only`): SQLite copies it in one call, in which nothing
 * else happens here. How large the copy has become is seen from its file, which is progress, and a sign of life.
 */
export async function copyDatabaseAside({ dataFolder, path, signal, onBytes }: DatabaseCopy): Promise<void> {
  let seenBytes = 0;
  const look = () => {
    const sizeBytes = sizeOf(`${path}.part`) ?? sizeOf(path) ?? 0;
    if (sizeBytes <= seenBytes) return;
    onBytes(sizeBytes - seenBytes);
    seenBytes = sizeBytes;
  };
  const timer = setInterval(look, LOOK_MS);
  try {
    await runOwnCommand(['backup', path, '--data', dataFolder, '--database-only', String(process.pid)], {
      signal,
      onLine: () => {},
    });
    look();
  } catch (error) {
    for (const left of [path, `${path}.part`]) rmSync(left, { force: true });
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** What that program does. A copy that nobody waits for any more, since whoever asked was killed, is not left behind. */
export function copyDatabaseOf(dataFolder: string, path: string, askedBy: number): void {
  if (!isAlive(askedBy)) return;
  const source = new Database(join(dataFolder, DATABASE), { fileMustExist: true, timeout: 60_000 });
  try {
    copyDatabase(source, path);
  } finally {
    source.close();
    if (!isAlive(askedBy)) rmSync(path, { force: true });
  }
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size;
