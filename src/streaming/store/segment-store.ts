import { Problem } from '../../core/problem.ts';
import type { TimeMs } from '../../core/time.ts';
import { type Fit, fitInit, markDevice } from '../../media/container/parameter-sets.ts';
import type { Clock } from '../../platform/clock.ts';
import { isStorageAway, type Storage } from '../../platform/storage/port.ts';
import type { StreamRendition } from '../source.ts';
import type { SegmentCache } from './segment-cache.ts';
import { hlsPrefix, initKey, type Place, readOrNull as readStored, segmentKey } from './segment-keys.ts';

/**
 * Where encoded segments live: `videos/<video>/hls/<rendition>.<format>/<n>.m4s` in storage, each written whole or not at all.
 * What is there is known from a listing, made once for each rendition that is used, and kept up to date.
 */
export interface SegmentStore {
  /** Which segments of a rendition are stored. The set is live. */
  present(rendition: StreamRendition): Promise<ReadonlySet<number>>;
  read(rendition: StreamRendition, index: number): Promise<Buffer | null>;
  /** The storage key of a segment that `present` has; null while it is in memory alone. */
  keyOf(rendition: StreamRendition, index: number): string | null;
  /**
   * Stores a segment. On a full disk, or while a bucket is away, one that `somebodyWaits` for is kept in memory for a while
   * instead, so that a film goes on; otherwise throws `storage-full` or `storage-away`.
   */
  write(rendition: StreamRendition, index: number, bytes: Buffer, options?: { somebodyWaits?: boolean }): Promise<void>;
  /** Takes note of a segment that a worker has stored. */
  noteStored(rendition: StreamRendition, index: number, sizeBytes: number): Promise<void>;
  /** Looks anew at what is stored of a rendition: a worker that is gone may have stored more than it could say. */
  refresh(rendition: StreamRendition): Promise<void>;
  readInit(rendition: StreamRendition): Promise<Buffer | null>;
  /**
   * Takes the init segment that an encoder wrote: it becomes the rendition's, or what the rendition has is made to hold what
   * this encoder's segments need. Returns what is to be done to their samples.
   */
  fitInit(rendition: StreamRendition, run: Buffer, byDevice?: boolean): Promise<Fit['move']>;
  /** Deletes a segment; it will be made again when asked for. The init segment stays: players have it. */
  evict(rendition: Place, index: number): Promise<void>;
  /** Bytes of each stored segment, by its index. */
  segmentSizes(rendition: StreamRendition): Promise<Map<number, number>>;
  /** Deletes all of a rendition: it is going away. */
  drop(rendition: StreamRendition): Promise<void>;
  /** Counts what is on the disk of a rendition kept lazily. */
  count(rendition: StreamRendition): Promise<void>;
  /** Remembers on the disk when a segment was watched last: its file is as old. */
  noteWatched(rendition: Place, index: number, atMs: TimeMs): Promise<void>;
  /** Forgets what is known of a video: it is being deleted. */
  forget(videoId: string): void;
}

/** What players have just asked for, on a storage that takes no more. */
const UNSAVED_BYTES = 48 * 1024 * 1024;
const LIST_AGAIN_MS = 5000;

