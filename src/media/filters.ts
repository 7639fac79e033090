import type { VideoTrack } from './types.ts';

/** What the picture filters need to know of a track. */
export type PictureSource = Pick<
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
>;

/** Encoded pictures a second never exceed this (and 0.5 for what is 60 but measured badly). */
export const MAX_FRAME_RATE = 60.5;

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
  if (source.interlaced) filters.push('bwdif=mode=send_frame');
  if (source.hasAlpha) filters.push('format=yuva444p', 'premultiply=inplace=1', 'format=yuv444p');
  if (source.range !== 'sdr') filters.push(...toneMap(source.range, maxSize));
  return filters;
}

/** ITU-R BT.2390-style mapping is not in ffmpeg 5.1: Hable's curve in linear light, then BT.709. */
function toneMap(range: 'pq' | 'hlg', { width, height }: { width: number; height: number }): string[] {
  const transfer = range === 'pq' ? 'smpte2084' : 'arib-std-b67';
  return [
    `zscale=w=${width}:h=${height}:tin=${transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
  ];
}

/**
 * Keeps about every second (fourth ...) frame of a track above 60 frames a second, or null where all are kept.
 * Frames keep their own times. Key frames of the source and the first frame at each boundary are always kept, so that two
 * sessions which meet at a boundary agree on what is shown there.
 */
export function thinFrames(frameRate: number | null, keyFramesSec: readonly number[]): string | null {
  const kept = encodedFrameRate(frameRate);
  if (frameRate === null || kept === null || kept === frameRate) return null;
  const slot = (variable: string) => `floor(${variable}*${number(kept)}+0.25)`;
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

/**
 * Scales to one rung: square pixels, 8-bit 4:2:0 of limited range, colours always named. A player guesses unnamed ones from
 * the picture's size, and they would change whenever it switches sizes.
 */
export function scaleTo({ width, height }: { width: number; height: number }, source: PictureSource): string[] {
  const isRgb = /^(gbr|rgb|bgr|argb|abgr|0rgb|0bgr|x2rgb|pal8)/.test(source.pixelFormat ?? '');
  const kept = source.range === 'sdr' && source.colorSpace !== null && MATRICES.has(source.colorSpace) && !isRgb;
  const guess = source.range !== 'sdr' || isHd(source) ? 'bt709' : 'smpte170m';
  const matrix = kept
    ? `colorspace=${source.colorSpace}`
    : `colorspace=${guess}:color_primaries=${guess}:color_trc=${guess}`;
  const converted = isRgb ? `:out_color_matrix=${guess === 'bt709' ? 'bt709' : 'bt601'}` : '';
  const scale = `scale=${width}:${height}:flags=bicubic:out_range=tv${converted}`;
  return [scale, 'setsar=1', 'format=yuv420p', `setparams=range=tv:${matrix}`];
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
