import { existsSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DAY_MS } from '../../core/time.ts';
import { type ArchiveFile, readArchive, writeArchive } from './archive.ts';
import { CONFIG, CONFIG_ELSEWHERE, DATABASE, type DataFile, FACTS, listVideoFiles, SECRET } from './contents.ts';
import { syncPath } from './database-copy.ts';
import type { BackupFacts } from './facts.ts';

export interface BackupOptions {
  dataFolder: string;
  /** The archive to write. It must not exist. */
  path: string;
  originals: boolean;
  /** The configuration file in force, wherever it is. */
  configFile: string | null;
  version: string;
  nowMs: number;
  signal: AbortSignal;
  /** Copies the database that is in a data folder to `path`, telling what has been written of it. */
  copyDatabase: (copy: DatabaseCopy) => Promise<void>;
  onStep?: (step: 'database' | 'files' | 'check') => void;
  /** How much is done, in whole percent; told again now and then where that takes long, as a sign of life. */
  onPercent?: (percent: number) => void;
}

export interface DatabaseCopy {
  dataFolder: string;
  path: string;
  signal: AbortSignal;
  onBytes: (bytes: number) => void;
}

/** Of a large backup a percent takes minutes: who listens hears that it goes on. */
const TOLD_AGAIN_MS = 5000;

/**
 * Writes a backup of a data folder, also while a server works on it, and reads it back before it appears under its name.
 * Files go first and the database after them, as it is then, and after that what files have come meanwhile: whatever the
 * database speaks of is in the archive. Throws an `Error` with a sentence; then nothing is left of it.
 */
export async function writeBackup(options: BackupOptions): Promise<{ files: number; sizeBytes: number }> {
  const path = resolve(options.path);
  const { dataFolder, signal, onStep = () => {} } = options;
  refuseWrongPlaces(dataFolder, path);
  sweepParts(path, options.nowMs);
  const partPath = `${path}.${process.pid}.part`;
  const databasePath = `${path}.${process.pid}.db`;
  try {
    const expectedBytes = await sizeUp(options);
    const databaseBytes = statSync(join(dataFolder, DATABASE)).size;
    refuseWithoutRoom(dirname(path), expectedBytes, databaseBytes);
    // All of it is written and read, and the database copied before that.
    const onBytes = progressOf(2 * expectedBytes + databaseBytes, options.onPercent);
    onStep('files');
    await writeArchive(partPath, archiveFiles(options, databasePath, onBytes), { signal, onBytes });
    rmSync(databasePath, { force: true });
    onStep('check');
    const found = await readArchive(partPath, async (_name, _size, body) => drain(body, onBytes), signal);
    if (existsSync(path)) throw new Error(taken(path));
    renameSync(partPath, path);
    syncPath(dirname(path));
    options.onPercent?.(100);
    return { files: found.files, sizeBytes: statSync(path).size };
  } catch (error) {
    throw asSentence(error, path);
  } finally {
    for (const part of [partPath, databasePath, `${databasePath}.part`]) rmSync(part, { force: true });
  }
}

async function* archiveFiles(
  options: BackupOptions,
  databasePath: string,
  onCopied: (bytes: number) => void,
): AsyncGenerator<ArchiveFile> {
  const { dataFolder, originals, configFile, version, nowMs, signal } = options;
  const facts: BackupFacts = { format: 1, version, createdAtMs: nowMs, originals };
  const json = Buffer.from(`${JSON.stringify(facts, null, 2)}\n`);
  yield { name: FACTS, sizeBytes: json.length, modifiedAtMs: nowMs, body: [json] };
  for (const { name, path } of settingsOf(dataFolder, configFile)) yield* asEntry(name, path);
  const written = new Set<string>();
  for await (const file of listVideoFiles(dataFolder, originals)) {
    yield* entryOf(file);
    written.add(file.name);
  }
  options.onStep?.('database');
  await options.copyDatabase({ dataFolder, path: databasePath, signal, onBytes: onCopied });
  yield* asEntry(DATABASE, databasePath);
  for await (const file of listVideoFiles(dataFolder, originals)) if (!written.has(file.name)) yield* entryOf(file);
}

function settingsOf(dataFolder: string, configFile: string | null): { name: string; path: string }[] {
  const settings = [{ name: SECRET, path: join(dataFolder, SECRET) }];
  const usual = join(dataFolder, CONFIG);
  if (existsSync(usual)) settings.push({ name: CONFIG, path: usual });
  if (configFile !== null && resolve(configFile) !== usual) settings.push({ name: CONFIG_ELSEWHERE, path: configFile });
  return settings.filter(({ path }) => existsSync(path));
}

