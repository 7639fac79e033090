import { readVint } from './ebml.ts';
import type { StoredBlock } from './matroska-blocks.ts';

/** Frames of blocks: laced ones taken apart (RFC 9559 section 10.3), and how long each lasts. */

export interface Frame {
  ticks: number;
  durationTicks: number;
  block: StoredBlock;
  /** Which of its block's frames. */
  lace: number;
}

/**
 * The frames of one track's blocks, in the order they are stored. A frame lasts until the next one of its cluster is shown. What
 * Matroska does not say of the last one in a cluster, its track does: `defaultTicks`, zero where that does not either.
 * `lacesOf` counts the frames of a laced block.
 */
export function framesOf(
  blocks: readonly StoredBlock[],
  defaultTicks: number,
  lacesOf: (block: StoredBlock) => number,
): Frame[] {
  const frames: Frame[] = [];
  for (let start = 0; start < blocks.length; ) {
    let end = start;
    while (end < blocks.length && blocks[end]!.cluster === blocks[start]!.cluster) end++;
    frames.push(...framesOfCluster(blocks.slice(start, end), defaultTicks, lacesOf));
    start = end;
  }
  return frames;
}

function framesOfCluster(
  blocks: readonly StoredBlock[],
  defaultTicks: number,
  lacesOf: (block: StoredBlock) => number,
): Frame[] {
  const durations = durationsOf(blocks.map(({ ticks }) => ticks));
  return blocks.flatMap((block, n) => {
    const untilNext = durations[n];
    const ownTicks = untilNext ?? block.durationTicks;
    if (block.lacing === 0) {
      return [{ ticks: block.ticks, durationTicks: untilNext ?? (ownTicks || defaultTicks), block, lace: 0 }];
    }
    const count = lacesOf(block);
    const wholeTicks = ownTicks || count * defaultTicks;
    return Array.from({ length: count }, (_, lace) => ({
      ticks: block.ticks + (wholeTicks * lace) / count,
      durationTicks: wholeTicks / count,
      block,
      lace,
    }));
  });
}

/** For times in the order they are stored, how long it is until the next one is shown; null for the latest. */
export function durationsOf(times: readonly number[]): (number | null)[] {
  const order = times.map((_, n) => n).sort((a, b) => times[a]! - times[b]!);
  const durations: (number | null)[] = times.map(() => null);
  for (let n = 0; n + 1 < order.length; n++) durations[order[n]!] = times[order[n + 1]!]! - times[order[n]!]!;
  return durations;
}

/** How many frames a laced block has: the byte behind its head. */
export function laceCount(firstByte: number): number {
  return firstByte + 1;
}

const XIPH = 1;
const FIXED = 2;

/** The frames of a laced block's data. Throws where their sizes make no sense. */
export function unlace(data: Buffer, lacing: number): Buffer[] {
  const sizes = readLaceSizes(data, lacing);
  const frames: Buffer[] = [];
  let at = sizes.start;
  for (const size of sizes.bytes) {
    if (size < 0 || at + size > data.length)
      throw new Error('the file is damaged: laced frames larger than their block');
    frames.push(data.subarray(at, at + size));
    at += size;
  }
  return frames;
}

/** Where the first frame begins, and how large each is. The last one has what is left. */
function readLaceSizes(data: Buffer, lacing: number): { start: number; bytes: number[] } {
  if (data.length === 0) throw new Error('the file is damaged: a laced block without frames');
  const count = laceCount(data[0]!);
  if (lacing === FIXED) {
    return { start: 1, bytes: Array.from({ length: count }, () => Math.floor((data.length - 1) / count)) };
  }
  const bytes: number[] = [];
  let at = 1;
  let size = 0;
  while (bytes.length < count - 1) {
    const read = lacing === XIPH ? readXiph(data, at) : readVint(data, at);
    if (!read) throw new Error('the file is damaged: laced frames without their sizes');
    // EBML lacing tells the first size, and then by how much each differs from the one before.
    const isDifference = lacing !== XIPH && bytes.length > 0;
    size = isDifference ? size + read.value - (2 ** (7 * read.length - 1) - 1) : read.value;
    bytes.push(size);
    at += read.length;
  }
  return { start: at, bytes: [...bytes, data.length - at - bytes.reduce((sum, one) => sum + one, 0)] };
}

function readXiph(data: Buffer, at: number): { value: number; length: number } | null {
  let value = 0;
  for (let n = at; n < data.length; n++) {
    value += data[n]!;
    if (data[n]! < 255) return { value, length: n - at + 1 };
  }
  return null;
}
