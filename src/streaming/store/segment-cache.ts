import { MINUTE_MS, SECOND_MS, type TimeMs } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StreamRendition } from '../source.ts';

type Held = Pick<StreamRendition, 'id' | 'videoId'>;

/** One segment that may go. */
export interface Evictable {
  rendition: Held;
  index: number;
}

/**
 * What is known of the segments that are kept only as long as there is room: their sizes, and when each was watched last.
 * All of it can be read off the disk again: a segment's file is as old as its last watching.
 */
export interface SegmentCache {
  /** Counts a segment, new or found on the disk. */
  add(rendition: Held, index: number, sizeBytes: number, watchedAtMs: TimeMs): void;
  watched(rendition: Held, index: number): void;
  remove(rendition: Held, index: number): void;
  /** Forgets a rendition, or all of a video's. */
  forget(which: { renditionId: string } | { videoId: string }): void;
  bytes(): number;
  segments(): number;
  /** What has to go to save so many bytes: watched least recently first, the beginnings of films last of all. */
  choose(bytes: number): Evictable[];
  /** Segments whose last watching has not been written down for a while. Each is handed out once. */
  takeUnsaved(): (Evictable & { watchedAtMs: TimeMs })[];
}

/** What was asked for so lately is being read, or will be again. */
const SAFE_MS = MINUTE_MS;
/** Films begin quickly where their first segments are there. */
const FIRST_SEGMENTS = 3;
const FIRST_STAY_SEC = 90 * 24 * 3600;
/** Last watchings on the disk are only as exact as it takes to put films in order. */
const SAVE_AFTER_SEC = 3600;

interface Shelf {
  rendition: Held;
  /** By segment; 0 is none. Four bytes each: a hundred thousand segments take a megabyte. */
  sizes: Uint32Array;
  watchedSec: Uint32Array;
  savedSec: Uint32Array;
}

export function createSegmentCache(clock: Clock): SegmentCache {
  const shelves = new Map<string, Shelf>();
  const unsaved = new Map<string, Evictable>();
  let totalBytes = 0;
  let count = 0;

  function shelfOf(rendition: Held, index: number): Shelf {
    let shelf = shelves.get(rendition.id);
    if (!shelf) {
      const { id, videoId } = rendition;
      shelf = { rendition: { id, videoId }, sizes: cells(64), watchedSec: cells(64), savedSec: cells(64) };
      shelves.set(id, shelf);
    }
    if (index >= shelf.sizes.length) {
      const length = Math.max(index + 1, shelf.sizes.length * 2);
      for (const row of ['sizes', 'watchedSec', 'savedSec'] as const) shelf[row] = grown(shelf[row], length);
    }
    return shelf;
  }

  function remove({ id }: Held, index: number): void {
    const shelf = shelves.get(id);
    const sizeBytes = shelf?.sizes[index] ?? 0;
    if (!shelf || sizeBytes === 0) return;
    shelf.sizes[index] = 0;
    totalBytes -= sizeBytes;
    count--;
  }

  return {
    add(rendition, index, sizeBytes, watchedAtMs) {
      remove(rendition, index);
      const shelf = shelfOf(rendition, index);
      shelf.sizes[index] = Math.max(1, sizeBytes);
      shelf.watchedSec[index] = Math.max(shelf.watchedSec[index]!, Math.floor(watchedAtMs / SECOND_MS));
      shelf.savedSec[index] = Math.floor(watchedAtMs / SECOND_MS);
      totalBytes += shelf.sizes[index]!;
      count++;
    },
    watched(rendition, index) {
      const shelf = shelves.get(rendition.id);
      if (!shelf?.sizes[index]) return;
      const nowSec = Math.floor(clock.nowMs() / SECOND_MS);
      shelf.watchedSec[index] = nowSec;
      if (nowSec - shelf.savedSec[index]! < SAVE_AFTER_SEC) return;
      shelf.savedSec[index] = nowSec;
      unsaved.set(`${rendition.id}/${index}`, { rendition: shelf.rendition, index });
    },
    remove,
    forget(which) {
      for (const [id, { rendition, sizes }] of shelves) {
        if ('videoId' in which ? rendition.videoId !== which.videoId : id !== which.renditionId) continue;
        for (let index = 0; index < sizes.length; index++) remove(rendition, index);
        shelves.delete(id);
      }
    },
    bytes: () => totalBytes,
    segments: () => count,
    choose(bytes) {
      const safeSec = Math.floor((clock.nowMs() - SAFE_MS) / SECOND_MS);
      const all: (Evictable & { sizeBytes: number })[] = [];
      const order: number[] = [];
      for (const { rendition, sizes, watchedSec } of shelves.values()) {
        for (let index = 0; index < sizes.length; index++) {
          if (sizes[index] === 0 || watchedSec[index]! > safeSec) continue;
          const dueSec = watchedSec[index]! + (index < FIRST_SEGMENTS ? FIRST_STAY_SEC : 0);
          // Its place in the list (of two million at most) rides along below the time: bare numbers sort ten times as fast.
          order.push(dueSec * 2 ** 21 + all.length);
          all.push({ rendition, index, sizeBytes: sizes[index]! });
        }
      }
      const chosen: Evictable[] = [];
      let left = bytes;
      for (const packed of Float64Array.from(order).sort()) {
        if (left <= 0) break;
        const next = all[packed % 2 ** 21]!;
        chosen.push(next);
        left -= next.sizeBytes;
      }
      return chosen;
    },
    takeUnsaved() {
      const taken = [...unsaved.values()].map(({ rendition, index }) => ({
        rendition,
        index,
        watchedAtMs: (shelves.get(rendition.id)?.watchedSec[index] ?? 0) * SECOND_MS,
      }));
      unsaved.clear();
      return taken.filter(({ rendition, index }) => shelves.get(rendition.id)?.sizes[index]);
    },
  };
}

const cells = (length: number) => new Uint32Array(length);

function grown(row: Uint32Array, length: number): Uint32Array {
  const next = new Uint32Array(length);
  next.set(row);
  return next;
}
