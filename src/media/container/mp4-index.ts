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

/** What rows are made of: the entries of tables. */
export interface Runs {
  stts: Buffer;
  ctts: Buffer | null;
  stsc: Buffer;
  keys: Uint32Array | null;
  chunkCount: number;
}

/** Walks all tables once, stopping at each start. `starts` never fall; the number of samples is the end. */
export function rowsOf(starts: readonly number[], { stts, ctts, stsc, keys, chunkCount }: Runs): Float64Array {
  const rows = new Float64Array(starts.length * FIELDS.length);
  const row: Row = {
    sample: 0,
    sttsEntry: 0,
    sttsSample: 0,
    sttsTicks: 0,
    cttsEntry: 0,
    cttsSample: 0,
    chunk: 0,
    chunkSample: 0,
    stscEntry: 0,
    stssEntry: 0,
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
