import { encodedFrameRate } from '../encode/filters.ts';
import type { LadderSettings } from '../types.ts';
import { type EncodedCodec, levelFor } from './levels.ts';

/** The ladder: which sizes a picture is encoded to, so that a player on any connection finds one that fits. */

/** What a ladder is made for. Sizes are upright and in square pixels. */
export interface LadderSource {
  width: number;
  height: number;
  frameRate: number | null;
  bitrateKbps: number | null;
}

export interface Rung {
  /** What people call it: 1080 for 1920 x 1080, and for a 1920 x 800 film too. */
  lines: number;
  width: number;
  height: number;
  /** Null where the source does not know its own. */
  frameRate: number | null;
  codec: EncodedCodec;
  /** As the codec counts. */
  level: number;
  bitrateKbps: number;
  peakKbps: number;
}

/** H.264 at up to 40 frames a second, in kbit/s: by lines, average and peak over one segment. */
const BITRATES: readonly [lines: number, averageKbps: number, peakKbps: number][] = [
  [144, 160, 250],
  [240, 350, 550],
  [360, 700, 1100],
  [480, 1200, 1800],
  [720, 2500, 3800],
  [1080, 4500, 6500],
  [1440, 8000, 12_000],
  [2160, 16_000, 24_000],
  [4320, 40_000, 60_000],
];
/** What the same picture takes in another codec, with encoders as quick as they have to be. */
const SHARE_OF_H264: Record<EncodedCodec, number> = { h264: 1, hevc: 0.7, vp9: 0.8, av1: 0.6 };
/** The shortest side that encoders take: x265's smallest block, and what SVT-AV1 refuses to go below. */
const SHORTEST_SIDE: Record<EncodedCodec, number> = { h264: 2, hevc: 16, vp9: 2, av1: 64 };
/** More frames cost more, but not as many times more: they resemble each other. */
const FAST_FACTOR = 1.4;
export const FAST_FRAME_RATE = 40;
/** Encoding to much more than the source has only copies its faults faithfully. */
const OVER_SOURCE = 1.1;
/** A rung closer than this to the source's own size is not worth its place. */
const CLOSE = 0.85;
const NAMED = [144, 240, 360, 480, 540, 576, 720, 1080, 1440, 2160, 4320];

/**
 * The rungs of a source, largest first. Never larger than the source, and never none: at least one of its own size (or of
 * the highest line of the settings below it). `upTo` leaves out what is larger than this many lines. Each codec has the
 * same sizes, at bit rates of its own; HEVC and AV1 have none below what their encoders take.
 */
export function encodedRungs(
  source: LadderSource,
  settings: Pick<LadderSettings, 'heights' | 'bitrateFactor'>,
  options: { upTo?: number; codec?: EncodedCodec } = {},
): Rung[] {
  const own = linesOf(source);
  const highest = Math.max(...settings.heights, 144);
  const topLines = Math.min(own.exact, highest);
  const top = sizeAt(source, topLines);
  const lower = [...new Set(settings.heights)].sort((a, b) => b - a).filter((lines) => lines <= topLines * CLOSE);
  const sizes = [
    { ...top, lines: topLines === own.exact ? own.named : topLines },
    ...lower.map((lines) => ({ ...sizeAt(source, lines), lines })),
  ];
  const wanted = sizes.filter(({ lines }) => options.upTo === undefined || lines <= options.upTo);
  const codec = options.codec ?? 'h264';
  return (wanted.length > 0 ? wanted : sizes.slice(-1))
    .filter(({ width, height }) => Math.min(width, height) >= SHORTEST_SIDE[codec])
    .map((size) => rungOf(size, source, codec, settings.bitrateFactor));
}

/**
 * How many lines a picture is said to have: the height of the 16:9 box (9:16 for upright ones) it just fits into.
 * `named` is that number, or the usual one very near to it: 1920 x 800 and 1916 x 1076 are both called 1080.
 */
export function linesOf({ width, height }: { width: number; height: number }): { exact: number; named: number } {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  const exact = Math.max(short, (long * 9) / 16);
  const named = NAMED.find((lines) => Math.abs(lines - exact) <= lines * 0.02);
  return { exact, named: named ?? 2 * Math.round(exact / 2) };
}

/** The largest even size in the 16:9 box of that many lines, never above the source's. */
function sizeAt(source: { width: number; height: number }, lines: number): { width: number; height: number } {
  const scale = Math.min(1, lines / linesOf(source).exact);
  const even = (length: number, most: number) =>
    Math.max(2, Math.min(2 * Math.round((length * scale) / 2), 2 * Math.floor(most / 2)));
  return { width: even(source.width, source.width), height: even(source.height, source.height) };
}

function rungOf(
  size: { width: number; height: number; lines: number },
  source: LadderSource,
  codec: EncodedCodec,
  factor: number,
): Rung {
  const frameRate = encodedFrameRate(source.frameRate);
  const fast = (frameRate ?? 0) > FAST_FRAME_RATE ? FAST_FACTOR : 1;
  // Bits follow the area: a 2.40:1 film at 1080 has a quarter fewer pixels than its box.
  const fill = Math.min(1, ((size.width * size.height * 9) / 16 / size.lines ** 2) ** 0.75);
  const [averageKbps, tablePeakKbps] = bitratesAt(size.lines);
  const full = averageKbps * fast * fill * factor;
  // A source may be lean because its codec is better than H.264: never go below a third of what the size deserves.
  const share = Math.min(1, size.lines / linesOf(source).exact);
  const cap = source.bitrateKbps === null ? full : Math.max(source.bitrateKbps * OVER_SOURCE * share, full / 3);
  const bitrateKbps = Math.max(50, Math.round(Math.min(full, cap) * SHARE_OF_H264[codec]));
  const peakKbps = Math.round((bitrateKbps * tablePeakKbps) / averageKbps);
  const { width, height } = size;
  const level = levelFor(codec, { width, height, frameRate: frameRate ?? 30, peakKbps });
  return { ...size, frameRate, bitrateKbps, peakKbps, codec, level };
}

/** Average and peak at any number of lines, between the rows of the table by interpolation. */
function bitratesAt(lines: number): [averageKbps: number, peakKbps: number] {
  const next = BITRATES.findIndex(([at]) => at >= lines);
  if (next === 0) return [BITRATES[0]![1], BITRATES[0]![2]];
  if (next === -1) return [BITRATES.at(-1)![1], BITRATES.at(-1)![2]];
  const [lowLines, lowAverage, lowPeak] = BITRATES[next - 1]!;
  const [highLines, highAverage, highPeak] = BITRATES[next]!;
  const share = (lines - lowLines) / (highLines - lowLines);
  return [lowAverage + share * (highAverage - lowAverage), lowPeak + share * (highPeak - lowPeak)];
}
