import { beginWalk, type StoredBlock } from '../../media/container/matroska-blocks.ts';
import type { MatroskaTrack } from '../../media/container/matroska-header.ts';
import type { MatroskaIndex } from '../../media/container/matroska-index.ts';
import { cuesFor, walkFromCue } from '../reading/matroska-cues.ts';
import { type Cue, defaultTicksOf, type MatroskaFile, secondsOf } from '../reading/matroska-file.ts';
import { blockReader } from '../reading/matroska-scan.ts';
import type { MatroskaSink } from '../reading/matroska-sink.ts';

/** Key frames are asked for a little later than they are, since times were rounded. */
const LATE_SEC = 0.0005;
const EARLY_SEC = 1e-6;
/** Looking for where one segment's sound begins goes no farther than this. */
const MOST_WALKED_BYTES = 64 * 1024 * 1024;
/** Sound whose frames are all as long as one another. */
const STEADY = /^A_(AAC|AC3|EAC3|MPEG)/;
/** Times of blocks are rounded. */
const ROUNDING_TICKS = 1.5;

/**
 * Where each segment of a track begins. Of pictures `startsSec` are the times of the key frames segments begin with, of sound
 * the times they begin at; each segment lasts until the next one. Null where that is not to be found without reading much of the file.
 */
export async function buildMatroskaIndex(
  file: MatroskaFile,
  sink: MatroskaSink,
  track: MatroskaTrack,
  startsSec: readonly number[],
): Promise<MatroskaIndex | null> {
  if (!track.isPlain || track.kind === 'other' || startsSec.length === 0) return null;
  const found = track.kind === 'video' ? await findPictures(sink, startsSec) : await findSound(file, track, startsSec);
  if (!found) return null;
  const { blocks, isLaced } = found;
  // A header that is left out of every frame of a block is nobody's: mediabunny and ffmpeg do not agree about it.
  if (isLaced && track.strippedHeader.length > 0) return null;
  const last = blocks.findLast((block) => block !== null);
  if (!last) return null;
  const of = (read: (block: StoredBlock) => number, atEnd: number) =>
    Float64Array.from(blocks, (block) => (block ? read(block) : atEnd));
  return {
    kind: track.kind,
    trackNumber: track.number,
    timestampScale: file.timestampScale,
    defaultDurationNs: track.defaultDurationNs ?? 0,
    strippedHeader: track.strippedHeader,
    endPosition: file.end,
    positions: of(({ position }) => position, file.end),
    ticks: of(({ ticks }) => ticks, last.ticks),
    clusterTicks: of(({ clusterTicks }) => clusterTicks, last.clusterTicks),
    lacedStartsUs: isLaced ? Float64Array.from(startsSec, (sec) => Math.round(sec * 1e6)) : null,
  };
}

interface Found {
  /** Null where there is nothing more. */
  blocks: (StoredBlock | null)[];
  isLaced: boolean;
}

async function findPictures(sink: MatroskaSink, startsSec: readonly number[]): Promise<Found | null> {
  const blocks: StoredBlock[] = [];
  const metadataOnly = { metadataOnly: true };
  for (const [n, startSec] of startsSec.entries()) {
    const packet =
      (await sink.getKeyPacket(startSec + LATE_SEC, metadataOnly)) ??
      (n === 0 ? await sink.getFirstKeyPacket(metadataOnly) : null);
    const block = packet && sink.placeOf(packet);
    if (!block || block.position <= (blocks.at(-1)?.position ?? -1)) return null;
    blocks.push(block);
  }
  return { blocks, isLaced: false };
}

/**
 * The first block of each segment of sound. Sound is stored in the order it is heard, so whatever lies behind a block that is heard
 * before a segment begins holds all of that segment.
 */
async function findSound(
  file: MatroskaFile,
  track: MatroskaTrack,
  startsSec: readonly number[],
  areLaced = false,
): Promise<Found | null> {
  const first = await blockReader(file, beginWalk(file.firstCluster, file.end), track.number)();
  if (!first) return null;
  const isLaced = areLaced || first.lacing !== 0;
  const blocks: (StoredBlock | null)[] = [first];
  const cues = cuesFor(file, track.number);
  let cue = 0;
  let isOver = false;
  for (const startSec of startsSec.slice(1)) {
    const current: StoredBlock | null = blocks.at(-1)!;
    if (isOver || !current) {
      blocks.push(current);
      continue;
    }
    while (cue + 1 < cues.length && secondsOf(cues[cue + 1]!.ticks, file.timestampScale) <= startSec) cue++;
    const search = { file, track, current, startSec, isLaced };
    const found = await findStart(search, cues.slice(Math.max(0, cue - 2), cue + 1));
    if (found === null) return null;
    if (found === 'laced') return findSound(file, track, startsSec, true);
    blocks.push(found.block);
    isOver = found.isOver;
  }
  return { blocks, isLaced };
}

interface Search {
  file: MatroskaFile;
  track: MatroskaTrack;
  /** The first block of the segment before. */
  current: StoredBlock;
  startSec: number;
  isLaced: boolean;
}

/**
 * The first block at or after a time, or the last one before it where frames share blocks; null where it would take too long to
 * find. `isOver`: the sound has ended.
 */
async function findStart(
  { file, track, current, startSec, isLaced }: Search,
  cues: readonly Cue[],
): Promise<{ block: StoredBlock | null; isOver: boolean } | 'laced' | null> {
  const isDue = (ticks: number) => secondsOf(ticks, file.timestampScale) >= startSec - EARLY_SEC;
  const stepTicks = STEADY.test(track.codecId) ? defaultTicksOf(track.defaultDurationNs ?? 0, file.timestampScale) : 0;
  if (isDue(current.ticks)) return { block: current, isOver: false };
  // From the nearest cue on; where the segment may have begun before that, from an earlier one.
  for (let n = cues.length - 1; n >= -1; n--) {
    const cue = cues[n];
    const walk = cue ? await walkFromCue(file, cue) : beginWalk(current.end, file.end, current.clusterTicks);
    if (cue && walk.position <= current.position) continue;
    const until = walk.position + MOST_WALKED_BYTES;
    const next = blockReader(file, walk, track.number, until);
    let before: StoredBlock | null = cue ? null : current;
    let block = await next();
    for (; block && !isDue(block.ticks); block = await next()) before = block;
    if (!isLaced && (block?.lacing || before?.lacing)) return 'laced';
    if (!block && walk.position < walk.limit) return null;
    // One frame earlier would have been before: no frame of the segment lies in front of where the walk began.
    const isFirst = block && !isLaced && stepTicks > 0 && !isDue(block.ticks - stepTicks + ROUNDING_TICKS);
    if (before || isFirst) return { block: isLaced ? before : block, isOver: !block };
  }
  return null;
}
