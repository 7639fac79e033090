import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HOUR_MS } from '../../core/time.ts';

/** A file that has to be a real file on disk: the system loads or runs it. */
export interface PackedFile {
  /** Below the folder it is unpacked to, with slashes. */
  path: string;
  sizeBytes: number;
  /** Of its content, in hex. */
  sha256: string;
  /** Programs are run, libraries are only loaded. */
  isProgram: boolean;
}

/** What was being written when a process was killed is left alone for so long: another may be writing it now. */
const ABANDONED_AFTER_MS = HOUR_MS;
const CHUNK_BYTES = 1 << 20;

/**
 * Makes sure that `file` is in `folder` with the content it must have, and returns its path. Where it is not, it is written aside,
 * made to last, and renamed: whoever starts at the same time, or is killed, never leaves half a file behind. Throws what the
 * file system throws.
 */
export function unpack(folder: string, file: PackedFile, content: () => Uint8Array): string {
  const path = join(folder, file.path);
  if (isIntact(path, file)) return path;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  removeAbandoned(path);
  const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(aside, whole(file, content()), { flag: 'wx', mode: file.isProgram ? 0o700 : 0o600, flush: true });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    // Windows keeps libraries that are in use: another start may have put it there meanwhile.
    if (isIntact(path, file)) return path;
    throw error;
  }
  flushFolder(dirname(path));
  remember(path, file);
  return path;
}

/** Whether `file` is in `folder`, and has not changed since it was seen to be whole. Reads nothing of it. */
export function isNoted(folder: string, file: PackedFile): boolean {
  const path = join(folder, file.path);
  const seen = describe(path, file);
  return seen !== null && readText(recordOf(path)) === seen;
}

/**
 * Whether the file is there as it was written. Its content is hashed when anything about it has changed since it last was; the
 * time of its last change (ctime) is set by the kernel alone.
 */
function isIntact(path: string, file: PackedFile): boolean {
  const seen = describe(path, file);
  if (seen === null) return false;
  if (readText(recordOf(path)) === seen) return true;
  if (hashOf(path) !== file.sha256) return false;
  remember(path, file);
  return true;
}

const recordOf = (path: string) => `${path}.checked`;

/** A line that changes with the file; null where there is none of the right size. */
function describe(path: string, { sizeBytes, sha256 }: PackedFile): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size !== BigInt(sizeBytes)) return null;
  return [sha256, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}

function remember(path: string, file: PackedFile): void {
  const seen = describe(path, file);
  if (seen === null) return;
  const aside = `${recordOf(path)}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(aside, seen, { mode: 0o600 });
    renameSync(aside, recordOf(path));
  } catch {
    // Without it the next start hashes the file again.
    rmSync(aside, { force: true });
  }
}

function whole({ path, sizeBytes, sha256 }: PackedFile, content: Uint8Array): Uint8Array {
  if (content.length === sizeBytes && createHash('sha256').update(content).digest('hex') === sha256) return content;
  throw new Error(`The ${path} within this program is damaged. Download Kinora again.`);
}

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    for (let read = 0; (read = readSync(descriptor, chunk)) > 0; ) hash.update(chunk.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

function removeAbandoned(path: string): void {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith('.part')) continue;
    const part = join(dirname(path), name);
    const stats = statSync(part, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS) rmSync(part, { force: true });
  }
}

/** So that the new name outlives a power failure; not every system lets a folder be opened. */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // The file itself is written: at worst it is unpacked once more.
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
