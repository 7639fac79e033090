import { countBefore } from '../../core/search.ts';
import { type Box, findBox, listBoxes } from './boxes.ts';
import { editStartTicks } from './edit-lists.ts';
import { checkedCount, findTrack, type TrackKind } from './sample-tables.ts';

/**
 * An index into the sample tables of one track of an MP4 file (ISO/IEC 14496-12 section 8.6 and 8.7): for each segment, where in
 * each table its first sample is. With it a segment's samples are found by reading a few hundred bytes out of tables of
 * megabytes, which stay in the file; the index itself is some 20 bytes a segment (`mp4-index-bytes.ts`).
 */
export interface Mp4Index {
  /** Ticks a second of the track's own clock. */
  timescale: number;
  /** Taken off presentation times: where the edit list begins. */
  editTicks: number;
  sampleCount: number;
  /** Of all samples, where they are all of one size; else zero. */
  sameBytes: number;
  /** Whether chunk offsets have 64 bits. */
  wide: boolean;
  /** Where in the file the entries of each table begin, and how many there are. */
  tables: Record<TableName, Table | null>;
  /** One row for each segment, and one for the end: `FIELDS`, flat. */
  rows: Float64Array;
}

export type TableName = 'stsz' | 'stts' | 'ctts' | 'stsc' | 'stco' | 'stss';

export interface Table {
  position: number;
  count: number;
}

/** What a row says: the segment's first sample, and the entry of each table it is in, with what has been counted before that. */
export const FIELDS = [
  'sample',
  'sttsEntry',
  'sttsSample',
  'sttsTicks',
  'cttsEntry',
  'cttsSample',
  'chunk',
  'chunkSample',
  'stscEntry',
  'stssEntry',
] as const;
export type Row = Record<(typeof FIELDS)[number], number>;

/** Sample entries whose data is as it seems: not encrypted (`encv`, `enca`), and not counted by the byte (PCM). */
const PLAIN = new Set([
  'avc1',
  'avc3',
  'hvc1',
  'hev1',
  'av01',
  'vp08',
  'vp09',
  'mp4a',
  '.mp3',
  'Opus',
  'fLaC',
  'ac-3',
  'ec-3',
]);

export interface Mp4Track {
  /** `track_ID` (section 8.3.2). */
  id: number;
  timescale: number;
  editTicks: number;
  sampleCount: number;
  index: Omit<Mp4Index, 'rows'>;
  /** Where each sample lies in the file. */
  positions: () => Float64Array;
  /** Presentation times in ticks, edit lists left out, and decode times where they are the same. */
  ptsTicks: Float64Array;
  /** Sample numbers of key frames, from zero; null where all samples are. */
  keys: Uint32Array | null;
  sizeOf: (sample: number) => number;
  /** How long a sample is decoded for. */
  deltaOf: (sample: number) => number;
  rowsOf: (starts: readonly number[]) => Float64Array;
}

/**
 * Reads the tables of the n-th track of a kind. `moov` is the whole box, `position` where it lies in the file. Null where there
 * is no such track, or none whose samples these tables lead to.
 */
