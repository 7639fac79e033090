import {
  type BlockWalk,
  beginWalk,
  nextBlock,
  STEP_BYTES,
  type StoredBlock,
} from '../../media/container/matroska-blocks.ts';
import { type Frame, framesOf, laceCount } from '../../media/container/matroska-frames.ts';
import { defaultTicksOf, type MatroskaFile } from './matroska-file.ts';
import { WINDOW_BYTES, type Window } from './read-windows.ts';

/** Where blocks are small, so much is read at once in the end. */
const MOST_WINDOW_BYTES = 256 * 1024;

/**
 * Goes on to the next block of a track, or of any where that is null; null at the end, or once the walk has come to `until`. Frames
 * that are larger than what is read at once are stepped over. Throws where the file is damaged.
 */
export function blockReader(
  { windows }: MatroskaFile,
  walk: BlockWalk,
  trackNumber: number | null,
  until = Number.POSITIVE_INFINITY,
): () => Promise<StoredBlock | null> {
  let window: Window = { base: 0, bytes: Buffer.alloc(0) };
  let windowBytes = WINDOW_BYTES / 2;
  return async () => {
    for (;;) {
      const block = nextBlock(walk, window.bytes, window.base, trackNumber);
      if (block === 'end') return null;
      if (block !== 'more') return block;
      if (walk.position >= until) return null;
      const steppedOver = walk.position - (window.base + window.bytes.length);
      windowBytes = steppedOver > windowBytes ? WINDOW_BYTES : Math.min(MOST_WINDOW_BYTES, windowBytes * 2);
      window = await windows.at(walk.position, windowBytes);
      if (window.base + window.bytes.length < Math.min(walk.position + STEP_BYTES, walk.limit)) {
        throw new Error(`the file ends at ${window.base + window.bytes.length}, before its last cluster`);
      }
    }
  };
}

/** The frames of one track in a cluster. */
export interface TrackScan {
  cluster: ClusterScan;
  frames: Frame[];
  /** Their indexes in the order they are shown. */
  shown: number[];
  startTicks: number;
  endTicks: number;
}

export interface ClusterScan {
  position: number;
  /** Where the next cluster with a block in it begins; null behind the last. */
  next: number | null;
  tracks: Map<number, TrackScan>;
}

const KEPT_CLUSTERS = 4;
/** A cluster lasts for some seconds. One with more than this is no film's. */
const MOST_BLOCKS = 200_000;

/** Reads the heads of all blocks of clusters, keeping those of the last few. */
export function createClusterScanner(file: MatroskaFile): (position: number) => Promise<ClusterScan> {
  const kept = new Map<number, ClusterScan>();
  return async (position) => {
    const found = kept.get(position);
    if (found) return found;
    const scan = await scanCluster(file, position);
    kept.set(position, scan);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_CLUSTERS) break;
      kept.delete(oldest);
    }
    return scan;
  };
}

async function scanCluster(file: MatroskaFile, position: number): Promise<ClusterScan> {
  const next = blockReader(file, beginWalk(position, file.end), null);
  const blocks = new Map<number, StoredBlock[]>();
  let [block, count] = [await next(), 0];
  for (; block && block.clusterPosition === position; block = await next()) {
    if (++count > MOST_BLOCKS) throw new Error('a cluster has too many blocks');
    const own = blocks.get(block.trackNumber) ?? [];
    if (own.length === 0) blocks.set(block.trackNumber, own);
    own.push(block);
  }
  const scan: ClusterScan = { position, next: block?.clusterPosition ?? null, tracks: new Map() };
  for (const { number, kind, defaultDurationNs } of file.tracks) {
    const own = blocks.get(number);
    if (!own || kind === 'other') continue;
    const laces = new Map<StoredBlock, number>();
    for (const laced of own.filter(({ lacing }) => lacing !== 0)) {
      if (kind === 'video') throw new Error('several pictures share a block');
      laces.set(laced, await countLaces(file, laced));
    }
    const defaultTicks = defaultTicksOf(defaultDurationNs ?? 0, file.timestampScale);
    const frames = framesOf(own, defaultTicks, (laced) => laces.get(laced)!);
    const shown = frames.map((_, n) => n).sort((a, b) => frames[a]!.ticks - frames[b]!.ticks);
    const [first, last] = [frames[shown[0]!]!, frames[shown.at(-1)!]!];
    const endTicks = last.ticks + last.durationTicks;
    scan.tracks.set(number, { cluster: scan, frames, shown, startTicks: first.ticks, endTicks });
  }
  return scan;
}

async function countLaces({ windows }: MatroskaFile, { dataStart, dataEnd }: StoredBlock): Promise<number> {
  const { bytes, base } = await windows.at(dataStart, 1);
  const first = bytes[dataStart - base];
  if (first === undefined || dataStart >= dataEnd) throw new Error('the file is damaged: a laced block without frames');
  return laceCount(first);
}
