import type { VideoTrack } from './types.ts';

/** What the picture filters need to know of a track. */
export type PictureSource = Pick<
  VideoTrack,
  'codec' | 'range' | 'interlaced' | 'hasAlpha' | 'frameRate' | 'colorSpace' | 'width' | 'height' | 'reorderFrames'
>;

/** Encoded pictures a second never exceed this (and 0.5 for what is 60 but measured badly). */
export const MAX_FRAME_RATE = 60.5;
/** Pictures lower than this are taken for standard definition where the file does not name its colours. */
const HD_HEIGHT = 576;

/** Halves a frame rate until it is at most 60: 120 gives 60, 119.88 gives 59.94, 240 gives 60. */
export function encodedFrameRate(frameRate: number | null): number | null {
  let rate = frameRate;
  while (rate !== null && rate > MAX_FRAME_RATE) rate /= 2;
  return rate;
}

/**
 * ffmpeg filters that make any decoded picture plain progressive 8-bit SDR in named colours, at its own size.
 * ffmpeg has turned it upright already (`-autorotate`). `maxSize` bounds the costly tone mapping to what is needed.
 */
export function preparePicture(source: PictureSource, maxSize: { width: number; height: number }): string[] {
  const filters: string[] = [];
  if (source.interlaced) filters.push('bwdif=mode=send_frame');
  if (source.hasAlpha) filters.push('format=yuva444p', 'premultiply=inplace=1', 'format=yuv444p');
  if (source.range !== 'sdr') filters.push(...toneMap(source.range, maxSize));
  else if (source.colorSpace === null) filters.push(nameColours(source));
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

/** Unnamed colours are guessed by a player from the picture's size: they must not change when it switches sizes. */
function nameColours({ width, height }: PictureSource): string {
  const hd = Math.min(width, height) > HD_HEIGHT || Math.max(width, height) > 1024;
  return hd
    ? 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709'
    : 'setparams=colorspace=smpte170m:color_primaries=smpte170m:color_trc=smpte170m';
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

/** Scales to one rung in square pixels of the one pixel format every browser decodes. */
export function scaleTo({ width, height }: { width: number; height: number }): string[] {
  return [`scale=${width}:${height}:flags=bicubic:out_range=tv`, 'setsar=1', 'format=yuv420p'];
}

/** A number as ffmpeg reads it: no exponent, at most six decimals, none that say nothing. */
export function number(value: number): string {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}
