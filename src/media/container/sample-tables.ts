import { type Box, findBox, listBoxes } from './boxes.ts';

/**
 * Reading the sample tables of an MP4 file that is not fragmented (ISO/IEC 14496-12 section 8.6 and 8.7): when each sample is
 * decoded and shown, how large it is, and which are key frames, without touching the samples themselves.
 */
export interface SampleTable {
  sizesBytes: Uint32Array;
  /** Presentation times in seconds on the track's own clock, edit lists left out. */
  timesSec: Float64Array;
  /** Indexes of key frames; null where all samples are. */
  keys: Uint32Array | null;
}

export type TrackKind = 'video' | 'audio';

interface FoundTrack {
  track: Box;
  stbl: Box;
  id: number;
  timescale: number;
}

/** The n-th track of a kind (`trak`), its tables (`stbl`), its id (zero where it has none) and its ticks a second; null where there is none. */
export function findTrack(moov: Buffer, kind: TrackKind, ordinal: number): FoundTrack | null {
  const handler = kind === 'video' ? 'vide' : 'soun';
  const inside = findBox(moov, 'moov');
  const track = (inside ? listBoxes(moov, inside.bodyStart, inside.end) : [])
    .filter((box) => box.type === 'trak' && handlerOf(moov, box) === handler)
    .at(ordinal);
  const mdhd = track ? findBox(moov, 'mdia/mdhd', track) : null;
  const stbl = track ? findBox(moov, 'mdia/minf/stbl', track) : null;
  const tkhd = track ? findBox(moov, 'tkhd', track) : null;
  if (!track || !mdhd || !stbl) return null;
  const id = tkhd ? moov.readUInt32BE(tkhd.bodyStart + (moov[tkhd.bodyStart] === 1 ? 20 : 12)) : 0;
  return { track, stbl, id, timescale: moov.readUInt32BE(mdhd.bodyStart + (moov[mdhd.bodyStart] === 1 ? 20 : 12)) };
}

/** The table of the n-th track of a kind; null where there is none, or where it makes no sense. */
export function readSampleTable(moov: Buffer, kind: TrackKind, ordinal: number): SampleTable | null {
  const track = findTrack(moov, kind, ordinal);
  if (!track) return null;
  const { stbl, timescale } = track;
  try {
    const sizesBytes = readSizes(moov, stbl);
    if (!sizesBytes?.length || timescale === 0) return null;
    return { sizesBytes, timesSec: readTimes(moov, stbl, sizesBytes.length, timescale), keys: readKeys(moov, stbl) };
  } catch (error) {
    // A table that ends before it should: the file is damaged, and its packets will show how much.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function handlerOf(moov: Buffer, track: Box): string {
  const hdlr = findBox(moov, 'mdia/hdlr', track);
  return hdlr ? moov.toString('latin1', hdlr.bodyStart + 8, hdlr.bodyStart + 12) : '';
}

/** `stsz` (8.7.3.2). The compact `stz2` is as good as unused. */
function readSizes(moov: Buffer, stbl: Box): Uint32Array | null {
  const stsz = findBox(moov, 'stsz', stbl);
  if (!stsz) return null;
  const same = moov.readUInt32BE(stsz.bodyStart + 4);
  const count = checkedCount(moov.readUInt32BE(stsz.bodyStart + 8), same === 0 ? 4 : 0, stsz);
  const sizes = new Uint32Array(count).fill(same);
  if (same === 0) for (let n = 0; n < count; n++) sizes[n] = moov.readUInt32BE(stsz.bodyStart + 12 + n * 4);
  return sizes;
}

/** `stts` (8.6.1.2) and `ctts` (8.6.1.3), which is read as signed: version 0 with negative offsets is common. */
function readTimes(moov: Buffer, stbl: Box, count: number, timescale: number): Float64Array {
  const times = new Float64Array(count);
  let decodeTicks = 0;
  eachRun(moov, findBox(moov, 'stts', stbl), count, (n, durationTicks) => {
    times[n] = decodeTicks;
    decodeTicks += durationTicks >>> 0;
  });
  eachRun(moov, findBox(moov, 'ctts', stbl), count, (n, offsetTicks) => {
    times[n]! += offsetTicks;
  });
  for (let n = 0; n < count; n++) times[n]! /= timescale;
  return times;
}

function eachRun(moov: Buffer, box: Box | null, count: number, visit: (n: number, value: number) => void): void {
  if (!box) return;
  const runs = checkedCount(moov.readUInt32BE(box.bodyStart + 4), 8, box);
  let n = 0;
  for (let run = 0; run < runs && n < count; run++) {
    const at = box.bodyStart + 8 + run * 8;
    const value = moov.readInt32BE(at + 4);
    for (const end = Math.min(count, n + moov.readUInt32BE(at)); n < end; n++) visit(n, value);
  }
}

/** `stss` (8.6.2), whose numbers begin at 1. */
function readKeys(moov: Buffer, stbl: Box): Uint32Array | null {
  const stss = findBox(moov, 'stss', stbl);
  if (!stss) return null;
  const count = checkedCount(moov.readUInt32BE(stss.bodyStart + 4), 4, stss);
  return Uint32Array.from({ length: count }, (_, n) => moov.readUInt32BE(stss.bodyStart + 8 + n * 4) - 1);
}

/** A day of sound in AAC. What has more, such as single samples of PCM, is not worth the memory. */
const MOST_SAMPLES = 5_000_000;

/** A count that its box can hold. A damaged file may promise anything. */
export function checkedCount(count: number, bytesEach: number, box: Box): number {
  if (count > MOST_SAMPLES || count * bytesEach > box.end - box.bodyStart) throw new RangeError('more than there is');
  return count;
}
