import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { finishRestore } from './backup/pending.ts';
import { makePath } from './make-path.ts';

/** The data folder, ours alone until `close`. */
export interface DataDir {
  path: string;
  databasePath: string;
  tmpPath: string;
  uploadsPath: string;
  /** The database of the log's last lines. */
  logsPath: string;
  /** Signs tokens and links; made once, kept in `secret` with the folder. */
  secret: string;
  /** Lets go of the lock. */
  close(): void;
}

/** Another process has the data folder. */
export class DataDirInUse extends Error {}

/**
 * Makes the data folder if need be and locks it, so that two Kinoras never share one.
 * Throws an `Error` with a sentence for whoever starts Kinora.
 */
export function openDataDir(folder: string): DataDir {
  const path = resolve(folder);
  const unlock = lockDataFolder(path);
  try {
    finishRestore(path);
    const tmpPath = join(path, 'tmp');
    const uploadsPath = join(path, 'uploads');
    makeFolder(tmpPath);
    makeFolder(uploadsPath);
    const secret = readOrMakeSecret(join(path, 'secret'));
    return {
      path,
      databasePath: join(path, 'kinora.db'),
      tmpPath,
      uploadsPath,
      logsPath: join(path, 'logs.db'),
      secret,
      close: unlock,
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Makes the folder if need be and keeps everybody else out until the returned function is called; nothing else in it is touched.
 * Throws an `Error` with a sentence.
 */
export function lockDataFolder(path: string): () => void {
  makeFolder(path);
  return lock(path);
}

function makeFolder(path: string): void {
  try {
    makePath(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const who = process.getuid ? ` by user ${process.getuid()}` : '';
    const reasons: Record<string, string> = {
      EACCES: `it may not be written${who}. Give it to that user, or choose another with --data`,
      EPERM: `it may not be written${who}. Give it to that user, or choose another with --data`,
      EROFS: 'its disk is read-only. Choose another with --data',
      EEXIST: 'there is a file of that name. Move it away, or choose another with --data',
      ENOTDIR: 'a part of its path is a file. Choose another with --data',
      ENOSPC: 'its disk is full. Free some space first',
      ENOENT: 'no folder can be made there: is its disk mounted? Choose another with --data',
    };
    throw new Error(`The data folder ${path} cannot be used: ${reasons[code ?? ''] ?? message}.`, { cause: error });
  }
}

/** A connection that nobody refers to is collected as garbage and closed, and its lock with it. */
const heldLocks = new Set<Database.Database>();

/**
 * Holds an exclusive SQLite transaction on `lock.db`: the kernel lets go of it when this process dies, however it dies.
 * Nothing else may open that file in this process: closing any handle on it would drop the lock (POSIX).
 */
function lock(path: string): () => void {
  const pidPath = join(path, 'kinora.pid');
  const connection = new Database(join(path, 'lock.db'), { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new DataDirInUse(
      `Another Kinora${readPid(pidPath)} already uses ${path}. Stop it first, or choose another folder with --data.`,
    );
  }
  heldLocks.add(connection);
  writeFileSync(pidPath, `${process.pid}\n`);
  return () => {
    if (!heldLocks.delete(connection)) return;
    rmSync(pidPath, { force: true });
    connection.close();
  };
}

function readPid(pidPath: string): string {
  try {
    return ` (process ${readFileSync(pidPath, 'utf8').trim()})`;
  } catch {
    return '';
  }
}

function readOrMakeSecret(path: string): string {
  try {
    // `wx`: never over an existing one, which would sign everybody out.
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length < 32) {
    throw new Error(
      `The file ${path} should hold a secret but is too short. Restore it from a backup, or delete it (this signs everybody out).`,
    );
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return secret;
}
