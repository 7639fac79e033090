import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { newId } from '../../core/ids.ts';
import { assertFolder, assertKey, assertPrefix } from './keys.ts';
import {
  type ByteRange,
  type Bytes,
  fileMissing,
  KEEP_FREE_BYTES,
  type PutOptions,
  type Storage,
  type StoredObject,
  storageFull,
} from './port.ts';

const DISK_FULL = "The server's disk is full. Ask its admin to make room, then try again.";
/** Marks a file that is being copied in beside its place, where a rename from `tmp/` crosses file systems. */
const PART_MARK = '~part';

/** Keeps objects as plain files under `root`, so that a person can find them and ffmpeg reads them in place. */
export function createFsStorage({ root }: { root: string }): Storage {
  const rootPath = resolve(root);
  const tempFolder = join(rootPath, 'tmp');
  const pathOf = (key: string) => {
    assertKey(key);
    return join(rootPath, key);
  };

  async function put(
    key: string,
    body: Bytes,
    { durable = true, modifiedAtMs }: PutOptions = {},
  ): Promise<{ sizeBytes: number }> {
    const path = pathOf(key);
    const tempPath = join(tempFolder, newId());
    try {
      await mkdir(tempFolder, { recursive: true });
      await refuseWhenFull(tempFolder);
      await writeBody(tempPath, body);
      if (modifiedAtMs !== undefined) await utimes(tempPath, modifiedAtMs / 1000, modifiedAtMs / 1000);
      if (durable) await syncFile(tempPath);
      const { size } = await stat(tempPath);
      await moveInto(tempPath, path);
      if (durable) await syncFolder(dirname(path));
      return { sizeBytes: size };
    } catch (error) {
      await rm(tempPath, { force: true });
      throw asStorageFull(error);
    }
  }

  async function putFile(key: string, path: string): Promise<void> {
    const target = pathOf(key);
    try {
      await syncFile(path);
      await moveInto(path, target);
      await syncFolder(dirname(target));
    } catch (error) {
      throw asStorageFull(error);
    }
  }

  async function readStream(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const path = pathOf(key);
    const file = await open(path, 'r').catch((error: unknown) => {
      throw asMissing(error, key);
    });
    // A folder can be opened too, and would fail only at its first byte.
    if (!(await file.stat()).isFile()) {
      await file.close();
      throw asMissing(null, key);
    }
    const stream = file.createReadStream({
      start: range?.firstByte ?? 0,
      end: range?.lastByte,
      highWaterMark: 256 * 1024,
    });
    return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
  }

  /** Walks the folders, each in the order of its names. */
  async function* walk(folder: string): AsyncGenerator<StoredObject> {
    const path = join(rootPath, folder);
    const entries = await readdir(path, { withFileTypes: true }).catch(emptyWhenMissing);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (key === 'tmp' || entry.name.endsWith(PART_MARK)) continue;
      if (entry.isDirectory()) yield* walk(key);
      else if (entry.isFile()) {
        const found = await statOrNull(join(path, entry.name));
        if (found) yield { key, ...found };
      }
    }
  }

  async function space(): Promise<{ freeBytes: number; totalBytes: number }> {
    await mkdir(rootPath, { recursive: true });
    const { bavail, blocks, bsize } = await statfs(rootPath);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  return {
    put,
    putFile,
    readStream,
    async get(key) {
      return readFile(pathOf(key)).catch((error: unknown) => {
        throw asMissing(error, key);
      });
    },
    stat: async (key) => statOrNull(pathOf(key)),
    localPath: pathOf,
    addressOf: pathOf,
    openAddress: () => null,
    async *list(prefix) {
      assertPrefix(prefix);
      const folder = prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '';
      for await (const object of walk(folder)) if (object.key.startsWith(prefix)) yield object;
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    async deletePrefix(prefix) {
      assertFolder(prefix);
      await rm(join(rootPath, prefix), { recursive: true, force: true });
    },
    async touch(key, modifiedAtMs) {
      const atSec = modifiedAtMs / 1000;
      await utimes(pathOf(key), atSec, atSec).catch(emptyWhenMissing);
    },
    freeBytes: async () => (await space()).freeBytes,
    space,
    async sweepTemp(olderThanMs) {
      let swept = 0;
      for (const name of await readdir(tempFolder).catch(emptyWhenMissing)) {
        const path = join(tempFolder, name);
        const found = await statOrNull(path);
        if (!found || Date.now() - found.modifiedAtMs < olderThanMs) continue;
        await rm(path, { force: true });
        swept += 1;
      }
      return swept;
    },
    outgoing: async () => ({ files: 0, bytes: 0, problem: null }),
    // Who shares the folder has all of it.
    isShared: async () => true,
    close: async () => {},
  };
}

async function writeBody(path: string, body: Bytes): Promise<void> {
  if (!(body instanceof Uint8Array)) return pipeline(Readable.from(body), createWriteStream(path, { flags: 'wx' }));
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
  } finally {
    await file.close();
  }
}

/** Puts a finished file in its place in one step, whatever file system it comes from. */
async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
    const partPath = `${to}.${newId()}${PART_MARK}`;
    try {
      await copyFile(from, partPath);
      await syncFile(partPath);
      await rename(partPath, to);
    } catch (copyError) {
      await rm(partPath, { force: true });
      throw copyError;
    }
    await rm(from);
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is safe from a power cut only once its folder is. Windows cannot open a folder, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function statOrNull(path: string) {
  try {
    const found = await stat(path);
    return found.isFile() ? { sizeBytes: found.size, modifiedAtMs: Math.floor(found.mtimeMs) } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function emptyWhenMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}

function asMissing(error: unknown, key: string): unknown {
  const missing = error === null || isMissing(error) || codeOf(error) === 'EISDIR';
  return missing ? fileMissing(`There is no file "${key}" in the storage.`, { cause: error }) : error;
}

function asStorageFull(error: unknown): unknown {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '') ? storageFull(DISK_FULL, { cause: error }) : error;
}

/** ENOTDIR: a part of the key is a file, so nothing can be below it. */
const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code;

/** Says no while there is still room for putting things in order. */
async function refuseWhenFull(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < KEEP_FREE_BYTES) throw storageFull(DISK_FULL);
}
