import type { VideoTrack } from '../types.ts';
import { toneMap } from './tone-map.ts';

/** What the picture filters need to know of a track. */
export type PictureSource = ColourSource &
  Pick<
    VideoTrack,
    | 'codec'
    | 'pixelFormat'
    | 'range'
    | 'interlaced'
    | 'hasAlpha'
    | 'frameRate'
    | 'colorSpace'
    | 'width'
    | 'height'
    | 'reorderFrames'
  > & {
    /** Filters of `SPARED_FILTERS` that this ffmpeg was built without. */
    lacking?: ReadonlySet<string>;
  };

/** Filters that can be done without, by others or not at all. */
const SPARED_FILTERS = ['zscale', 'tonemap', 'bwdif', 'yadif', 'premultiply'] as const;

/** Which of those are lacking, of all that an ffmpeg has; null, where that is unknown, means none. */
export function lackingFilters(filters: ReadonlySet<string> | null): ReadonlySet<string> {
  return new Set(SPARED_FILTERS.filter((name) => filters !== null && !filters.has(name)));
}

/** Encoded pictures a second never exceed this (and 0.5 for what is 60 but measured badly). */
const MAX_FRAME_RATE = 60.5;

/** Halves a frame rate until it is at most 60: 120 gives 60, 119.88 gives 59.94, 240 gives 60. */
export function encodedFrameRate(frameRate: number | null): number | null {
  let rate = frameRate;
  while (rate !== null && rate > MAX_FRAME_RATE) rate /= 2;
  return rate;
}

/**
 * ffmpeg filters that make any decoded picture plain: progressive, opaque, of standard dynamic range.
 * ffmpeg has turned it upright already (`-autorotate`). `maxSize` bounds the costly tone mapping to what is needed.
 */
export function preparePicture(source: PictureSource, maxSize: { width: number; height: number }): string[] {
  const filters: string[] = [];
  const { lacking } = source;
  const deinterlacer = ['bwdif', 'yadif'].find((name) => !lacking?.has(name));
  if (source.interlaced && deinterlacer) filters.push(`${deinterlacer}=mode=send_frame`);
  if (source.hasAlpha && !lacking?.has('premultiply')) {
    filters.push('format=yuva444p', 'premultiply=inplace=1', 'format=yuv444p');
  }
  if (source.range !== 'sdr') filters.push(...toneMap(source.range, maxSize, lacking));
  return filters;
}

/**
 * Keeps about every second (fourth ...) frame of a track above 60 frames a second, or null where all are kept.
 * Frames keep their own times. Key frames of the source and the first frame at each boundary are always kept, so that two
 * sessions which meet at a boundary agree on what is shown there.
 */
export function thinFrames(frameRate: number | null, keyFramesSec: readonly number[]): string | null {
  const kept = encodedFrameRate(frameRate);
  if (frameRate === null || kept === null || kept === frameRate) return null;
  // Frames lie at halves, quarters or eighths of a slot: a tenth on, no rounding moves one across its edge.
  const slot = (variable: string) => `floor(${variable}*${number(kept)}+0.1)`;
  const rules = ['isnan(prev_selected_t)', 'key', `gt(${slot('t')},${slot('prev_selected_t')})`];
  const [first, second] = keyFramesSec;
  if (first !== undefined && second !== undefined) {
    const cell = (variable: string) => `floor((${variable}-${number(first)})/${number(second - first)})`;
    rules.push(`gt(${cell('t')},${cell('prev_t')})`);
  }
  return `select='${rules.join('+')}'`;
}

/** Matrices of luma and chroma (ITU-T H.273 table 4) that are kept as they are; the names are ffmpeg's. */
const MATRICES = new Set(['bt709', 'bt470bg', 'smpte170m', 'smpte240m', 'fcc', 'bt2020nc']);

/** What decides the colours of an encoded picture. */
export type ColourSource = Pick<VideoTrack, 'pixelFormat' | 'range' | 'colorSpace' | 'width' | 'height'> &
  Partial<Pick<VideoTrack, 'colorPrimaries' | 'colorTransfer'>>;

/** ffmpeg's names of primaries, transfer and matrix (ITU-T H.273 tables 2 to 4). */
export interface ColourNames {
  primaries: string;
  transfer: string;
  matrix: string;
}

/**
 * The colours an encoded picture has and says it has: those of its source where they are named and stay in YUV, and else
 * what players would guess from the size of the source.
 */
export function encodedColours(source: ColourSource): ColourNames & { kept: boolean } {
  const { colorSpace, colorPrimaries, colorTransfer } = source;
  const guess = source.range !== 'sdr' || isHd(source) ? 'bt709' : 'smpte170m';
  const kept = source.range === 'sdr' && colorSpace !== null && MATRICES.has(colorSpace) && !isRgb(source);
  if (!kept) return { primaries: guess, transfer: guess, matrix: guess, kept };
  return { primaries: colorPrimaries ?? 'unknown', transfer: colorTransfer ?? 'unknown', matrix: colorSpace, kept };
}

const isRgb = ({ pixelFormat }: Pick<VideoTrack, 'pixelFormat'>) =>
  /^(gbr|rgb|bgr|argb|abgr|0rgb|0bgr|x2rgb|pal8)/.test(pixelFormat ?? '');

/**
 * Scales to one rung: square pixels, 8-bit 4:2:0 of limited range, the matrix always named. A player guesses an unnamed one
 * from the picture's size, and it would change whenever it switches sizes.
 *
 * What has been scaled once before has lost some sharpness. Where that was done by `bicubic`, `lanczos` brings it back: the
 * rung then looks as if it had been scaled at once (docs/decisions/README.md).
 */
export function scaleTo(
  { width, height }: { width: number; height: number },
  source: PictureSource,
  resampler: 'bicubic' | 'lanczos' = 'bicubic',
): string[] {
  const { primaries, transfer, matrix, kept } = encodedColours(source);
  const converted = isRgb(source) ? `:out_color_matrix=${matrix === 'bt709' ? 'bt709' : 'bt601'}` : '';
  const scale = `scale=${width}:${height}:flags=${resampler}:out_range=tv${converted}`;
  const colours = `colorspace=${matrix}${kept ? '' : `:color_primaries=${primaries}:color_trc=${transfer}`}`;
  return [scale, 'setsar=1', 'format=yuv420p', `setparams=range=tv:${colours}`];
}

/** What players take for high definition when colours are unnamed. */
function isHd({ width, height }: { width: number; height: number }): boolean {
  return Math.min(width, height) > 576 || Math.max(width, height) > 1024;
}

/** A number as ffmpeg reads it: no exponent, at most six decimals, none that say nothing. */
export function number(value: number): string {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
