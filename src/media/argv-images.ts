import type { SourceStream } from './encode-options.ts';
import { decoderOf, FLAGS, inputOf, jpegArgs, seekTo } from './encoder-args.ts';
import { number, type PictureSource, preparePicture } from './filters.ts';

/** Command lines for ffmpeg that make pictures, as data. Times are seconds on ffmpeg's clock of the source. */

/** The picture of an attached cover as JPEG on stdout. */
export function coverArgv({ path, demuxer, trackIndex }: SourceStream): string[] {
  return [...FLAGS, ...inputOf(path, demuxer), '-map', `0:${trackIndex}`, '-frames:v', '1', ...jpegArgs('pipe:1')];
}

/** One frame at or soon after the key frame before `atSec`, at most `width` wide, as JPEG on stdout. */
export function posterArgv(options: SourceStream & { atSec: number; source: PictureSource; width: number }): string[] {
  const { path, demuxer, trackIndex, atSec, source, width } = options;
  const size = { width: Math.min(width, source.width), height: evenHeight(source, Math.min(width, source.width)) };
  const filters = [
    ...preparePicture(source, size),
    `scale=${size.width}:${size.height}`,
    'setsar=1',
    'format=yuvj420p',
  ];
  return [
    ...FLAGS,
    ...decoderOf(source),
    ...seekTo(atSec),
    ...inputOf(path, demuxer),
    '-map',
    `0:${trackIndex}`,
    '-vf',
    filters.join(','),
    '-frames:v',
    '1',
    ...jpegArgs('pipe:1'),
  ];
}

/**
 * Sprite sheets of small tiles, as `FOLDER/sheet-00000.jpg`, from key frames alone: the n-th tile shows the last key frame
 * at or before n and a half intervals. Reads the file once, decodes little of it.
 */
export function storyboardArgv(
  options: SourceStream & {
    source: PictureSource;
    plan: { tileWidth: number; tileHeight: number; columns: number; rows: number; intervalSec: number; tiles: number };
    folder: string;
  },
): string[] {
  const { path, demuxer, trackIndex, source, plan, folder } = options;
  const size = { width: plan.tileWidth, height: plan.tileHeight };
  const filters = [
    ...preparePicture({ ...source, interlaced: false }, size),
    `scale=${size.width}:${size.height}:flags=bilinear`,
    'setsar=1',
    `fps=1/${number(plan.intervalSec)}:round=near:start_time=0:eof_action=pass`,
    'tpad=stop=-1:stop_mode=clone',
    `trim=end_frame=${plan.tiles}`,
    `tile=${plan.columns}x${plan.rows}`,
    'format=yuvj420p',
  ];
  return [
    ...FLAGS,
    '-skip_frame',
    'nokey',
    ...decoderOf(source),
    ...inputOf(path, demuxer),
    '-map',
    `0:${trackIndex}`,
    '-vf',
    filters.join(','),
    ...jpegArgs(`${folder}/sheet-%05d.jpg`),
  ];
}

/** The even height that keeps a picture's shape at this width. */
function evenHeight({ width, height }: PictureSource, atWidth: number): number {
  return Math.max(2, 2 * Math.round((height * atWidth) / width / 2));
}
