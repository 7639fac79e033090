import { type Fit, fitInit, markDevice } from '../media/parameter-sets.ts';
import type { Storage } from '../platform/storage/port.ts';
import { STREAM_FORMAT, type StreamRendition } from './source.ts';

/**
 * Where encoded segments live: `videos/<video>/hls/<rendition>.<format>/<n>.m4s` in storage, each written whole or not at all.
 * What is there is known from a listing, made once for each rendition that is used, and kept up to date.
 */
export interface SegmentStore {
  /** Which segments of a rendition are stored. The set is live. */
  present(rendition: StreamRendition): Promise<ReadonlySet<number>>;
  read(rendition: StreamRendition, index: number): Promise<Buffer | null>;
  write(rendition: StreamRendition, index: number, bytes: Buffer): Promise<void>;
  readInit(rendition: StreamRendition): Promise<Buffer | null>;
  /**
   * Takes the init segment that an encoder wrote: it becomes the rendition's, or what the rendition has is made to hold what
   * this encoder's segments need. Returns what is to be done to their samples.
   */
  fitInit(rendition: StreamRendition, run: Buffer, byDevice?: boolean): Promise<Fit['move']>;
  /** Deletes a rendition's segments; they will be made again when asked for. */
  drop(rendition: StreamRendition): Promise<void>;
  /** Bytes a rendition holds. */
  sizeBytes(rendition: StreamRendition): Promise<number>;
  /** Bytes of each stored segment, by its index. */
  segmentSizes(rendition: StreamRendition): Promise<Map<number, number>>;
  /** Forgets what is known of a video: it is being deleted. */
  forget(videoId: string): void;
}

/** Segments of another format, made by an older version, lie elsewhere and are never mixed in. */
export function hlsPrefix(rendition: StreamRendition): string {
  return `videos/${rendition.videoId}/hls/${rendition.id}.${STREAM_FORMAT}/`;
}

export function createSegmentStore(
  storage: Storage,
  onInitChanged: (rendition: StreamRendition) => void = () => {},
): SegmentStore {
  // One at a time: two encoders that begin at once must not be given the same place.
  let fitting: Promise<unknown> = Promise.resolve();
  const known = new Map<string, Promise<Set<number>>>();
  const segmentKey = (rendition: StreamRendition, index: number) => `${hlsPrefix(rendition)}${index}.m4s`;
  const initKey = (rendition: StreamRendition) => `${hlsPrefix(rendition)}init.mp4`;

  async function list(rendition: StreamRendition): Promise<Set<number>> {
    const indexes = new Set<number>();
    for await (const { key } of storage.list(hlsPrefix(rendition))) {
      const match = /\/(\d+)\.m4s$/.exec(key);
      if (match) indexes.add(Number(match[1]));
    }
    return indexes;
  }

  function present(rendition: StreamRendition): Promise<Set<number>> {
    const key = `${rendition.videoId}/${rendition.id}`;
    let indexes = known.get(key);
    if (!indexes) {
      indexes = list(rendition);
      known.set(key, indexes);
      indexes.catch(() => known.delete(key));
    }
    return indexes;
  }

  const readOrNull = async (key: string) => {
    try {
      return Buffer.from(await storage.get(key));
    } catch (error) {
      if (await storage.stat(key)) throw error;
      return null;
    }
  };

  return {
    present,
    async read(rendition, index) {
      if (!(await present(rendition)).has(index)) return null;
      const bytes = await readOrNull(segmentKey(rendition, index));
      // Somebody deleted the file under us: forget it, and it is made again.
      if (!bytes) (await present(rendition)).delete(index);
      return bytes;
    },
    async write(rendition, index, bytes) {
      // It can be made again: nobody waits for the disk.
      await storage.put(segmentKey(rendition, index), bytes, { durable: false });
      (await present(rendition)).add(index);
    },
    readInit: (rendition) => readOrNull(initKey(rendition)),
    fitInit(rendition, run, byDevice = false) {
      const turn = fitting.then(async () => {
        const stored = await readOrNull(initKey(rendition));
        const { init, move } = fitInit(stored, run);
        if (!stored?.equals(init)) {
          await storage.put(initKey(rendition), stored === null && byDevice ? markDevice(init) : init);
          onInitChanged(rendition);
        }
        return move;
      });
      fitting = turn.catch(() => {});
      return turn;
    },
    async drop(rendition) {
      known.delete(`${rendition.videoId}/${rendition.id}`);
      await storage.deletePrefix(hlsPrefix(rendition));
    },
    async sizeBytes(rendition) {
      let total = 0;
      for await (const { sizeBytes } of storage.list(hlsPrefix(rendition))) total += sizeBytes;
      return total;
    },
    async segmentSizes(rendition) {
      const sizes = new Map<number, number>();
      for await (const { key, sizeBytes } of storage.list(hlsPrefix(rendition))) {
        const match = /\/(\d+)\.m4s$/.exec(key);
        if (match) sizes.set(Number(match[1]), sizeBytes);
      }
      return sizes;
    },
    forget(videoId) {
      for (const key of known.keys()) if (key.startsWith(`${videoId}/`)) known.delete(key);
    },
  };
}
