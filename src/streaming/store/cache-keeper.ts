import type { Log } from '../../platform/log.ts';
import type { StreamRendition } from '../source.ts';
import type { Evictable, SegmentCache } from './segment-cache.ts';
import type { SegmentStore } from './segment-store.ts';

/** Keeps the segments that were made on demand within their budget, as they are written. */
export interface CacheKeeper {
  bytes(): number;
  segments(): number;
  readonly budgetBytes: number;
  /** Counts what is on the disk of these renditions: at the start, in the background. */
  count(renditions: AsyncIterable<StreamRendition> | Iterable<StreamRendition>): Promise<void>;
  /** Lets go of what is over the budget. */
  keep(): Promise<void>;
  /** Lets go of so much more; returns how many bytes went. */
  shrink(bytes: number): Promise<number>;
  /** Writes down when segments were watched last. */
  save(): Promise<void>;
}

/** Room made at once, so that not every segment that is written makes another one go. */
const SPARE = 0.03;
const AT_ONCE = 8;

export function createCacheKeeper(ports: {
  cache: SegmentCache;
  store: SegmentStore;
  /** Asked each time: it may change while the server runs. */
  budgetBytes: () => number;
  log: Log;
}): CacheKeeper {
  const { cache, store, budgetBytes, log } = ports;
  let work: Promise<unknown> = Promise.resolve();
  let keeping: Promise<void> | null = null;

  /** One after the other: two would let go of the same segments. */
  function shrink(bytes: () => number): Promise<number> {
    const turn = work.then(async () => {
      const beforeBytes = cache.bytes();
      const wanted = bytes();
      if (wanted > 0) await inParallel(cache.choose(wanted), ({ rendition, index }) => store.evict(rendition, index));
      return beforeBytes - cache.bytes();
    });
    work = turn.catch((error) => log.error({ error }, 'The segment cache could not be made smaller.'));
    return turn;
  }

  return {
    get budgetBytes() {
      return budgetBytes();
    },
    bytes: () => cache.bytes(),
    segments: () => cache.segments(),
    async count(renditions) {
      for await (const rendition of renditions) await store.count(rendition);
    },
    keep() {
      if (cache.bytes() <= budgetBytes()) return Promise.resolve();
      keeping ??= shrink(() => cache.bytes() - budgetBytes() * (1 - SPARE))
        .then(() => {})
        .finally(() => {
          keeping = null;
        });
      return keeping;
    },
    shrink: (bytes) => shrink(() => bytes),
    save: () =>
      inParallel(cache.takeUnsaved(), ({ rendition, index, watchedAtMs }) =>
        store.noteWatched(rendition, index, watchedAtMs),
      ),
  };
}

async function inParallel<T extends Evictable>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
