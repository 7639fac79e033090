import { entryCodecOf } from '../reading/cut-track.ts';
import type { TrackTables } from '../reading/light-tracks.ts';
import type { OpenFile } from '../reading/source-files.ts';
import { boundariesOf, type CutSpec, packagerShiftSec, type StreamSource, segmentCount } from '../source.ts';
import type { CopyTrack, TrackOf } from './copy-track.ts';
import { buildMatroskaIndex } from './index-matroska.ts';
import { buildMp4Index } from './index-mp4.ts';
import { buildTsIndex } from './index-ts.ts';
import { decodeTrackIndex, encodeTrackIndex, type FileIdentity, isIndexOf, type TrackIndex } from './track-index.ts';

/** Finds the index of a track: the one that is kept with its source, or one that is made now, once. */
export interface TrackIndexes {
  /** Null where the track's container has none: its packets are read one by one. */
  get(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null>;
  /** Makes one to be kept. */
  make(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<Buffer | null>;
}

type Known = FileIdentity & { index: Promise<TrackIndex | null> };

/** Of others nothing is opened to find that they have none. */
const HAS_TABLES: ReadonlySet<string> = new Set(['mp4', 'matroska', 'webm']);
/** Of those the index is made once, when the source is probed: all of the file is read for it. */
const HAS_INDEX: ReadonlySet<string> = new Set([...HAS_TABLES, 'mpegts']);

export function createTrackIndexes(openTrack: (source: StreamSource, of: TrackOf) => Promise<CopyTrack>): TrackIndexes {
  const known = new WeakMap<StreamSource, Map<number, Known>>();

  function find(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null> {
    const kept = source.indexes?.get(spec.trackIndex);
    const index = kept ? decodeTrackIndex(kept) : null;
    const isGood = index && isIndexOf(index, file) && index.segmentCount === segmentCount(source.timeline, spec.grid);
    if (isGood) return Promise.resolve(index);
    return HAS_TABLES.has(source.info.container.name) ? build(source, spec, file) : Promise.resolve(null);
  }

  async function build(source: StreamSource, spec: CutSpec, file: OpenFile): Promise<TrackIndex | null> {
    if (!HAS_INDEX.has(source.info.container.name)) return null;
    const copy = await openTrack(source, spec);
    // Out of transport streams units come with lengths of four bytes.
    const isTs = copy.tables?.kind === 'ts';
    const entries = await entryCodecOf(copy.track, isTs ? 4 : null);
    const startsSec = startsOf(source, spec);
    const canBe = copy.tables && (isTs || !copy.unwrap) && entries !== 'unknown' && startsSec.length > 0;
    const tables = canBe ? await indexTables(copy.tables!, spec.kind, startsSec) : null;
    if (!tables || entries === 'unknown') return null;
    const { init, timescale, timing } = copy;
    const { sizeBytes, modifiedAtMs } = file;
    return {
      file: { sizeBytes, modifiedAtMs },
      segmentCount: startsSec.length,
      init,
      timescale,
      timing,
      entries,
      tables,
    };
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

async function indexTables(
  tables: TrackTables,
  kind: CutSpec['kind'],
  startsSec: readonly number[],
): Promise<TrackIndex['tables'] | null> {
  if (tables.kind === 'mp4') {
    const index = buildMp4Index(tables.track, kind, startsSec);
    return index && { kind: 'mp4', index };
  }
  if (tables.kind === 'ts') {
    const index = buildTsIndex(tables.file, tables.sink, tables.pid, startsSec);
    return index && { kind: 'ts', index };
  }
  const index = await buildMatroskaIndex(tables.file, tables.sink, tables.track, startsSec);
  return index && { kind: 'matroska', index };
}

/** When the segments of a track begin on the packager's clock: of pictures, when their key frames are shown. */
function startsOf(source: StreamSource, spec: CutSpec): number[] {
  const { timeline } = source;
  const shiftSec = packagerShiftSec(timeline, spec.trackIndex);
  return spec.kind === 'video'
    ? (timeline.source?.keysUs ?? []).map((keyUs) => timeline.packagerOriginSec + keyUs / 1e6)
    : boundariesOf(timeline, spec.grid)
        .slice(0, -1)
        .map((boundaryUs) => boundaryUs / 1e6 - shiftSec);
}
