import type { BurnInput } from '../media/encode/burn-in.ts';
import type { SourceGrid } from '../media/plan/boundaries.ts';
import type { Grid, MediaInfo, Rendition } from '../media/types.ts';

/**
 * Which form segments have and what is measured of a source. Raised whenever segments made before would not join those
 * made from now on: sources inspected under an older number are inspected anew, and get new renditions.
 */
export const STREAM_FORMAT = 2;

/**
 * How the clocks of one source relate. Presentation time starts at 0 with its earliest picture or sound.
 * The packager (mediabunny) and ffmpeg may count the same frame differently (edit lists, reorder delays): both offsets are
 * measured when it is probed.
 */
export interface Timeline {
  /** What the packager calls presentation time zero, in its seconds. */
  packagerOriginSec: number;
  /** What ffmpeg (`-copyts`) calls presentation time zero, in its seconds. */
  ffmpegOriginSec: number;
  /**
   * By stream index, seconds to add to the packager's times of a sound track that it counts apart from the pictures:
   * Matroska's CodecDelay, which it does not take off.
   */
  audioShiftSec?: Record<number, number>;
  /** By how much ffmpeg's times of decoded pictures are later than those of sound: a container that only knows decode times. */
  pictureDelaySec?: number;
  durationUs: number;
  /** When the first picture is shown, and when the last one would end. Absent where only a decoder knows. */
  pictureUs?: { start: number; end: number };
  /** Cut on the source's key frames; null where the packager cannot read the source's pictures. */
  source: SourceGrid | null;
  /** Every 4 s. */
  regularUs: number[];
}

/** A source as the streaming engine sees it: a readable local file, what is in it, and its clocks. */
export interface StreamSource {
  id: string;
  videoId: string;
  path: string;
  /** Its storage key; absent for a file in place. */
  key?: string;
  info: MediaInfo;
  timeline: Timeline;
  /** What is kept of its tracks' indexes (`track-index.ts`), by stream index. */
  indexes?: ReadonlyMap<number, Uint8Array>;
}

/** A rendition as the streaming engine sees it. */
export interface StreamRendition {
  id: string;
  videoId: string;
  spec: Rendition;
  /** Subtitles that are drawn into it, as a readable local file. */
  burn?: BurnInput;
  /** `lazy`: its segments stay as long as there is room. For ever unless given. */
  policy?: 'eager' | 'lazy';
}

/** Which track a rendition is cut out of, and where. */
export type CutSpec = Pick<Rendition, 'kind' | 'trackIndex' | 'grid'>;

/** The boundaries a rendition is cut on: n + 1 times in microseconds for n segments. */
export function boundariesOf(timeline: Timeline, grid: Grid): number[] {
  return grid === 'source' && timeline.source ? timeline.source.boundariesUs : timeline.regularUs;
}

/** What ffmpeg calls presentation time zero in what it decodes of a track. */
export function decodedOriginSec({ ffmpegOriginSec, pictureDelaySec = 0 }: Timeline, { kind }: Rendition): number {
  return ffmpegOriginSec + (kind === 'video' ? pictureDelaySec : 0);
}

/** What to add to the packager's time of a packet of this track to have its presentation time. */
export function packagerShiftSec(timeline: Timeline, trackIndex: number): number {
  return (timeline.audioShiftSec?.[trackIndex] ?? 0) - timeline.packagerOriginSec;
}

/** Whether sessions make a rendition's segments and the store keeps them; else the packager cuts them when asked. */
export function isMadeBySessions({ mode, cut }: Pick<Rendition, 'mode' | 'cut'>): boolean {
  return mode === 'encoded' || cut === 'remux';
}

export function segmentCount(timeline: Timeline, grid: Grid): number {
  return boundariesOf(timeline, grid).length - 1;
}