export function readMp4Track(moov: Buffer, position: number, kind: TrackKind, ordinal: number): Mp4Track | null {
  const track = findTrack(moov, kind, ordinal);
  if (!track || track.timescale === 0) return null;
  const { id, stbl, timescale } = track;
  try {
    if (!isPlain(moov, stbl)) return null;
    const editTicks = editStartTicks(moov, track);
    const tables = readTables(moov, position, stbl, { timescale, editTicks });
    return tables && { id, ...tables };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isPlain(moov: Buffer, stbl: Box): boolean {
  const stsd = findBox(moov, 'stsd', stbl);
  const entries = stsd ? listBoxes(moov, stsd.bodyStart + 8, stsd.end) : [];
  return entries.length === 1 && PLAIN.has(entries[0]!.type);
}

function readTables(
  moov: Buffer,
  position: number,
  stbl: Box,
  clock: { timescale: number; editTicks: number },
): Omit<Mp4Track, 'id'> | null {
  const boxOf = (type: string) => findBox(moov, type, stbl);
  const [stsz, stts, stsc, stco, co64] = ['stsz', 'stts', 'stsc', 'stco', 'co64'].map(boxOf);
  const chunks = stco ?? co64;
  if (!stsz || !stts || !stsc || !chunks) return null;
  const [ctts, stss] = [boxOf('ctts'), boxOf('stss')];
  const wide = !stco;
  const sameBytes = moov.readUInt32BE(stsz.bodyStart + 4);
  const sampleCount = checkedCount(moov.readUInt32BE(stsz.bodyStart + 8), sameBytes === 0 ? 4 : 0, stsz);
  if (sampleCount === 0) return null;
  const tableOf = (box: Box | null, entryBytes: number): Table | null =>
    box && {
      position: position + box.bodyStart + 8,
      count: checkedCount(moov.readUInt32BE(box.bodyStart + 4), entryBytes, box),
    };
  const tables = {
    stsz: { position: position + stsz.bodyStart + 12, count: sampleCount },
    stts: tableOf(stts, 8),
    ctts: tableOf(ctts, 8),
    stsc: tableOf(stsc, 12),
    stco: tableOf(chunks, wide ? 8 : 4),
    stss: tableOf(stss, 4),
  };
  const entries = (name: TableName, bytes: number) => {
    const table = tables[name];
    return table ? moov.subarray(table.position - position, table.position - position + table.count * bytes) : null;
  };
  const runs = { stts: entries('stts', 8)!, ctts: entries('ctts', 8), stsc: entries('stsc', 12)! };
  const ptsTicks = presentationTicks(runs.stts, runs.ctts, sampleCount);
  const chunkCount = tables.stco!.count;
  if (!ptsTicks || !coversAll(runs.stsc, chunkCount, sampleCount)) return null;
  const keyBytes = entries('stss', 4);
  const keys = keyBytes
    ? Uint32Array.from({ length: keyBytes.length / 4 }, (_, n) => keyBytes.readUInt32BE(n * 4) - 1)
    : null;
  if (keys && !isRising(keys)) return null;
  const sizes = moov.subarray(stsz.bodyStart + 12);
  const sizeOf = (sample: number) => sameBytes || sizes.readUInt32BE(sample * 4);
  return {
    ...{ ...clock, sampleCount, ptsTicks, keys },
    index: { ...clock, sampleCount, sameBytes, wide, tables },
    sizeOf,
    deltaOf: deltaReader(runs.stts),
    positions: () => positionsOf(entries('stco', wide ? 8 : 4)!, wide, runs.stsc, { sampleCount, sizeOf }),
    rowsOf: (starts) => rowsOf(starts, { ...runs, keys, sampleCount, chunkCount }),
  };
}

/** Null where the tables do not tell of every sample. */
function presentationTicks(stts: Buffer, ctts: Buffer | null, sampleCount: number): Float64Array | null {
  const ticks = new Float64Array(sampleCount);
  let sample = 0;
  let decodeTicks = 0;
  for (let at = 0; at < stts.length && sample < sampleCount; at += 8) {
    const delta = stts.readUInt32BE(at + 4);
    for (const end = Math.min(sampleCount, sample + stts.readUInt32BE(at)); sample < end; sample++) {
      ticks[sample] = decodeTicks;
      decodeTicks += delta;
    }
  }
  if (sample < sampleCount) return null;
  sample = 0;
  for (let at = 0; ctts && at < ctts.length; at += 8) {
    const offset = ctts.readInt32BE(at + 4);
    for (const end = Math.min(sampleCount, sample + ctts.readUInt32BE(at)); sample < end; sample++)
      ticks[sample]! += offset;
  }
  return ticks;
}

/** Ticks from the decoding of a sample to that of the next. */
function deltaReader(stts: Buffer): (sample: number) => number {
  const ends = new Float64Array(stts.length / 8);
  let end = 0;
  for (let n = 0; n < ends.length; n++) ends[n] = end += stts.readUInt32BE(n * 8);
  return (sample) => {
    const run = countBefore(ends.length, (n) => ends[n]! <= sample);
    return run < ends.length ? stts.readUInt32BE(run * 8 + 4) : 0;
  };
}

function positionsOf(
  stco: Buffer,
  wide: boolean,
  stsc: Buffer,
  { sampleCount, sizeOf }: { sampleCount: number; sizeOf: (sample: number) => number },
): Float64Array {
  const positions = new Float64Array(sampleCount);
  const chunkCount = stco.length / (wide ? 8 : 4);
  let sample = 0;
  for (let run = 0; run < stsc.length; run += 12) {
    const end = run + 12 < stsc.length ? stsc.readUInt32BE(run + 12) - 1 : chunkCount;
    const perChunk = stsc.readUInt32BE(run + 4);
    for (let chunk = stsc.readUInt32BE(run) - 1; chunk < end && sample < sampleCount; chunk++) {
      let position = wide ? Number(stco.readBigUInt64BE(chunk * 8)) : stco.readUInt32BE(chunk * 4);
      for (const last = Math.min(sampleCount, sample + perChunk); sample < last; sample++) {
        positions[sample] = position;
        position += sizeOf(sample);
      }
    }
  }
  return positions;
}

/** Whether the chunks hold all samples, and each run of them begins behind the one before. */
function coversAll(stsc: Buffer, chunkCount: number, sampleCount: number): boolean {
  let samples = 0;
  for (let at = 0; at < stsc.length; at += 12) {
    const first = stsc.readUInt32BE(at);
    const next = at + 12 < stsc.length ? stsc.readUInt32BE(at + 12) : chunkCount + 1;
    const perChunk = stsc.readUInt32BE(at + 4);
    if ((at === 0 && first !== 1) || next <= first || perChunk === 0) return false;
    samples += (next - first) * perChunk;
  }
  return samples >= sampleCount;
}

const isRising = (values: Uint32Array) => values.every((value, n) => n === 0 || value > values[n - 1]!);

interface Runs {
  stts: Buffer;
  ctts: Buffer | null;
  stsc: Buffer;
  keys: Uint32Array | null;
  sampleCount: number;
  chunkCount: number;
}

/** Walks all tables once, stopping at each start. `starts` never fall; the number of samples is the end. */
function rowsOf(starts: readonly number[], { stts, ctts, stsc, keys, chunkCount }: Runs): Float64Array {
  const rows = new Float64Array(starts.length * FIELDS.length);
  const row: Row = {
    ...{ sample: 0, sttsEntry: 0, sttsSample: 0, sttsTicks: 0, cttsEntry: 0, cttsSample: 0 },
    ...{ chunk: 0, chunkSample: 0, stscEntry: 0, stssEntry: 0 },
  };
  for (const [n, start] of starts.entries()) {
    row.sample = start;
    for (let at = row.sttsEntry * 8; at + 8 < stts.length; at += 8) {
      const count = stts.readUInt32BE(at);
      if (row.sttsSample + count > start) break;
      row.sttsTicks += count * stts.readUInt32BE(at + 4);
      row.sttsSample += count;
      row.sttsEntry++;
    }
    for (let at = row.cttsEntry * 8; ctts && at + 8 < ctts.length; at += 8) {
      const count = ctts.readUInt32BE(at);
      if (row.cttsSample + count > start) break;
      row.cttsSample += count;
      row.cttsEntry++;
    }
    stepChunks(row, start, stsc, chunkCount);
    while (keys && row.stssEntry < keys.length && keys[row.stssEntry]! < start) row.stssEntry++;
    FIELDS.forEach((field, f) => {
      rows[n * FIELDS.length + f] = row[field];
    });
  }
  return rows;
}

/** Goes on to the chunk that holds a sample. The end lies in the last chunk. */
function stepChunks(row: Row, start: number, stsc: Buffer, chunkCount: number): void {
  for (;;) {
    const perChunk = stsc.readUInt32BE(row.stscEntry * 12 + 4);
    const isLastRun = (row.stscEntry + 1) * 12 >= stsc.length;
    const runEnd = isLastRun ? chunkCount : stsc.readUInt32BE((row.stscEntry + 1) * 12) - 1;
    const steps = Math.min(Math.floor((start - row.chunkSample) / perChunk), runEnd - row.chunk);
    row.chunk += steps;
    row.chunkSample += steps * perChunk;
    if (row.chunk < runEnd) return;
    if (isLastRun) {
      row.chunk--;
      row.chunkSample -= perChunk;
      return;
    }
    row.stscEntry++;
  }
}

/** A row of an index as an object. */
export function rowOf({ rows }: Mp4Index, n: number): Row {
  const at = n * FIELDS.length;
  return Object.fromEntries(FIELDS.map((field, f) => [field, rows[at + f]!])) as Row;
}
