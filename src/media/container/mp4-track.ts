import { countBefore } from '../../core/search.ts';
import { type Box, findBox, listBoxes } from './boxes.ts';
import { editStartTicks } from './edit-lists.ts';
import { type Mp4Index, rowsOf, type Table } from './mp4-index.ts';
import {
  ENTRY_BYTES,
  entriesOf,
  type FoundTrack,
  findTrack,
  readSamples,
  type SampleTable,
  type TrackKind,
  unlessCutOff,
} from './sample-tables.ts';

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

/** All of a track's tables that leads to its samples. */
export interface Mp4Track extends SampleTable {
  /** `track_ID` (section 8.3.2). */
  id: number;
  /** Taken off presentation times: where the edit list begins. */
  editTicks: number;
  index: Omit<Mp4Index, 'rows'>;
  /** Where each sample lies in the file. */
  positions: () => Float64Array;
  /** How long a sample is decoded for. */
  deltaOf: (sample: number) => number;
  rowsOf: (starts: readonly number[]) => Float64Array;
}

/**
 * Reads the tables of the n-th track of a kind. `moov` is the whole box, `position` where it lies in the file. Null where there
 * is no such track, or none whose samples these tables lead to.
 */
export function readMp4Track(moov: Buffer, position: number, kind: TrackKind, ordinal: number): Mp4Track | null {
  const found = findTrack(moov, kind, ordinal);
  return found && unlessCutOff(() => (isPlain(moov, found.stbl) ? readTrack(moov, position, found) : null));
}

function isPlain(moov: Buffer, stbl: Box): boolean {
  const stsd = findBox(moov, 'stsd', stbl);
  const entries = stsd ? listBoxes(moov, stsd.bodyStart + 8, stsd.end) : [];
  return entries.length === 1 && PLAIN.has(entries[0]!.type);
}

function readTrack(moov: Buffer, position: number, found: FoundTrack): Mp4Track | null {
  const { id, stbl, timescale } = found;
  const samples = readSamples(moov, found);
  const [stts, stsc] = [entriesOf(moov, stbl, 'stts'), entriesOf(moov, stbl, 'stsc')];
  const stco = entriesOf(moov, stbl, 'stco');
  const chunks = stco ?? entriesOf(moov, stbl, 'co64');
  if (!samples || !stts || !stsc || !chunks) return null;
  const { sampleCount, sameBytes, sizeOf, ptsTicks, keys } = samples;
  const wide = !stco;
  const chunkCount = chunks.length / (wide ? ENTRY_BYTES.co64 : ENTRY_BYTES.stco);
  if (samples.timedCount < sampleCount || !coversAll(stsc, chunkCount, sampleCount)) return null;
  if (keys && !isRising(keys)) return null;
  const ctts = entriesOf(moov, stbl, 'ctts');
  const tableOf = (entries: Buffer | null, entryBytes: number): Table | null =>
    entries && { position: position + entries.byteOffset - moov.byteOffset, count: entries.length / entryBytes };
  const tables = {
    stsz: { position: position + findBox(moov, 'stsz', stbl)!.bodyStart + 12, count: sampleCount },
    stts: tableOf(stts, ENTRY_BYTES.stts),
    ctts: tableOf(ctts, ENTRY_BYTES.ctts),
    stsc: tableOf(stsc, ENTRY_BYTES.stsc),
    stco: { position: position + chunks.byteOffset - moov.byteOffset, count: chunkCount },
    stss: tableOf(entriesOf(moov, stbl, 'stss'), ENTRY_BYTES.stss),
  };
  const clock = { timescale, editTicks: editStartTicks(moov, found) };
  return {
    id,
    ...clock,
    sampleCount,
    ptsTicks,
    keys,
    sizeOf,
    index: { ...clock, sampleCount, sameBytes, wide, tables },
    deltaOf: deltaReader(stts),
    positions: () => positionsOf(chunks, wide, stsc, { sampleCount, sizeOf }),
    rowsOf: (starts) => rowsOf(starts, { stts, ctts, stsc, keys, chunkCount }),
  };
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
