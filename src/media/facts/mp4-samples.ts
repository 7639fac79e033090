import { type Box, findBox } from '../container/boxes.ts';
import { unsure } from './facts.ts';

/**
 * The samples of a track of an MP4 file that is not fragmented, as ffmpeg reads them: its tables (ISO/IEC 14496-12 section 8.6
 * and 8.7), and the edit list applied. Times are ticks of the track's timescale.
 */

export interface Samples {
  timescale: number;
  count: number;
  /** The shorter of what the header declares and what the samples add up to. */
  durationTicks: number;
  /** What the samples last, all together. */
  sumTicks: number;
  sizeBytes: number;
  /** Of ffmpeg's has_b_frames, by the order in which samples are shown. */
  reorder: number;
  hasOffsets: boolean;
  /** What is empty before it begins. */
  emptyTicks: number;
  hasEdits: boolean;
  /** How much of it the edit list shows; null without one. */
  lengthTicks: number | null;
  /** The first samples, as many as were asked for. */
  first: Sample[];
}

export interface Sample {
  at: number;
  bytes: number;
  /** What ffmpeg sorts by, and when it is shown. */
  dtsTicks: number;
  ptsTicks: number;
  isKey: boolean;
  isDiscarded: boolean;
}

/** As many samples as a day of film has: more is nothing that is usual. */
const MOST_SAMPLES = 20_000_000;
const MOST_REORDER = 16;

interface Table {
  at: number;
  count: number;
}

export function readSamples(
  moov: Buffer,
  track: Box,
  options: { kind: 'video' | 'audio' | 'other'; movieScale: number; first: number; fileBytes: number },
): Samples {
  const { kind, movieScale, first, fileBytes } = options;
  const stbl = findBox(moov, 'mdia/minf/stbl', track);
  const mdhd = findBox(moov, 'mdia/mdhd', track);
  if (!stbl || !mdhd) return unsure('a track without tables');
  const wide = moov[mdhd.bodyStart] === 1;
  const timescale = moov.readUInt32BE(mdhd.bodyStart + (wide ? 20 : 12));
  const declared = wide ? Number(moov.readBigUInt64BE(mdhd.bodyStart + 24)) : moov.readUInt32BE(mdhd.bodyStart + 16);
  if (timescale === 0 || declared === 0 || declared > 2 ** 52) unsure('a track without a clock');
  const tableOf = (type: string, bytesEach: number) => readTable(moov, stbl, type, bytesEach);
  if (findBox(moov, 'stz2', stbl) || findBox(moov, 'stps', stbl)) unsure('rare tables');
  const stsz = findBox(moov, 'stsz', stbl) ?? unsure('a track without samples');
  const sameBytes = moov.readUInt32BE(stsz.bodyStart + 4);
  const count = moov.readUInt32BE(stsz.bodyStart + 8);
  if (count === 0 || count > MOST_SAMPLES) unsure(`${count} samples`);
  if (sameBytes === 0 && stsz.bodyStart + 12 + count * 4 > stsz.end) unsure('a table that ends too early');
  const sizeOf = (n: number) => (sameBytes === 0 ? moov.readUInt32BE(stsz.bodyStart + 12 + n * 4) : sameBytes);
  // A sample for each tick: raw sound, which ffmpeg reads in pieces of its own making.
  if (sameBytes > 0 && sameBytes < 64 && kind === 'audio') unsure('raw sound');

  const stts = tableOf('stts', 8) ?? unsure('a track without times');
  const ctts = tableOf('ctts', 8);
  const stss = tableOf('stss', 4);
  const { sumTicks } = checkTimes(moov, stts, count);
  const durationTicks = sumTicks > 0 ? Math.min(declared, sumTicks) : declared;
  let sizeBytes = sameBytes * count;
  if (sameBytes === 0) for (let n = 0; n < count; n++) sizeBytes += sizeOf(n);

  if (sizeBytes > fileBytes) unsure('samples outside of the file');

  const offsets = ctts ? readOffsets(moov, stts, ctts, count) : null;
  const wanted = Math.min(first, count);
  const places = readPlaces(moov, stbl, { wanted, count, fileBytes, sizeOf });
  const keys = stss
    ? new Set(Array.from({ length: Math.min(stss.count, first) }, (_, n) => moov.readUInt32BE(stss.at + n * 4)))
    : null;
  const durations = firstOf(moov, stts, wanted, false);
  const shifts = ctts ? firstOf(moov, ctts, wanted, true) : null;
  const raw: Sample[] = [];
  for (let n = 0, dtsTicks = 0; n < wanted; dtsTicks += durations[n]!, n++) {
    const isKey = keys === null || keys.has(n + 1);
    raw.push({ ...places[n]!, dtsTicks, ptsTicks: dtsTicks + (shifts?.[n] ?? 0), isKey, isDiscarded: false });
  }
  const edits = applyEdits(moov, track, raw, durations, {
    kind,
    movieScale,
    timescale,
    offsets,
    lastTicks: sumTicks - lastDuration(moov, stts),
  });
  return {
    timescale,
    count,
    durationTicks,
    sumTicks,
    sizeBytes,
    reorder: offsets?.reorder ?? 0,
    hasOffsets: offsets !== null,
    ...edits,
  };
}

