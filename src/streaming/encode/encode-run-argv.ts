import { encodeAudioArgv, encodeVideoArgv } from '../../media/encode/argv.ts';
import { remuxArgv } from '../../media/encode/argv-remux.ts';
import type { EncodeOutput } from '../../media/encode/encode-options.ts';
import { encoderFor } from '../../media/encode/encoders/encoders.ts';
import { audioEncoding } from '../../media/plan/audio-encodings.ts';
import type { Rendition, VideoRendition } from '../../media/types.ts';
import { boundariesOf, decodedOriginSec, type StreamRendition, type StreamSource } from '../source.ts';

/** What the ffmpeg of a run is told. */
export interface EncodeRunSpec {
  source: StreamSource;
  /** Renditions of one track: all pictures, or one sound. */
  renditions: StreamRendition[];
  firstSegment: number;
  /** One past the last. */
  endSegment: number;
  preset: string;
  crf: number;
  audioKbps: number;
  /** For the encoder; unless given it takes as many as there are cores. */
  threads?: number | undefined;
  /** How a rendition's pictures are encoded; by software in its own way unless given. */
  encoderOf?: (rendition: StreamRendition) => PictureEncoder;
}

/** See `EncodeOutput`. */
export type PictureEncoder = Required<Pick<EncodeOutput, 'hardware' | 'inOrder'>>;

/** ffmpeg's output clock starts here, so that no decode time is negative; taken off again when reading. */
export const OFFSET_SEC = 10;
/** Demuxers enter a file by decode times, or by a guess: early enough to have the key frame that is meant. */
const REMUX_RUN_UP_SEC = 1;

/** Packets as they are, from well before the first segment on: what is too early is thrown away. */
export function remuxRunArgv({ source, renditions, firstSegment }: EncodeRunSpec): string[] {
  const { timeline, info, path } = source;
  const { spec } = renditions[0]!;
  const keyed = spec.kind === 'video';
  const keySec = timeline.source?.keysUs[firstSegment];
  const boundarySec = boundariesOf(timeline, spec.grid)[firstSegment]! / 1e6;
  const fromSec = timeline.ffmpegOriginSec + (keyed ? (keySec ?? 0) / 1e6 : boundarySec);
  return remuxArgv({
    path,
    demuxer: info.container.demuxer,
    trackIndex: spec.trackIndex,
    codec: spec.codec,
    keyed,
    offsetSec: OFFSET_SEC,
    fd: 3,
    startSec: firstSegment === 0 ? null : fromSec - REMUX_RUN_UP_SEC,
    packets: null,
  });
}

/** One ffmpeg that decodes a track once, and encodes it for one rendition or many. */
export function encodeRunArgv(options: EncodeRunSpec, lacking: ReadonlySet<string>): string[] {
  const { source, renditions, firstSegment, endSegment } = options;
  const { timeline, info, path } = source;
  const spec = renditions[0]!.spec;
  const boundariesUs = boundariesOf(timeline, spec.grid);
  const originSec = decodedOriginSec(timeline, spec);
  const atSec = (index: number) => originSec + boundariesUs[index]! / 1e6;
  const isWhole = endSegment >= boundariesUs.length - 1;
  const base = { path, demuxer: info.container.demuxer, trackIndex: spec.trackIndex, originSec, offsetSec: OFFSET_SEC };
  if (spec.kind === 'audio') {
    const { sampleRate, frameSamples, prerollFrames } = audioEncoding(spec.codec);
    const firstFrame = Math.floor((boundariesUs[firstSegment]! / 1e6) * (sampleRate / frameSamples)) - prerollFrames;
    const startSec = Math.max(0, firstFrame) * (frameSamples / sampleRate);
    return encodeAudioArgv({
      ...base,
      startFrame: firstFrame > 0 ? firstFrame : null,
      durationSec: isWhole ? null : boundariesUs[endSegment]! / 1e6 - startSec + 0.25,
      codec: spec.codec,
      channels: spec.channels,
      sourceChannels: info.audio.find(({ index }) => index === spec.trackIndex)?.channels ?? spec.channels,
      kbps: options.audioKbps,
      fd: 3,
    });
  }
  const track = info.video.find((candidate) => candidate.index === spec.trackIndex)!;
  const startSec = firstSegment === 0 ? null : atSec(firstSegment) - 0.0005;
  const keyFramesSec: number[] = [];
  for (let i = firstSegment + 1; i < endSegment; i++) keyFramesSec.push(atSec(i) - 0.0005);
  return encodeVideoArgv({
    ...base,
    startSec,
    startsOnKey: startsOnKey(timeline, spec, firstSegment),
    durationSec: isWhole ? null : atSec(endSegment) - (startSec ?? originSec) - 0.001,
    keyFramesSec,
    source: { ...track, lacking },
    burn: renditions[0]!.burn ?? null,
    preset: options.preset,
    crf: options.crf,
    threads: options.threads,
    outputs: renditions.map((rendition, n) => {
      const pictures = rendition.spec as VideoRendition;
      return { rendition: pictures, encoder: encoderFor(pictures.codec), ...options.encoderOf?.(rendition), fd: 3 + n };
    }),
  });
}

/** Whether decoding may begin right at the boundary: its key frame is the first picture shown, and needs none before it. */
export function startsOnKey({ source }: StreamSource['timeline'], { grid }: Rendition, segment: number): boolean {
  return grid === 'source' && source !== null && source.keysUs[segment] === source.boundariesUs[segment];
}
