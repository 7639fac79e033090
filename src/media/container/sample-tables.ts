import { type Box, findBox, listBoxes } from './boxes.ts';

/**
 * Reading the sample tables of an MP4 file that is not fragmented (ISO/IEC 14496-12 section 8.6 and 8.7): when each sample is
 * decoded and shown, how large it is, and which are key frames, without touching the samples themselves.
 */
export interface SampleTable {
  /** Ticks a second of the track's own clock. */
  timescale: number;
  sampleCount: number;
  sizeOf: (sample: number) => number;
  /** Presentation times, edit lists left out, and decode times where they are the same. */
  ptsTicks: Float64Array;
  /** Sample numbers of key frames, from zero; null where all samples are. */
  keys: Uint32Array | null;
}

export type TrackKind = 'video' | 'audio';

export interface FoundTrack {
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
  const found = findTrack(moov, kind, ordinal);
  return found && unlessCutOff(() => readSamples(moov, found));
}

/** Null for a table that ends before it should: the file is damaged, and its packets will show how much. */
export function unlessCutOff<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A table as it is read, and what is to be known to look for more. */
export interface ReadSamples extends SampleTable {
  /** Of all samples, where they are all of one size; else zero. */
  sameBytes: number;
  /** For how many of the samples there is a time. */
  timedCount: number;
}

/** Null where there are no samples. Throws `RangeError` where a table ends too early. */
export function readSamples(moov: Buffer, { stbl, timescale }: FoundTrack): ReadSamples | null {
  // `stsz` (8.7.3.2). The compact `stz2` is as good as unused.
  const stsz = findBox(moov, 'stsz', stbl);
  if (!stsz || timescale === 0) return null;
  const sameBytes = moov.readUInt32BE(stsz.bodyStart + 4);
  const sampleCount = moov.readUInt32BE(stsz.bodyStart + 8);
  if (sampleCount === 0) return null;
  const sizes = entriesAt(moov, stsz, 12, sampleCount, sameBytes === 0 ? 4 : 0);
  const sizeOf = (sample: number) => sameBytes || sizes.readUInt32BE(sample * 4);
  return {
    timescale,
    sampleCount,
    sameBytes,
    sizeOf,
    ...readTimes(moov, stbl, sampleCount),
    keys: readKeys(moov, stbl),
  };
}

/** The entries of a table of a track, one behind the other; null where it has none of the kind. */
export function entriesOf(moov: Buffer, stbl: Box, type: keyof typeof ENTRY_BYTES): Buffer | null {
  const box = findBox(moov, type, stbl);
  if (!box) return null;
  return entriesAt(moov, box, 8, moov.readUInt32BE(box.bodyStart + 4), ENTRY_BYTES[type]);
}

/** Bytes of one entry (8.6.1.2, 8.6.1.3, 8.6.2, 8.7.4, 8.7.5). */
export const ENTRY_BYTES = { stts: 8, ctts: 8, stsc: 12, stco: 4, co64: 8, stss: 4 } as const;

function handlerOf(moov: Buffer, track: Box): string {
  const hdlr = findBox(moov, 'mdia/hdlr', track);
  return hdlr ? moov.toString('latin1', hdlr.bodyStart + 8, hdlr.bodyStart + 12) : '';
}

/** `stts` (8.6.1.2) and `ctts` (8.6.1.3), which is read as signed: version 0 with negative offsets is common. */
function readTimes(moov: Buffer, stbl: Box, count: number): { ptsTicks: Float64Array; timedCount: number } {
  const ptsTicks = new Float64Array(count);
  let decodeTicks = 0;
  const timedCount = eachRun(entriesOf(moov, stbl, 'stts'), count, (n, durationTicks) => {
    ptsTicks[n] = decodeTicks;
    decodeTicks += durationTicks >>> 0;
  });
  eachRun(entriesOf(moov, stbl, 'ctts'), count, (n, offsetTicks) => {
    ptsTicks[n]! += offsetTicks;
  });
  return { ptsTicks, timedCount };
}

/** Returns how many samples the runs tell of. */
function eachRun(runs: Buffer | null, count: number, visit: (n: number, value: number) => void): number {
  let n = 0;
  for (let at = 0; runs && at < runs.length && n < count; at += 8) {
    const value = runs.readInt32BE(at + 4);
    for (const end = Math.min(count, n + runs.readUInt32BE(at)); n < end; n++) visit(n, value);
  }
  return n;
}

/** `stss` (8.6.2), whose numbers begin at 1. */
function readKeys(moov: Buffer, stbl: Box): Uint32Array | null {
  const stss = entriesOf(moov, stbl, 'stss');
  return stss && Uint32Array.from({ length: stss.length / 4 }, (_, n) => stss.readUInt32BE(n * 4) - 1);
}

/** A day of sound in AAC. What has more, such as single samples of PCM, is not worth the memory. */
const MOST_SAMPLES = 5_000_000;

/** As many entries as a box says it has. A damaged file may promise anything. */
function entriesAt(moov: Buffer, box: Box, headBytes: number, count: number, bytesEach: number): Buffer {
  const start = box.bodyStart + headBytes;
  const end = start + count * bytesEach;
  if (count > MOST_SAMPLES || end > Math.min(box.end, moov.length)) throw new RangeError('more than there is');
  return moov.subarray(start, end);
}