function readTable(moov: Buffer, stbl: Box, type: string, bytesEach: number): Table | null {
  const box = findBox(moov, type, stbl);
  if (!box) return null;
  if (moov.readUInt32BE(box.bodyStart) & (type === 'ctts' ? 0xfeffffff : 0xffffffff))
    unsure('a table of another version');
  const count = moov.readUInt32BE(box.bodyStart + 4);
  const at = box.bodyStart + 8;
  return at + count * bytesEach <= box.end ? { at, count } : unsure('a table that ends too early');
}

function checkTimes(moov: Buffer, { at, count: runs }: Table, count: number): { sumTicks: number } {
  let samples = 0;
  let sumTicks = 0;
  for (let run = 0; run < runs; run++) {
    const many = moov.readUInt32BE(at + run * 8);
    const ticks = moov.readUInt32BE(at + run * 8 + 4);
    if (ticks >= 2 ** 31) unsure('a time that runs backwards');
    samples += many;
    sumTicks += many * ticks;
  }
  return samples === count ? { sumTicks } : unsure('tables that disagree');
}

const lastDuration = (moov: Buffer, { at, count }: Table) => moov.readUInt32BE(at + count * 8 - 4);

/** The values of the first samples, out of runs. */
function firstOf(moov: Buffer, { at, count: runs }: Table, wanted: number, signed: boolean): number[] {
  const values: number[] = [];
  for (let run = 0; run < runs && values.length < wanted; run++) {
    const value = signed ? moov.readInt32BE(at + run * 8 + 4) : moov.readUInt32BE(at + run * 8 + 4);
    for (let many = moov.readUInt32BE(at + run * 8); many > 0 && values.length < wanted; many--) values.push(value);
  }
  return values.length === wanted ? values : unsure('a table that ends too early');
}

interface Offsets {
  reorder: number;
  /** Of all samples, when the earliest and the latest are shown. */
  minTicks: number;
  maxTicks: number;
  /** Negative offsets move decode times by so much, so that none is later than its presentation time. */
  shiftTicks: number;
}

/** Walks all presentation times: how far they are out of order is ffmpeg's idea of reordering. */
function readOffsets(moov: Buffer, stts: Table, ctts: Table, count: number): Offsets {
  const latest = new Float64Array(MOST_REORDER + 1).fill(Number.NEGATIVE_INFINITY);
  let [minTicks, maxTicks, reorder] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let [run, left, ticks, dts] = [-1, 0, 0, 0];
  let [samples, shiftTicks] = [0, 0];
  for (let n = 0; n < ctts.count; n++) {
    const offset = moov.readInt32BE(ctts.at + n * 8 + 4);
    shiftTicks = Math.max(shiftTicks, -offset);
    for (let many = moov.readUInt32BE(ctts.at + n * 8); many > 0; many--) {
      while (left === 0) {
        if (++run >= stts.count) return unsure('tables that disagree');
        left = moov.readUInt32BE(stts.at + run * 8);
        ticks = moov.readUInt32BE(stts.at + run * 8 + 4);
      }
      const pts = dts + offset;
      if (pts < minTicks) minTicks = pts;
      if (pts > maxTicks) maxTicks = pts;
      let swaps = 0;
      let at = MOST_REORDER;
      // Sorted, the earliest dropped for it.
      latest.copyWithin(0, 1);
      for (; at > 0 && latest[at - 1]! > pts; at--, swaps++) latest[at] = latest[at - 1]!;
      latest[at] = pts;
      if (swaps > reorder) reorder = swaps;
      dts += ticks;
      left--;
      samples++;
    }
  }
  return samples === count ? { reorder, minTicks, maxTicks, shiftTicks } : unsure('tables that disagree');
}

/** Where the first samples lie: `stsc` and `stco` or `co64` (section 8.7.4 and 8.7.5). */
function readPlaces(
  moov: Buffer,
  stbl: Box,
  options: { wanted: number; count: number; fileBytes: number; sizeOf: (n: number) => number },
): { at: number; bytes: number }[] {
  const { wanted, count, fileBytes, sizeOf } = options;
  const stsc = readTable(moov, stbl, 'stsc', 12) ?? unsure('a track without places');
  const stco = readTable(moov, stbl, 'stco', 4);
  const chunks = stco ?? readTable(moov, stbl, 'co64', 8) ?? unsure('a track without places');
  checkChunks(moov, stsc, chunks.count, count);
  const places: { at: number; bytes: number }[] = [];
  let entry = 0;
  for (let chunk = 0; chunk < chunks.count && places.length < wanted; chunk++) {
    while (entry + 1 < stsc.count && moov.readUInt32BE(stsc.at + (entry + 1) * 12) <= chunk + 1) entry++;
    let at = stco ? moov.readUInt32BE(chunks.at + chunk * 4) : Number(moov.readBigUInt64BE(chunks.at + chunk * 8));
    for (let many = moov.readUInt32BE(stsc.at + entry * 12 + 4); many > 0 && places.length < wanted; many--) {
      const bytes = sizeOf(places.length);
      places.push({ at, bytes });
      at += bytes;
      if (at > fileBytes) unsure('samples outside of the file');
    }
  }
  return places.length === wanted ? places : unsure('samples without a place');
}