export function createSegmentStore(
  storage: Storage,
  cache: SegmentCache,
  clock: Clock,
  onInitChanged: (rendition: StreamRendition) => void = () => {},
): SegmentStore {
  // One at a time: two encoders that begin at once must not be given the same place.
  let fitting: Promise<unknown> = Promise.resolve();
  const known = new Map<string, Promise<Set<number>>>();
  const deleting = new Map<string, Promise<void>>();
  const unsavedInits = new Map<string, Buffer>();
  const unsaved = new Map<string, { rendition: StreamRendition; index: number; bytes: Buffer }>();

  async function list(rendition: StreamRendition): Promise<Set<number>> {
    const indexes = heldOf(rendition);
    for await (const { key, sizeBytes, modifiedAtMs } of storage.list(hlsPrefix(rendition))) {
      const match = /\/(\d+)\.m4s$/.exec(key);
      if (!match) continue;
      indexes.add(Number(match[1]));
      if (rendition.policy === 'lazy') cache.add(rendition, Number(match[1]), sizeBytes, modifiedAtMs);
    }
    return indexes;
  }

  /** What is in memory alone. */
  function heldOf({ id }: StreamRendition): Set<number> {
    return new Set([...unsaved.values()].filter(({ rendition }) => rendition.id === id).map(({ index }) => index));
  }

  function present(rendition: StreamRendition): Promise<Set<number>> {
    const key = `${rendition.videoId}/${rendition.id}`;
    let indexes = known.get(key);
    if (!indexes) {
      indexes = list(rendition).catch((error: unknown) => {
        // A film goes on while its bucket is away: with what is in memory, and what is made anew.
        if (!isStorageAway(error)) throw error;
        setTimeout(() => known.delete(key), LIST_AGAIN_MS).unref();
        return heldOf(rendition);
      });
      known.set(key, indexes);
      indexes.catch(() => known.delete(key));
    }
    return indexes;
  }

  const readOrNull = async (key: string) => unsavedInits.get(key) ?? (await readStored(storage, key));

  /** Keeps a segment in memory, the newest of them. */
  async function keepUnsaved(rendition: StreamRendition, index: number, bytes: Buffer): Promise<void> {
    unsaved.set(segmentKey(rendition, index), { rendition, index, bytes });
    (await present(rendition)).add(index);
    let heldBytes = [...unsaved.values()].reduce((sum, held) => sum + held.bytes.length, 0);
    for (const [key, oldest] of unsaved) {
      if (heldBytes <= UNSAVED_BYTES || oldest.bytes === bytes) break;
      unsaved.delete(key);
      heldBytes -= oldest.bytes.length;
      (await present(oldest.rendition)).delete(oldest.index);
    }
  }

  return {
    present,
    async read(rendition, index) {
      if (!(await present(rendition)).has(index)) return null;
      const held = unsaved.get(segmentKey(rendition, index));
      if (held) return held.bytes;
      const bytes = await readOrNull(segmentKey(rendition, index));
      // Somebody deleted the file under us: forget it, and it is made again.
      if (!bytes) {
        (await present(rendition)).delete(index);
        cache.remove(rendition, index);
      }
      return bytes;
    },
    keyOf(rendition, index) {
      const key = segmentKey(rendition, index);
      return unsaved.has(key) ? null : key;
    },
    async write(rendition, index, bytes, { somebodyWaits = false } = {}) {
      const key = segmentKey(rendition, index);
      // Else the deletion would take the new one.
      await deleting.get(key);
      try {
        // It can be made again: nobody waits for the disk.
        await storage.put(key, bytes, { durable: false });
      } catch (error) {
        if (!somebodyWaits || !takesNothing(error)) throw error;
        return keepUnsaved(rendition, index, bytes);
      }
      (await present(rendition)).add(index);
      if (rendition.policy === 'lazy') cache.add(rendition, index, bytes.length, clock.nowMs());
    },
    async noteStored(rendition, index, sizeBytes) {
      (await present(rendition)).add(index);
      if (rendition.policy === 'lazy') cache.add(rendition, index, sizeBytes, clock.nowMs());
    },
    async refresh(rendition) {
      const indexes = await present(rendition);
      for (const index of await list(rendition)) indexes.add(index);
    },
    readInit: (rendition) => readOrNull(initKey(rendition)),
    fitInit(rendition, run, byDevice = false) {
      const turn = fitting.then(async () => {
        const stored = await readOrNull(initKey(rendition));
        const { init, move } = fitInit(stored, run);
        if (!stored?.equals(init)) {
          const bytes = stored === null && byDevice ? markDevice(init) : init;
          await storage.put(initKey(rendition), bytes).then(
            () => void unsavedInits.delete(initKey(rendition)),
            (error) => {
              if (!takesNothing(error)) throw error;
              unsavedInits.set(initKey(rendition), bytes);
            },
          );
          onInitChanged(rendition);
        }
        return move;
      });
      fitting = turn.catch(() => {});
      return turn;
    },
    async evict(rendition, index) {
      const key = segmentKey(rendition, index);
      (await known.get(`${rendition.videoId}/${rendition.id}`))?.delete(index);
      const gone = storage.delete(key);
      deleting.set(key, gone);
      try {
        await gone;
        cache.remove(rendition, index);
      } finally {
        deleting.delete(key);
      }
    },
    async drop(rendition) {
      known.delete(`${rendition.videoId}/${rendition.id}`);
      unsavedInits.delete(initKey(rendition));
      await storage.deletePrefix(hlsPrefix(rendition));
      cache.forget({ renditionId: rendition.id });
    },
    async count(rendition) {
      // What is used already has been counted.
      if (rendition.policy === 'lazy' && !known.has(`${rendition.videoId}/${rendition.id}`)) await list(rendition);
    },
    async segmentSizes(rendition) {
      const sizes = new Map<number, number>();
      for await (const { key, sizeBytes } of storage.list(hlsPrefix(rendition))) {
        const match = /\/(\d+)\.m4s$/.exec(key);
        if (match) sizes.set(Number(match[1]), sizeBytes);
      }
      return sizes;
    },
    noteWatched: (rendition, index, atMs) => storage.touch(segmentKey(rendition, index), atMs),
    forget(videoId) {
      cache.forget({ videoId });
      for (const key of unsavedInits.keys()) if (key.startsWith(`videos/${videoId}/`)) unsavedInits.delete(key);
      for (const [key, { rendition }] of unsaved) if (rendition.videoId === videoId) unsaved.delete(key);
      for (const key of known.keys()) if (key.startsWith(`${videoId}/`)) known.delete(key);
    },
  };
}

/** Full, or away. */
const takesNothing = (error: unknown) => (error instanceof Problem && error.status === 507) || isStorageAway(error);
