import { readMp4Track } from '../media/container/mp4-index.ts';
import type { CopyTrack, TrackOf } from './copy-track.ts';
import { entryCodecOf } from './cut-track.ts';
import { readMoov } from './measure.ts';
import { boundariesOf, type CutSpec, packagerShiftSec, type StreamSource, segmentCount } from './source.ts';
import type { OpenFile } from './source-files.ts';
import { decodeTrackIndex, encodeTrackIndex, type FileIdentity, isIndexOf, type TrackIndex } from './track-index.ts';

/** Finds the index of a track: the one that is kept with its source, or one that is made now, once. */
export interface TrackIndexes {
  /** Null where the track's container has none: its packets are read one by one. */
  get(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null>;
  /** Makes one to be kept. */
  make(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<Buffer | null>;
}

type Known = FileIdentity & { index: Promise<TrackIndex | null> };

const EPSILON_SEC = 0.0005;
const METADATA = { metadataOnly: true } as const;

export function createTrackIndexes(openTrack: (source: StreamSource, of: TrackOf) => Promise<CopyTrack>): TrackIndexes {
  const known = new WeakMap<StreamSource, Map<number, Known>>();

  function find(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null> {
    const kept = source.indexes?.get(spec.trackIndex);
    const index = kept ? decodeTrackIndex(kept) : null;
    const isGood = index && isIndexOf(index, file) && index.segmentCount === segmentCount(source.timeline, spec.grid);
    return isGood ? Promise.resolve(index) : build(source, spec, file);
  }

  async function build(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null> {
    if (source.info.container.name !== 'mp4') return null;
    const copy = await openTrack(source, spec);
    return indexMp4(copy, source, spec, file);
  }

  return {
    async get(source, spec, file) {
      const own = known.get(source) ?? new Map();
      known.set(source, own);
      const before = own.get(spec.trackIndex);
      if (before?.sizeBytes === file.sizeBytes && before.modifiedAtMs === file.modifiedAtMs) return before.index;
      const index = find(source, spec, file);
      own.set(spec.trackIndex, { sizeBytes: file.sizeBytes, modifiedAtMs: file.modifiedAtMs, index });
      index.catch(() => own.delete(spec.trackIndex));
      return index;
    },
    async make(source, spec, file) {
      const index = await build(source, spec, file);
      return index && encodeTrackIndex(index);
    },
  };
}

/** Null where mediabunny finds other packets than the tables say: it is believed. */
async function indexMp4(
  copy: CopyTrack,
  source: StreamSource,
  spec: CutSpec,
  file: OpenFile,
): Promise<TrackIndex | null> {
  const entries = await entryCodecOf(copy.track);
  if (copy.unwrap || entries === 'unknown') return null;
  const moov = await readMoov(source.path);
  const ordinal = source.info[spec.kind].find(({ index }) => index === spec.trackIndex)?.ordinal ?? -1;
  const table = moov && readMp4Track(moov.bytes, moov.position, spec.kind, ordinal);
  const first = await copy.sink.getFirstPacket(METADATA);
  if (!table || !first || first.byteLength !== table.sizeOf(0)) return null;
  const editTicks = Math.round(table.ptsTicks[0]! - first.timestamp * table.timescale);
  const secondsOf = (sample: number) => (table.ptsTicks[sample]! - editTicks) / table.timescale;
  const starts =
    spec.kind === 'video'
      ? videoStarts(source, table.keys, table.sampleCount, secondsOf)
      : audioStarts(source, spec, table.sampleCount, secondsOf);
  if (!starts) return null;
  const agrees = async (sample: number) => {
    if (sample >= table.sampleCount) return true;
    const at = secondsOf(sample) + EPSILON_SEC / 10;
    const packet =
      spec.kind === 'video' ? await copy.sink.getKeyPacket(at, METADATA) : await copy.sink.getPacket(at, METADATA);
    const isSame = packet && Math.abs(packet.timestamp - secondsOf(sample)) < 1e-6;
    return isSame && packet.byteLength === table.sizeOf(sample);
  };
  for (const share of [0, 0.3, 0.6, 1]) {
    if (!(await agrees(starts[Math.round(share * (starts.length - 1))]!))) return null;
  }
  return {
    file: { sizeBytes: file.sizeBytes, modifiedAtMs: file.modifiedAtMs },
    segmentCount: starts.length,
    ...{ init: copy.init, timescale: copy.timescale, timing: copy.timing, entries },
    tables: {
      kind: 'mp4',
      index: { ...table.index, editTicks, rows: table.rowsOf([...starts, table.sampleCount]) },
    },
  };
}

/** The key frame that each segment begins with, as a sample's number. Null where there is not one for each. */
function videoStarts(
  { timeline }: StreamSource,
  keys: Uint32Array | null,
  sampleCount: number,
  secondsOf: (sample: number) => number,
): number[] | null {
  const keyCount = keys?.length ?? sampleCount;
  const sampleOf = (key: number) => (keys ? keys[key]! : key);
  const starts: number[] = [];
  let key = 0;
  for (const [n, keyUs] of (timeline.source?.keysUs ?? []).entries()) {
    const atSec = timeline.packagerOriginSec + keyUs / 1e6 + EPSILON_SEC;
    while (key + 1 < keyCount && secondsOf(sampleOf(key + 1)) <= atSec) key++;
    const sample = sampleOf(key);
    const isThere = n === 0 || Math.abs(secondsOf(sample) - atSec) < 2 * EPSILON_SEC;
    if (!isThere || (n > 0 && sample <= starts[n - 1]!)) return null;
    starts.push(sample);
  }
  return starts.length > 0 ? starts : null;
}

/** The first sample that begins within each segment; the first segment has all before it. Null where times go back. */
function audioStarts(
  source: StreamSource,
  spec: CutSpec,
  sampleCount: number,
  secondsOf: (sample: number) => number,
): number[] | null {
  for (let sample = 1; sample < sampleCount; sample++) if (secondsOf(sample) < secondsOf(sample - 1)) return null;
  const shiftSec = packagerShiftSec(source.timeline, spec.trackIndex);
  const starts: number[] = [];
  let sample = 0;
  for (const [n, boundaryUs] of boundariesOf(source.timeline, spec.grid).slice(0, -1).entries()) {
    const fromSec = boundaryUs / 1e6 - shiftSec - 1e-6;
    while (n > 0 && sample < sampleCount && secondsOf(sample) < fromSec) sample++;
    starts.push(sample);
  }
  return starts;
}