/** Runs of chunks that begin with the first, follow each other, and hold as many samples as there are. */
function checkChunks(moov: Buffer, { at, count: runs }: Table, chunks: number, count: number): void {
  let samples = 0;
  for (let run = 0; run < runs; run++) {
    const first = moov.readUInt32BE(at + run * 12);
    const next = run + 1 < runs ? moov.readUInt32BE(at + (run + 1) * 12) : chunks + 1;
    if ((run === 0 && first !== 1) || next <= first) unsure('tables that disagree');
    if (moov.readUInt32BE(at + run * 12 + 8) !== 1) unsure('a track that changes');
    samples += (next - first) * moov.readUInt32BE(at + run * 12 + 4);
  }
  if (samples !== count) unsure('tables that disagree');
}

interface EditOptions {
  kind: 'video' | 'audio' | 'other';
  movieScale: number;
  timescale: number;
  lastTicks: number;
  offsets: Offsets | null;
}

type Edited = Pick<Samples, 'emptyTicks' | 'hasEdits' | 'lengthTicks' | 'first'>;

/**
 * One edit, with an empty one before it if need be (section 8.6.6): what encoders write to take off reordering and priming. Any
 * other cuts the film, and ffmpeg has its own way with it.
 */
function applyEdits(moov: Buffer, track: Box, raw: Sample[], durations: number[], options: EditOptions): Edited {
  const { kind, offsets } = options;
  const elst = findBox(moov, 'edts/elst', track);
  const shift = offsets?.shiftTicks ?? 0;
  if (!elst) {
    return {
      emptyTicks: 0,
      hasEdits: false,
      lengthTicks: null,
      first: raw.map((one) => ({ ...one, dtsTicks: one.dtsTicks - shift })),
    };
  }
  const { emptyTicks, mediaTicks, lengthTicks } = readEdits(moov, elst, options);
  const endTicks = mediaTicks + lengthTicks;
  if (kind !== 'video') {
    if (offsets || mediaTicks > (kind === 'audio' ? options.timescale : 0))
      unsure('a track that is cut by its edit list');
    const first: Sample[] = [];
    for (const [n, one] of raw.entries()) {
      const isDiscarded = one.dtsTicks + durations[n]! <= mediaTicks || one.dtsTicks >= endTicks;
      const atTicks = one.dtsTicks - mediaTicks + emptyTicks;
      first.push({ ...one, dtsTicks: atTicks, ptsTicks: atTicks, isDiscarded });
      if (one.dtsTicks + durations[n]! >= endTicks) break;
    }
    return { emptyTicks, hasEdits: true, lengthTicks, first };
  }
  const minTicks = offsets?.minTicks ?? 0;
  const maxTicks = offsets?.maxTicks ?? options.lastTicks;
  if (minTicks < mediaTicks || maxTicks >= endTicks) unsure('a film that is cut by its edit list');
  // The earliest is shown at once, however late the media begin.
  const first = raw.map((one) => ({
    ...one,
    dtsTicks: one.dtsTicks + emptyTicks - minTicks - shift,
    ptsTicks: one.ptsTicks + emptyTicks - minTicks,
  }));
  return { emptyTicks, hasEdits: true, lengthTicks, first };
}

function readEdits(moov: Buffer, elst: Box, { movieScale, timescale }: EditOptions) {
  const wide = moov[elst.bodyStart] === 1;
  const bytes = wide ? 20 : 12;
  const count = moov.readUInt32BE(elst.bodyStart + 4);
  const first = elst.bodyStart + 8;
  if (count < 1 || count > 2 || first + count * bytes > elst.end) return unsure('an odd edit list');
  const edits = Array.from({ length: count }, (_, n) => {
    const at = first + n * bytes;
    if (moov.readUInt32BE(at + bytes - 4) !== 0x10000) unsure('a film at another speed');
    const length = wide ? Number(moov.readBigUInt64BE(at)) : moov.readUInt32BE(at);
    const mediaTicks = wide ? Number(moov.readBigInt64BE(at + 8)) : moov.readInt32BE(at + 4);
    return { lengthTicks: Math.round((length * timescale) / movieScale), mediaTicks };
  });
  const empty = count === 2 ? edits[0]! : null;
  const { lengthTicks, mediaTicks } = edits.at(-1)!;
  if ((empty && empty.mediaTicks !== -1) || mediaTicks < 0 || lengthTicks === 0) unsure('an odd edit list');
  return { emptyTicks: empty?.lengthTicks ?? 0, mediaTicks, lengthTicks };
}
