import type { InputTrack } from 'mediabunny';
import type { MatroskaTrack } from '../../media/container/matroska-header.ts';
import { type Mp4Track, readMp4Track } from '../../media/container/mp4-track.ts';
import { type MatroskaFile, openMatroska } from './matroska-file.ts';
import { createMatroskaSink, type MatroskaSink } from './matroska-sink.ts';
import { type Moov, readMoov } from './moov.ts';
import { createMp4Sink } from './mp4-sink.ts';
import type { PacketSink } from './packet-sink.ts';
import type { ByteSource } from './source-files.ts';
import { openTs, type TsFile } from './ts-file.ts';
import { createTsSink, type TsSink } from './ts-sink.ts';

/**
 * What our own reading of a file gives beside mediabunny's: its tables, and packets that are found by them. mediabunny builds
 * objects for all samples of an MP4, and reads all clusters of a Matroska file that key frames are asked of.
 */
export interface LightFile {
  /** The tables of an MP4 file that is not in fragments. */
  moov: Moov | null;
  /** Null for tracks that are better left to mediabunny. */
  track(track: InputTrack, kind: 'video' | 'audio', ordinal: number): Promise<LightTrack | null>;
}

export interface LightTrack {
  sink: PacketSink;
  /** When the last packet ends, in seconds; null where that cannot be told. */
  endSec(): Promise<number | null>;
  tables: TrackTables;
}

export type TrackTables =
  | { kind: 'mp4'; track: Mp4Track }
  | { kind: 'matroska'; file: MatroskaFile; track: MatroskaTrack; sink: MatroskaSink }
  | { kind: 'ts'; file: TsFile; pid: number; sink: TsSink };

/** Never throws: what cannot be made sense of has no light tracks. `tracks`: those that mediabunny found. */
export async function openLight(source: ByteSource, tracks: readonly InputTrack[]): Promise<LightFile> {
  const head = await source.read(0, 8);
  const isMatroska = head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3;
  const file = isMatroska ? await openMatroska(source).catch(() => null) : null;
  const ts = await openTs(
    source,
    tracks.map(({ id }) => id),
  ).catch(() => null);
  const moov = isMatroska || ts ? null : await readMoov(source).catch(() => null);
  return {
    moov,
    async track(track, kind, ordinal) {
      if (moov) return mp4Track(moov, source, track, kind, ordinal);
      if (ts) return tsTrack(ts, track).catch(() => null);
      return file ? matroskaTrack(file, track) : null;
    },
  };
}

function mp4Track(
  moov: Moov,
  source: ByteSource,
  { id }: InputTrack,
  kind: 'video' | 'audio',
  ordinal: number,
): LightTrack | null {
  const track = readMp4Track(moov.bytes, moov.position, kind, ordinal);
  if (track?.id !== id) return null;
  const sink = createMp4Sink(track, source);
  return {
    sink,
    async endSec() {
      const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true });
      return last && last.timestamp + last.duration;
    },
    tables: { kind: 'mp4', track },
  };
}

function matroskaTrack(file: MatroskaFile, { id }: InputTrack): LightTrack | null {
  const track = file.tracks.find(({ number }) => number === id);
  const sink = track ? createMatroskaSink(file, track) : null;
  if (!track || !sink) return null;
  return { sink, endSec: () => sink.endSec(), tables: { kind: 'matroska', file, track, sink } };
}

async function tsTrack(file: TsFile, track: InputTrack): Promise<LightTrack | null> {
  const sink = await createTsSink(file, track);
  return sink && { sink, endSec: () => sink.endSec(), tables: { kind: 'ts', file, pid: track.id, sink } };
}
