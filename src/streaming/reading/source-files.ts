import { close, fstat, open, read, readv, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isFileMissing } from '../../platform/storage/port.ts';

/** Bytes that can be read at any place. */
export interface ByteSource {
  sizeBytes: number;
  /** Reads up to `length` bytes: fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
  /** Reads what lies one behind the other into several places, in one go. Returns how many bytes there were. */
  readInto(position: number, targets: readonly Uint8Array[]): Promise<number>;
}

/** A source's file as it was found. */
export interface OpenFile extends ByteSource {
  modifiedAtMs: number;
}

/** A file nobody reads is closed after so long: its disk can be unmounted then, and deleting it frees its room. */
const IDLE_MS = 30_000;

/** Source files that are being read, kept open for a while, least recently used out first. */
export interface SourceFiles {
  /**
   * Runs `work` on a file as it is now: one that was replaced or changed is opened anew. `knownMs`: how long ago it may have been
   * looked at for that.
   */
  use<T>(path: string, work: (file: OpenFile) => Promise<T>, options?: { knownMs?: number }): Promise<T>;
  close(): void;
}

interface Entry extends OpenFile {
  fd: number;
  usedAtMs: number;
  checkedAtMs: number;
  inode: number;
  users: number;
  dropped: boolean;
}

const closeFile = promisify(close);
const openFile = promisify(open);
const statFile = promisify(fstat) as (fd: number) => Promise<Stats>;

export interface SourceFilesOptions {
  /** How many are kept open. */
  size?: number;
  idleMs?: number;
  /** What is behind an address that is no path; null where it is one. */
  openAddress?: (path: string) => Promise<OpenFile> | null;
}

export function createSourceFiles(options: SourceFilesOptions = {}): SourceFiles {
  const { size = 64, idleMs = IDLE_MS, openAddress = () => null } = options;
  const entries = new Map<string, Entry>();
  let sweeping: NodeJS.Timeout | null = null;

  function sweep(): void {
    const longAgo = performance.now() - idleMs;
    for (const [path, entry] of entries) if (entry.users === 0 && entry.usedAtMs <= longAgo) drop(path, entry);
    sweeping = null;
    sweepLater();
  }

  function sweepLater(): void {
    if (entries.size > 0) sweeping ??= setTimeout(sweep, idleMs / 2).unref();
  }

  function drop(path: string, entry: Entry): void {
    if (entries.get(path) === entry) entries.delete(path);
    entry.dropped = true;
    release(entry);
  }

  function release(entry: Entry): void {
    if (entry.dropped && entry.users === 0) void closeFile(entry.fd).catch(() => {});
  }

  /** The file as it is now, counted as in use. */
  async function enter(path: string, knownMs: number): Promise<Entry> {
    const lately = entries.get(path);
    const isKnown = lately && performance.now() - lately.checkedAtMs < knownMs;
    const found = isKnown ? null : await stat(path);
    const kept = entries.get(path);
    if (kept && (found === null || isSame(kept, found))) {
      if (found) kept.checkedAtMs = performance.now();
      // Moved to the end: the first in line is the one that was not used for longest.
      entries.delete(path);
      entries.set(path, kept);
      kept.users++;
      return kept;
    }
    if (kept) drop(path, kept);
    const fd = await openFile(path, 'r');
    const { size: sizeBytes, mtimeMs, ino } = await statFile(fd);
    const entry = {
      ...reader(fd),
      fd,
      sizeBytes,
      modifiedAtMs: mtimeMs,
      inode: ino,
      users: 1,
      usedAtMs: 0,
      checkedAtMs: performance.now(),
      dropped: false,
    };
    // Somebody else may have opened it meanwhile.
    const other = entries.get(path);
    if (other) drop(path, other);
    entries.set(path, entry);
    for (const [oldest, candidate] of entries) {
      if (entries.size <= size) break;
      drop(oldest, candidate);
    }
    return entry;
  }

  return {
    async use(path, work, { knownMs = 0 } = {}) {
      const elsewhere = openAddress(path);
      if (elsewhere) return await asFile(elsewhere, work);
      const entry = await enter(path, knownMs);
      try {
        return await work(entry);
      } finally {
        entry.users--;
        entry.usedAtMs = performance.now();
        release(entry);
        sweepLater();
      }
    },
    close() {
      if (sweeping) clearTimeout(sweeping);
      for (const [path, entry] of [...entries]) drop(path, entry);
    },
  };
}

/** What is not there is answered alike, wherever it should be. */
async function asFile<T>(opening: Promise<OpenFile>, work: (file: OpenFile) => Promise<T>): Promise<T> {
  try {
    return await work(await opening);
  } catch (cause) {
    if (!isFileMissing(cause)) throw cause;
    throw Object.assign(new Error('ENOENT: the original is not in the storage', { cause }), { code: 'ENOENT' });
  }
}

/** While a file is inspected, thousands of places of it are read one after the other. */
const INSPECTED_MS = 250;

/** A file that is opened when something is read of it, and not held open in between. */
export function byteSource(files: SourceFiles, path: string, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: (position, length) => files.use(path, (file) => file.read(position, length), { knownMs: INSPECTED_MS }),
    readInto: (position, targets) =>
      files.use(path, (file) => file.readInto(position, targets), { knownMs: INSPECTED_MS }),
  };
}

/** A sample lies beyond the end of its file: it was cut off, or has not come whole yet. */
export class BeyondEnd extends Error {}

/** Whether the system could not read a file (`ENOENT`, `EIO`, `EACCES`): nothing is said of what is in it then. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && !code.startsWith('ERR_');
}

/** Bytes that have to be there. What a damaged table promises beyond the file's end is not asked memory for. */
export async function readSample(source: ByteSource, position: number, sizeBytes: number): Promise<Buffer> {
  const data = position + sizeBytes <= source.sizeBytes ? await source.read(position, sizeBytes) : null;
  if (data?.length !== sizeBytes) throw new BeyondEnd('the file ends before this sample');
  return data;
}

function isSame(entry: Entry, { size, mtimeMs, ino }: Stats): boolean {
  return entry.sizeBytes === size && entry.modifiedAtMs === mtimeMs && entry.inode === ino;
}

/** The callback form: a promise a read is all it costs. */
function reader(fd: number): Pick<OpenFile, 'read' | 'readInto'> {
  return {
    read(position, length) {
      const buffer = Buffer.allocUnsafeSlow(length);
      return new Promise((resolve, reject) => {
        read(fd, buffer, 0, length, position, (error, bytesRead) => {
          if (error) reject(error);
          else resolve(buffer.subarray(0, bytesRead));
        });
      });
    },
    readInto: (position, targets) =>
      new Promise((resolve, reject) => {
        readv(fd, targets, position, (error, bytesRead) => (error ? reject(error) : resolve(bytesRead)));
      }),
  };
}
