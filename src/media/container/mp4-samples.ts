import { type Mp4Index, type Row, rowOf, type TableName } from './mp4-index.ts';
import { ENTRY_BYTES } from './sample-tables.ts';

/** A sample of a segment: where it lies in the file, and what the tables say of it. */
export interface Mp4Sample {
  position: number;
  sizeBytes: number;
  /** On the track's own clock, edit list taken off. */
  ptsTicks: number;
  /** How long it is decoded for: a picture may be shown for longer. */
  durationTicks: number;
  key: boolean;
}

/** The part of each table that tells of one segment: entries `first` to `end`. */
export type TableSlices = Record<TableName, { first: number; end: number }>;
/** Their bytes. Empty where the track has no such table. */
export type TableBytes = Record<TableName, Buffer>;

/** Bytes of one entry of each table. */
export function entryBytes({ wide }: Mp4Index): Record<TableName, number> {
  return { ...ENTRY_BYTES, stsz: 4, stco: wide ? ENTRY_BYTES.co64 : ENTRY_BYTES.stco };
}

/** Which entries of each table tell of segment `n`. */
export function slicesOf(index: Mp4Index, n: number): TableSlices {
  const [from, to] = [rowOf(index, n), rowOf(index, n + 1)];
  const upTo = (name: TableName, end: number) => Math.min(end, index.tables[name]?.count ?? 0);
  return {
    // Where a sample lies in its chunk depends on those before it.
    stsz: index.sameBytes ? { first: 0, end: 0 } : { first: from.chunkSample, end: to.sample },
    stts: { first: from.sttsEntry, end: upTo('stts', to.sttsEntry + 1) },
    ctts: { first: from.cttsEntry, end: upTo('ctts', to.cttsEntry + 1) },
    // The next run says where this one ends.
    stsc: { first: from.stscEntry, end: upTo('stsc', to.stscEntry + 2) },
    stco: { first: from.chunk, end: upTo('stco', to.chunk + 1) },
    stss: { first: from.stssEntry, end: upTo('stss', to.stssEntry) },
  };
}

/**
 * The samples of segment `n`, in the order they are stored. Throws `RangeError` where the tables do not say what they said when
 * they were indexed.
 */
export function samplesOf(index: Mp4Index, n: number, bytes: TableBytes): Mp4Sample[] {
  const [from, to] = [rowOf(index, n), rowOf(index, n + 1)];
  const sizeOf = (sample: number) => index.sameBytes || bytes.stsz.readUInt32BE((sample - from.chunkSample) * 4);
  const samples: Mp4Sample[] = [];
  const timeOf = decodeClock(from, bytes.stts);
  const offsetOf = runReader(bytes.ctts, from.cttsSample);
  const positionOf = chunkReader(index, from, bytes, sizeOf);
  let key = 0;
  const keyCount = bytes.stss.length / 4;
  for (let sample = from.sample; sample < to.sample; sample++) {
    const { ticks, delta } = timeOf(sample);
    const isKey = key < keyCount && bytes.stss.readUInt32BE(key * 4) - 1 === sample;
    if (isKey) key++;
    samples.push({
      position: positionOf(sample),
      sizeBytes: sizeOf(sample),
      ptsTicks: ticks + (offsetOf(sample) ?? 0) - index.editTicks,
      durationTicks: delta,
      key: isKey || index.tables.stss === null,
    });
  }
  return samples;
}

/** Values of a table of runs (`count`, `value`), asked for with rising samples; null behind its end. */
function runReader(runs: Buffer, firstSample: number): (sample: number) => number | null {
  let at = 0;
  let start = firstSample;
  return (sample) => {
    while (at < runs.length && sample >= start + runs.readUInt32BE(at)) {
      start += runs.readUInt32BE(at);
      at += 8;
    }
    return at < runs.length ? runs.readInt32BE(at + 4) : null;
  };
}

function decodeClock(from: Row, stts: Buffer): (sample: number) => { ticks: number; delta: number } {
  let at = 0;
  let start = from.sttsSample;
  let ticks = from.sttsTicks;
  return (sample) => {
    while (sample >= start + stts.readUInt32BE(at)) {
      const count = stts.readUInt32BE(at);
      ticks += count * stts.readUInt32BE(at + 4);
      start += count;
      at += 8;
    }
    const delta = stts.readUInt32BE(at + 4);
    return { ticks: ticks + (sample - start) * delta, delta };
  };
}

/** Where samples lie, asked for one after the other. */
function chunkReader(
  { wide }: Mp4Index,
  from: Row,
  { stsc, stco }: TableBytes,
  sizeOf: (sample: number) => number,
): (sample: number) => number {
  let run = 0;
  let chunk = from.chunk;
  let chunkEnd = from.chunkSample;
  let position = 0;
  let next = from.chunkSample;
  const enterChunk = () => {
    while ((run + 1) * 12 < stsc.length && stsc.readUInt32BE((run + 1) * 12) - 1 <= chunk) run++;
    const at = (chunk - from.chunk) * (wide ? 8 : 4);
    position = wide ? Number(stco.readBigUInt64BE(at)) : stco.readUInt32BE(at);
    chunkEnd += stsc.readUInt32BE(run * 12 + 4);
    chunk++;
  };
  return (sample) => {
    for (;;) {
      if (next === chunkEnd) enterChunk();
      const here = position;
      position += sizeOf(next);
      if (next++ === sample) return here;
    }
  };
}
