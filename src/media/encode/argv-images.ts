import type { VideoTrack } from '../types.ts';
import type { SourceStream } from './encode-options.ts';
import { decoderOf, FLAGS, jpegArgs, seekTo } from './encoder-args.ts';
import { number, type PictureSource, preparePicture } from './filters.ts';
import { inputOf } from './input.ts';

/** Command lines for ffmpeg that make pictures, as data. Times are seconds on ffmpeg's clock of the source. */

/** The picture of an attached cover as JPEG on stdout. */
export function coverArgv({ path, demuxer, trackIndex }: SourceStream): string[] {
  return [...FLAGS, ...inputOf(path, demuxer), '-map', `0:${trackIndex}`, '-frames:v', '1', ...jpegArgs('pipe:1')];
}

/** Clockwise turns as filters: for pictures that have lost the container's note to turn them. */
const TURNS = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] } as const;
export type Turn = Pick<VideoTrack, 'rotation' | 'mirrored'>;
const turnBy = ({ rotation, mirrored }: Turn) => [...(mirrored ? ['vflip'] : []), ...TURNS[rotation]];

/** How frames are picked for posters: every frame of a film of key frames, or one every few seconds from the start. */
type Picking = { turn: Turn } | { everySec: number; frames: number };

/** Frames as `FOLDER/frame-00.jpg` and so on, at most `width` wide. */
export function framesArgv(
  options: SourceStream & { source: PictureSource; width: number; folder: string; picking: Picking },
): string[] {
  const { path, demuxer, trackIndex, source, width, folder, picking } = options;
  const size = sizeAt(source, width);
  const early = 'everySec' in picking;
  const filters = [
    ...(early ? [`fps=1/${number(picking.everySec)}`] : turnBy(picking.turn)),
    ...preparePicture(source, size),
    `scale=${size.width}:${size.height}`,
    'setsar=1',
    'format=yuvj420p',
    // Every frame is one of its own, whatever a damaged film says of their times.
    ...(early ? [] : ['setpts=N/25/TB']),
  ];
  const limit = early ? ['-t', number(picking.everySec * picking.frames)] : [];
  const input = [...decoderOf(source), ...limit, ...inputOf(path, demuxer), '-map', `0:${trackIndex}`];
  // Else the encoder counts in the film's own frames, which are a second long, and refuses the second.
  const paced = early ? [] : ['-fps_mode', 'passthrough', '-enc_time_base', '1:25'];
  return [...FLAGS, ...input, '-vf', filters.join(','), ...paced, ...jpegArgs(`${folder}/frame-%02d.jpg`)];
}

/** One frame at or soon after the key frame before `atSec`, at most `width` wide, as JPEG on stdout. */
export function posterArgv(options: SourceStream & { atSec: number; source: PictureSource; width: number }): string[] {
  const { path, demuxer, trackIndex, atSec, source, width } = options;
  const size = sizeAt(source, width);
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
 * Sprite sheets of small tiles, as `FOLDER/sheet-00000.jpg`: the n-th tile shows the last frame at or before n and a half
 * intervals. `keys` reads the whole file and decodes its key frames alone; `all` decodes everything, for the rare film that
 * has next to no key frames. A film made of key frames (`keyFrames` of the packager) is turned upright by `turn`.
 */
export function storyboardArgv(
  options: SourceStream & {
    source: PictureSource;
    plan: { tileWidth: number; tileHeight: number; columns: number; rows: number; intervalSec: number; tiles: number };
    decode: 'keys' | 'all';
    turn?: Turn;
    folder: string;
  },
): string[] {
  const { path, demuxer, trackIndex, source, plan, decode, turn, folder } = options;
  const size = { width: plan.tileWidth, height: plan.tileHeight };
  const filters = [
    // Thinned first, so that all else is done for a few frames only.
    `fps=1/${number(plan.intervalSec)}:round=near:start_time=0:eof_action=pass`,
    ...(turn ? turnBy(turn) : []),
    ...preparePicture({ ...source, interlaced: false }, size),
    `scale=${size.width}:${size.height}:flags=bilinear`,
    'setsar=1',
    'tpad=stop=-1:stop_mode=clone',
    `trim=end_frame=${plan.tiles}`,
    `tile=${plan.columns}x${plan.rows}`,
    'format=yuvj420p',
  ];
  return [
    ...FLAGS,
    // MP4's demuxer then skips the bytes of other frames, too: a third less time on a film of 90 minutes.
    ...(decode === 'keys' ? ['-skip_frame', 'nokey', `-discard:${trackIndex}`, 'nokey'] : []),
    ...decoderOf(source),
    ...inputOf(path, demuxer),
    '-map',
    `0:${trackIndex}`,
    '-vf',
    filters.join(','),
    ...jpegArgs(`${folder}/sheet-%05d.jpg`),
  ];
}

/** At most `width` wide, of the picture's shape, even. */
function sizeAt(source: PictureSource, width: number): { width: number; height: number } {
  const narrow = Math.min(width, source.width);
  return { width: narrow, height: Math.max(2, 2 * Math.round((source.height * narrow) / source.width / 2)) };
}
