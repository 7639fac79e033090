import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { assertFolder, assertKey, assertPrefix } from '../keys.ts';
import { fileMissing, isFileMissing, type OpenObject, type Storage } from '../port.ts';
import { type BlockObject, createBlocks } from './blocks.ts';
import { type Connection, checkBucket, connect } from './connection.ts';
import { createGateway } from './gateway.ts';
import { listObjects } from './listing.ts';
import { createObjects, type Found, streamOf, wholeOf } from './objects.ts';
import { createOutbox } from './outbox.ts';
import type { S3Settings } from './settings.ts';
import { createWriting } from './writing.ts';

/** Memory for parts of films that are read. */
const BLOCKS_BYTES = 64 * 1024 * 1024;
/** How long it is believed what an object is; what is replaced meanwhile is noticed when it is read. */
const KNOWN_MS = 60_000;
const MOST_KNOWN = 500;

export interface S3Options {
  settings: S3Settings;
  /** A folder of this machine: files wait in its `outgoing/` until the bucket has them. */
  folder: string;
  /** False where another process has the folder: it sends what waits there. */
  sends?: boolean;
  /** How long a bucket that cannot be reached is asked again before that is an error. */
  patienceMs?: number;
  log: Log;
}

/**
 * Keeps objects in a bucket of S3 or a server that speaks it. What was taken in by `putFile` can be read at once, from this machine,
 * and is sent in the background. Throws an `Error` with a sentence where the bucket cannot be used.
 */
export async function openS3Storage(options: S3Options): Promise<Storage> {
  const { settings, folder, sends = true, patienceMs = 0, log } = options;
  const connection: Connection = await connect(settings);
  try {
    await checkBucket(connection, patienceMs);
  } catch (error) {
    connection.close();
    throw error;
  }
  const objects = createObjects(connection);
  const writing = createWriting(connection);
  const outbox = createOutbox({ folder: join(folder, 'outgoing'), sends, send: writing.sendFile, log });
  const waiting = outbox.files;
  const blocks = createBlocks({
    mostBytes: BLOCKS_BYTES,
    fetch: ({ key, version }, range) => objects.open(key, range, version || undefined),
  });
  const gateway = await createGateway(openObject);
  const known = new Map<string, { found: Promise<Found | null>; atMs: number }>();

  function forget(key: string): void {
    known.delete(key);
    blocks.forget(key);
  }

  function findKnown(key: string): Promise<Found | null> {
    const kept = known.get(key);
    if (kept && performance.now() - kept.atMs < KNOWN_MS) return kept.found;
    known.delete(key);
    const found = objects.find(key);
    known.set(key, { found, atMs: performance.now() });
    const unknown = () => known.delete(key);
    found.then((object) => object ?? unknown(), unknown);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KNOWN) break;
      known.delete(oldest);
    }
    return found;
  }

  async function openObject(key: string): Promise<OpenObject> {
    const local = await waiting.stat(key);
    const found = local ?? (await findKnown(key));
    if (!found) throw fileMissing(`There is no file "${key}" in the storage.`);
    const readInto = async (position: number, targets: readonly Uint8Array[]): Promise<number> => {
      const bytesRead = local ? await readWaiting(waiting.localPath(key)!, position, targets) : null;
      if (bytesRead !== null) return bytesRead;
      // It has arrived in the bucket meanwhile, or has been there all the time.
      const there = local ? await findKnown(key) : (found as Found);
      const object: BlockObject = { key, version: there?.etag ?? '', sizeBytes: found.sizeBytes };
      try {
        return await blocks.readInto(object, position, targets);
      } catch (error) {
        if (isFileMissing(error)) forget(key);
        throw error;
      }
    };
    return {
      sizeBytes: found.sizeBytes,
      modifiedAtMs: found.modifiedAtMs,
      readInto,
      async read(position, length) {
        const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, found.sizeBytes - position)));
        return bytes.subarray(0, await readInto(position, [bytes]));
      },
    };
  }

  /** What waits here goes before what the bucket has, which it will replace. */
  async function eitherOf<T>(here: () => Promise<T>, there: () => Promise<T>): Promise<T> {
    try {
      return await here();
    } catch (error) {
      if (!isFileMissing(error)) throw error;
      return there();
    }
  }

  async function* list(prefix: string) {
    assertPrefix(prefix);
    const here = new Set<string>();
    for await (const object of waiting.list(prefix)) {
      here.add(object.key);
      yield object;
    }
    for await (const object of listObjects(connection, prefix)) if (!here.has(object.key)) yield object;
  }

  return {
    async put(key, body, { modifiedAtMs } = {}) {
      assertKey(key);
      const put = await writing.put(key, body, modifiedAtMs);
      forget(key);
      await outbox.drop(key);
      return put;
    },
    async putFile(key, path) {
      assertKey(key);
      await outbox.take(key, path);
      forget(key);
    },
    get: async (key) =>
      eitherOf(
        () => waiting.get(key),
        async () => wholeOf(await objects.open(key)),
      ),
    readStream: async (key, range) =>
      eitherOf(
        () => waiting.readStream(key, range),
        async () => streamOf(await objects.open(key, range)),
      ),
    async stat(key) {
      const found = (await waiting.stat(key)) ?? (await objects.find(key));
      return found && { sizeBytes: found.sizeBytes, modifiedAtMs: found.modifiedAtMs };
    },
    localPath(key) {
      assertKey(key);
      return null;
    },
    addressOf(key) {
      assertKey(key);
      return gateway.addressOf(key);
    },
    openAddress(address) {
      const key = gateway.keyOf(address);
      return key === null ? null : openObject(key);
    },
    list,
    async delete(key) {
      assertKey(key);
      await outbox.drop(key);
      await writing.delete([key]);
      forget(key);
    },
    async deletePrefix(prefix) {
      assertFolder(prefix);
      await outbox.drop(prefix);
      let some: string[] = [];
      const deleteSome = async () => {
        await writing.delete(some);
        for (const key of some) forget(key);
        some = [];
      };
      for await (const { key } of listObjects(connection, prefix)) if (some.push(key) === 1000) await deleteSome();
      await deleteSome();
    },
    async touch(key, modifiedAtMs) {
      assertKey(key);
      if (await waiting.stat(key)) return waiting.touch(key, modifiedAtMs);
      await writing.touch(key, modifiedAtMs);
      forget(key);
    },
    freeBytes: async () => null,
    space: async () => null,
    sweepTemp: (olderThanMs) => writing.endUploads(olderThanMs),
    outgoing: outbox.outgoing,
    async isShared(key) {
      return (await waiting.stat(key)) === null && (await objects.find(key)) !== null;
    },
    async close() {
      await outbox.close();
      await gateway.close();
      connection.close();
    },
  };
}

/** Null when the file is gone: it has been sent. */
async function readWaiting(path: string, position: number, targets: readonly Uint8Array[]): Promise<number | null> {
  const file = await openFile(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  try {
    return (await file.readv(targets, position)).bytesRead;
  } finally {
    await file.close();
  }
}
