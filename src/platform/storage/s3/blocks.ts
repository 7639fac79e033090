import type { ByteRange } from '../port.ts';
import type { Body } from './objects.ts';

/**
 * Parts of objects in memory, for those who read a film here and there: what is asked for is fetched in few requests, who reads on
 * finds the next part on its way, and what was read lately is not fetched again.
 */
export interface Blocks {
  /** Fills the targets, one behind the other. Returns how many bytes there were: fewer at the end. */
  readInto(object: BlockObject, position: number, targets: readonly Uint8Array[]): Promise<number>;
  /** Lets go of an object that is no more. */
  forget(key: string): void;
}

/** An object that does not change: another one under the same key has another `version`. */
export interface BlockObject {
  key: string;
  version: string;
  sizeBytes: number;
}

export const BLOCK_BYTES = 128 * 1024;
/** One request fetches at most so much; larger reads are several at once. */
const MOST_RUN = 64;
const LEAST_AHEAD = 8;
/** Who has read so lately that it may be them who read on: viewers, and the tracks of each. */
const READERS = 24;

interface Block {
  loaded: Promise<Buffer>;
  bytes: number;
}

export function createBlocks(options: {
  mostBytes: number;
  fetch: (object: BlockObject, range: Required<ByteRange>) => Promise<Body>;
}): Blocks {
  const { mostBytes, fetch } = options;
  /** By object and number, least recently used first. */
  const blocks = new Map<string, Block>();
  const readers = new Map<string, number[]>();
  let heldBytes = 0;

  const idOf = ({ key, version }: BlockObject) => `${key}\0${version}`;
  const lastOf = ({ sizeBytes }: BlockObject) => Math.ceil(sizeBytes / BLOCK_BYTES) - 1;

  function drop(id: string, block: Block): void {
    if (blocks.get(id) !== block) return;
    blocks.delete(id);
    heldBytes -= block.bytes;
  }

  /** Fetches blocks `first` to `last` by one request; each is there as soon as its last byte is. */
  function load(object: BlockObject, first: number, last: number): void {
    const range = {
      firstByte: first * BLOCK_BYTES,
      lastByte: Math.min(object.sizeBytes, (last + 1) * BLOCK_BYTES) - 1,
    };
    const waiting: PromiseWithResolvers<Buffer>[] = [];
    for (let n = first; n <= last; n++) {
      const asked = Promise.withResolvers<Buffer>();
      const bytes = Math.min(BLOCK_BYTES, object.sizeBytes - n * BLOCK_BYTES);
      const id = `${idOf(object)}\0${n}`;
      const block = { loaded: asked.promise, bytes };
      asked.promise.catch(() => drop(id, block));
      waiting.push(asked);
      blocks.set(id, block);
      heldBytes += bytes;
    }
    const pour = async () => {
      const body = await fetch(object, range);
      let block = Buffer.alloc(0);
      let filled = 0;
      let left = range.lastByte + 1 - range.firstByte;
      for await (const chunk of body.chunks) {
        for (let at = 0; at < chunk.length; ) {
          if (filled === 0) block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, left));
          const length = Math.min(chunk.length - at, block.length - filled);
          block.set(chunk.subarray(at, at + length), filled);
          at += length;
          filled += length;
          left -= length;
          if (filled < block.length) continue;
          waiting.shift()!.resolve(block);
          filled = 0;
        }
      }
      if (waiting.length > 0) throw new Error('an object became shorter while it was read');
    };
    pour().catch((error: unknown) => {
      for (const asked of waiting) asked.reject(error);
    });
  }

  /** Blocks `first` to `last`, those that are missing fetched. */
  function ask(object: BlockObject, first: number, last: number): Promise<Buffer>[] {
    const found: Promise<Buffer>[] = [];
    const id = idOf(object);
    for (let n = first; n <= last; n++) {
      const kept = blocks.get(`${id}\0${n}`);
      if (kept) {
        blocks.delete(`${id}\0${n}`);
        blocks.set(`${id}\0${n}`, kept);
      } else {
        let end = n;
        while (end < last && end - n + 1 < MOST_RUN && !blocks.has(`${id}\0${end + 1}`)) end++;
        load(object, n, end);
      }
      found.push(blocks.get(`${id}\0${n}`)!.loaded);
    }
    for (const [oldest, block] of blocks) {
      if (heldBytes <= mostBytes) break;
      drop(oldest, block);
    }
    return found;
  }

  /** Where somebody reads on, the part that comes next is fetched before they ask: once half of it is missing. */
  function readAhead(object: BlockObject, first: number, last: number): void {
    const ends = readers.get(idOf(object)) ?? [];
    readers.delete(idOf(object));
    readers.set(idOf(object), ends);
    for (const oldest of readers.keys()) {
      if (readers.size <= READERS) break;
      readers.delete(oldest);
    }
    // Who looks at one place several times does not read on.
    const known = ends.findIndex((end) => first >= end && first <= end + 2 && last > end);
    if (known >= 0) ends.splice(known, 1);
    ends.push(last);
    if (ends.length > READERS) ends.shift();
    if (known < 0) return;
    const ahead = Math.min(MOST_RUN, Math.max(LEAST_AHEAD, 2 * (last - first + 1)));
    const until = Math.min(lastOf(object), last + ahead);
    const half = Math.min(until, last + Math.ceil(ahead / 2));
    for (let n = last + 1; n <= half; n++) {
      if (blocks.has(`${idOf(object)}\0${n}`)) continue;
      // Nobody waits for these: whoever comes to where it failed asks again.
      for (const loaded of ask(object, n, until)) loaded.catch(() => {});
      return;
    }
  }

  return {
    async readInto(object, position, targets) {
      const wanted = targets.reduce((sum, { length }) => sum + length, 0);
      const end = Math.min(object.sizeBytes, position + wanted);
      if (position >= end) return 0;
      const first = Math.floor(position / BLOCK_BYTES);
      const last = Math.floor((end - 1) / BLOCK_BYTES);
      const asked = ask(object, first, last);
      // All are looked at, however early one fails.
      for (const loaded of asked) loaded.catch(() => {});
      readAhead(object, first, last);
      let at = position;
      let target = 0;
      let filled = 0;
      for (const [i, loaded] of asked.entries()) {
        const block = await loaded;
        const base = (first + i) * BLOCK_BYTES;
        for (let from = at - base; from < block.length && at < end; from = at - base) {
          while (filled === targets[target]!.length) {
            target += 1;
            filled = 0;
          }
          const length = Math.min(targets[target]!.length - filled, block.length - from, end - at);
          targets[target]!.set(block.subarray(from, from + length), filled);
          filled += length;
          at += length;
        }
      }
      return at - position;
    },
    forget(key) {
      for (const [id, block] of blocks) if (id.startsWith(`${key}\0`)) drop(id, block);
      for (const id of readers.keys()) if (id.startsWith(`${key}\0`)) readers.delete(id);
    },
  };
}