async function* asEntry(name: string, path: string): AsyncGenerator<ArchiveFile> {
  const { size, mtimeMs } = statSync(path);
  yield* entryOf({ name, path, sizeBytes: size, modifiedAtMs: Math.floor(mtimeMs) });
}

/** None where the file has gone since it was listed. What is open is read to its end, even when it is deleted meanwhile. */
async function* entryOf({ name, path, modifiedAtMs }: DataFile): AsyncGenerator<ArchiveFile> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const body = size === 0 ? [] : file.createReadStream({ end: size - 1, highWaterMark: 1 << 18, autoClose: false });
    yield { name, sizeBytes: size, modifiedAtMs, body };
  } finally {
    await file.close();
  }
}

async function sizeUp({ dataFolder, originals }: BackupOptions): Promise<number> {
  let bytes = statSync(join(dataFolder, DATABASE)).size;
  for await (const { sizeBytes } of listVideoFiles(dataFolder, originals)) bytes += sizeBytes + 1024;
  return bytes;
}

function refuseWrongPlaces(dataFolder: string, path: string): void {
  if (!existsSync(join(dataFolder, DATABASE))) {
    throw new Error(
      `${dataFolder} is not a data folder of Kinora: it has no ${DATABASE}. Name the right one with --data.`,
    );
  }
  if (existsSync(path)) throw new Error(taken(path));
  const folder = dirname(path);
  if (!existsSync(folder))
    throw new Error(`There is no folder ${folder}. Make it first, or write the backup elsewhere.`);
  if (path.startsWith(join(resolve(dataFolder), 'videos/'))) {
    throw new Error(
      'A backup cannot be written among the videos it is of. Choose another folder, best on another disk.',
    );
  }
}

const taken = (path: string) => `${path} is already there, and is not written over. Choose another name.`;

function refuseWithoutRoom(folder: string, expectedBytes: number, databaseBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  // The copy of the database lies beside the archive until it is in it.
  const neededBytes = expectedBytes + databaseBytes;
  if (bavail * bsize >= neededBytes) return;
  throw new Error(
    `There is not enough room in ${folder}: the backup takes about ${gigabytes(neededBytes)}, and ${gigabytes(bavail * bsize)} are free.`,
  );
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

/** What is written while a backup is made: its name, the number of the process, what it is. */
const PART = /^(.+)\.(\d+)\.(?:part|db|db\.part)$/;
/** Backups that the server makes by itself, by the clock: none has the name of another. */
const BY_THE_CLOCK = /^kinora-\d{8}T\d{6}Z\.tar$/;
/** The folder may be shared, and the process another machine's: none writes nothing for as long. */
const SURELY_GONE_MS = 2 * DAY_MS;

/**
 * Removes what backups left behind that were killed: of this name where the process is gone, of those by the clock where nothing
 * was written for two days.
 */
function sweepParts(path: string, nowMs: number): void {
  for (const found of readdirSync(dirname(path))) {
    const [, name, pid] = PART.exec(found) ?? [];
    if (name === undefined) continue;
    const part = join(dirname(path), found);
    const isOurs = name === basename(path);
    const isOld = () => (statSync(part, { throwIfNoEntry: false })?.mtimeMs ?? nowMs) < nowMs - SURELY_GONE_MS;
    if (isOurs ? !isAlive(Number(pid)) : BY_THE_CLOCK.test(name) && isOld()) rmSync(part, { force: true });
  }
}

export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function drain(body: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void> {
  for await (const part of body) onBytes(part.length);
}

function progressOf(totalBytes: number, onPercent: (percent: number) => void = () => {}): (bytes: number) => void {
  let doneBytes = 0;
  let toldPercent = -1;
  let toldAtMs = 0;
  return (bytes) => {
    doneBytes += bytes;
    const percent = Math.min(99, Math.floor((doneBytes / Math.max(1, totalBytes)) * 100));
    if (percent === toldPercent && Date.now() - toldAtMs < TOLD_AGAIN_MS) return;
    [toldPercent, toldAtMs] = [percent, Date.now()];
    onPercent(percent);
  };
}

function asSentence(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const sentences: Record<string, string> = {
    ENOSPC: `The disk of ${dirname(path)} is full. Nothing was left of this backup; make room, or write it elsewhere.`,
    EDQUOT: `The quota in ${dirname(path)} is used up. Nothing was left of this backup; write it elsewhere.`,
    EACCES: `${dirname(path)} may not be written to by this user.`,
    EROFS: `${dirname(path)} is on a disk that is read-only.`,
    EFBIG: `${path} would be larger than its file system allows.`,
  };
  const sentence = sentences[code ?? ''];
  return sentence ? new Error(sentence, { cause: error }) : error;
}
