import { allocateCounted } from '../../core/counted-bytes.ts';
import {
  beginWalk,
  nextBlock,
  rewindWalk,
  STEP_BYTES,
  type StoredBlock,
} from '../../media/container/matroska-blocks.ts';
import { durationsOf, type Frame, framesOf, laceCount, unlace } from '../../media/container/matroska-frames.ts';
import type { MatroskaIndex } from '../../media/container/matroska-index.ts';
import { defaultTicksOf, secondsOf } from '../reading/matroska-file.ts';
import type { IndexedPacket } from '../reading/packet-sink.ts';
import type { ByteSource } from '../reading/source-files.ts';

/** Pictures are read in pieces of whole segments, up to so much. */
const MOST_PIECE_BYTES = 16 * 1024 * 1024;
/** Sound lies between pictures, which are read with it and thrown away; large ones are stepped over instead. */
const SOUND_PIECE_BYTES = 1024 * 1024;
const SPARSE_PIECE_BYTES = 64 * 1024;
const SPARSE_FROM_BYTES = 16 * 1024 * 1024;
/** What sound is read into, used again by the next who reads some. */
const spare: Buffer[] = [];
const MOST_SPARE = 4;
/** In front of a key frame's bytes, and of most key frames all. */
const KEY_PIECE_BYTES = 128 * 1024;
const EARLY_US = 1;
/** Frames of a segment: more are no film's. */
const MOST_BLOCKS = 500_000;

/** A segment as it was read. */
export interface ReadSegment {
  /** In the order they are stored. */
  packets: IndexedPacket[];
  /**
   * What the data of all packets lies in, in their order, with room in front as asked for. Nobody else has it. Null where
   * they lie apart: sound, pictures whose headers were stripped, and segments too large for one piece.
   */
  whole: Buffer | null;
}

/** The packets of segment `n`. Throws where the file is not the one that was indexed, or damaged. */
export async function readMatroskaSegment(
  source: ByteSource,
  index: MatroskaIndex,
  n: number,
): Promise<IndexedPacket[]> {
  return (await readMatroskaWhole(source, index, n, 0)).packets;
}

/** The same, to be written over: see `writeFragmentInPlace`. */
export async function readMatroskaWhole(
  source: ByteSource,
  index: MatroskaIndex,
  n: number,
  roomBytes: number,
): Promise<ReadSegment> {
  if (index.lacedStartsUs) return { packets: await readLaced(source, index, n), whole: null };
  const until = index.positions[n + 1] ?? index.endPosition;
  if (index.positions[n]! >= until) return { packets: [], whole: null };
  const { stored, whole } = await readBlocks(source, index, n, roomBytes, () => until);
  const frames = unlaced(index, stored);
  const lengths = lengthsOf(frames, index, n);
  return { packets: frames.map((frame, i) => packetOf(index, frame, lengths[i]!)), whole };
}

/** How long each frame is shown: until the next one, or as long as it says. */
function lengthsOf(frames: readonly Frame[], index: MatroskaIndex, n: number): number[] {
  const defaultTicks = defaultTicksOf(index.defaultDurationNs, index.timestampScale);
  const nextTicks = index.ticks[n + 1];
  return durationsOf(frames.map(({ ticks }) => ticks)).map((untilNext, i) => {
    if (untilNext !== null) return untilNext;
    const { block, ticks } = frames[i]!;
    const untilSegment = nextTicks === undefined ? 0 : Math.max(0, nextTicks - ticks);
    // The next sound is always what comes next; of pictures, some may be shown before the next key frame.
    if (index.kind === 'audio' && index.clusterTicks[n + 1] === block.clusterTicks) return untilSegment;
    return block.durationTicks || defaultTicks || untilSegment;
  });
}

/** Sound with several frames in a block: when each is heard depends on the next block, which is read with them. */
async function readLaced(source: ByteSource, index: MatroskaIndex, n: number): Promise<IndexedPacket[]> {
  const nextPosition = index.positions[n + 1] ?? index.endPosition;
  const { stored } = await readBlocks(source, index, n, 0, (block) =>
    block && block.position > nextPosition ? block.end : index.endPosition,
  );
  const frames = unlaced(index, stored);
  const fromUs = n === 0 ? Number.NEGATIVE_INFINITY : index.lacedStartsUs![n]! - EARLY_US;
  const untilUs = (index.lacedStartsUs![n + 1] ?? Number.POSITIVE_INFINITY) - EARLY_US;
  return frames
    .filter(({ ticks, block }) => {
      const us = secondsOf(ticks, index.timestampScale) * 1e6;
      return block.position <= nextPosition && us >= fromUs && us < untilUs;
    })
    .map((frame) => packetOf(index, frame, frame.durationTicks));
}

type FrameWithData = Frame & { data: Buffer };

function unlaced(index: MatroskaIndex, stored: readonly StoredData[]): FrameWithData[] {
  const dataOf = new Map(stored.map(({ block, data }) => [block, data]));
  const blocks = stored.map(({ block }) => block);
  const defaultTicks = defaultTicksOf(index.defaultDurationNs, index.timestampScale);
  const frames = framesOf(blocks, defaultTicks, (block) => laceCount(dataOf.get(block)![0] ?? 0));
  return frames.map((frame) => {
    const data = dataOf.get(frame.block)!;
    return { ...frame, data: frame.block.lacing === 0 ? data : unlace(data, frame.block.lacing)[frame.lace]! };
  });
}

function packetOf(
  index: MatroskaIndex,
  { block, ticks, data }: Pick<FrameWithData, 'block' | 'ticks' | 'data'>,
  durationTicks: number,
): IndexedPacket {
  return {
    timestampSec: secondsOf(ticks, index.timestampScale),
    durationSec: secondsOf(durationTicks, index.timestampScale),
    key: block.key || (index.kind === 'audio' && !block.isGroup),
    data: index.strippedHeader.length > 0 ? Buffer.concat([index.strippedHeader, data]) : data,
  };
}

interface StoredData {
  block: StoredBlock;
  data: Buffer;
}

/**
 * Reads the blocks of the track from segment `n` on. `limitOf` says where to stop, given the last block so far.
 */
async function readBlocks(
  source: ByteSource,
  index: MatroskaIndex,
  n: number,
  roomBytes: number,
  limitOf: (last: StoredBlock | null) => number,
): Promise<{ stored: StoredData[]; whole: Buffer | null }> {
  const start = index.positions[n]!;
  const walk = beginWalk(start, limitOf(null), index.clusterTicks[n]!);
  const isSound = index.kind === 'audio';
  const isSparse = isSound && (index.positions[n + 1] ?? start) - start > SPARSE_FROM_BYTES;
  const usual = isSparse ? SPARSE_PIECE_BYTES : isSound ? SOUND_PIECE_BYTES : MOST_PIECE_BYTES;
  const scratch = isSound ? (spare.pop() ?? Buffer.allocUnsafeSlow(SOUND_PIECE_BYTES)) : null;
  const stored: StoredData[] = [];
  let whole: Buffer | null = null;
  try {
    for (let piece = usual, pieces = 0; walk.position < walk.limit; pieces++) {
      const base = walk.position;
      const length = Math.min(walk.limit - base, source.sizeBytes - base, piece);
      if (base < 0 || length <= 0) throw new Error('the file ends before this segment');
      const fits = scratch !== null && length <= scratch.length;
      const place = fits ? scratch : allocateCounted(roomBytes + length);
      const bytes = fits ? scratch.subarray(0, length) : place.subarray(roomBytes);
      if ((await source.readInto(base, [bytes])) < length) throw new Error('the file ends before this segment');
      whole = pieces === 0 ? place : null;
      const needed = takeBlocks(bytes, base);
      // What begins in this piece goes on behind it. It is read once more, as a whole.
      if (walk.position === base && (length < piece || needed <= piece)) {
        throw new Error('the file ends before this segment');
      }
      piece = Math.max(usual, needed);
    }
  } finally {
    if (scratch && spare.length < MOST_SPARE) spare.push(scratch);
  }
  if (stored.length > 0) checkFirst(index, n, stored[0]!.block);
  return { stored, whole: isSound || index.strippedHeader.length > 0 ? null : whole };

  /** Takes whole blocks out of a piece. Returns how many bytes the next one needs to be whole. */
  function takeBlocks(bytes: Buffer, base: number): number {
    for (;;) {
      const block = nextBlock(walk, bytes, base, index.trackNumber);
      if (block === 'end') return 0;
      if (block === 'more') {
        const { group } = walk;
        if (!group?.block) return 0;
        rewindWalk(walk, { position: group.start });
        return group.end - group.start + STEP_BYTES;
      }
      if (block.dataEnd > base + bytes.length) {
        rewindWalk(walk, block);
        return block.end - block.position + STEP_BYTES;
      }
      const data = bytes.subarray(block.dataStart - base, block.dataEnd - base);
      if (stored.length === MOST_BLOCKS) throw new Error('too many frames for one segment');
      stored.push({ block, data: isSound ? Buffer.from(data) : data });
      walk.limit = limitOf(block);
    }
  }
}

function checkFirst(index: MatroskaIndex, n: number, block: StoredBlock): void {
  const isSame = block.position === index.positions[n] && block.ticks === index.ticks[n];
  if (!isSame || (index.kind === 'video' && !block.key)) {
    throw new Error(`the file is not the one that was looked at: segment ${n} begins elsewhere`);
  }
}

/** The key frame that segment `n` of pictures begins with, and nothing else. */
export async function readMatroskaKey(source: ByteSource, index: MatroskaIndex, n: number): Promise<IndexedPacket> {
  const base = index.positions[n]!;
  const limit = index.positions[n + 1] ?? index.endPosition;
  const ahead = Math.min(KEY_PIECE_BYTES, limit - base, source.sizeBytes - base);
  if (base < 0 || ahead <= 0) throw new Error('the file ends before this key frame');
  const bytes = await source.read(base, ahead);
  const walk = beginWalk(base, limit, index.clusterTicks[n]!);
  const found = nextBlock(walk, bytes, base, index.trackNumber);
  const block = found === 'more' ? walk.group?.block : found;
  if (!block || block === 'end') throw new Error('the file ends before this key frame');
  checkFirst(index, n, block);
  const length = block.dataEnd - block.dataStart;
  const at = block.dataStart - base;
  const isWhole = at + length <= bytes.length;
  if (block.dataEnd > source.sizeBytes) throw new Error('the file ends in the middle of a key frame');
  const data = isWhole ? bytes.subarray(at, at + length) : await source.read(block.dataStart, length);
  if (data.length < length) throw new Error('the file ends in the middle of a key frame');
  const lastsTicks = block.durationTicks || defaultTicksOf(index.defaultDurationNs, index.timestampScale);
  return packetOf(index, { block, ticks: block.ticks, data }, lastsTicks);
}
