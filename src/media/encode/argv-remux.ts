import type { SourceStream } from './encode-options.ts';
import { mp4Args, seekTo, timestampArgs } from './encoder-args.ts';
import { number } from './filters.ts';
import { inputOf } from './input.ts';

/**
 * Command lines for tracks that browsers play, in containers that the packager cannot read: their packets are listed once, to
 * know where they can be cut, and put into fragmented MP4 as they are.
 */

const QUIET = ['-hide_banner', '-nostdin', '-v', 'error'];
/** ffprobe: `pts,dts,duration,flags` of each packet of a stream in seconds, one a line, in the order stored. */
export function listPacketsArgv({ path, demuxer, trackIndex }: SourceStream): string[] {
  const show = ['-show_entries', 'packet=pts_time,dts_time,duration_time,flags', '-of', 'csv=p=0'];
  return ['-hide_banner', '-v', 'error', '-select_streams', String(trackIndex), ...show, ...inputOf(path, demuxer)];
}

/** ffprobe: the kinds (I, P, B) of a stream's first pictures, one a line. */
export function pictureTypesArgv({ path, demuxer, trackIndex }: SourceStream): string[] {
  const show = ['-show_entries', 'frame=pict_type', '-read_intervals', '%+#100', '-of', 'csv=p=0'];
  return ['-hide_banner', '-v', 'error', '-select_streams', String(trackIndex), ...show, ...inputOf(path, demuxer)];
}

/** ffprobe: when a stream's first packet is stored and its first pictures are shown: `packet,SEC` and `frame,SEC` a line. */
export function firstPicturesArgv({ path, demuxer, trackIndex }: SourceStream): string[] {
  const show = ['-show_entries', 'packet=dts_time:frame=best_effort_timestamp_time', '-of', 'csv'];
  const first = ['-read_intervals', '%+#40'];
  return [
    '-hide_banner',
    '-v',
    'error',
    '-select_streams',
    String(trackIndex),
    ...show,
    ...first,
    ...inputOf(path, demuxer),
  ];
}

/**
 * A track's packets as they are, in fragmented MP4 on `pipe:FD`; pictures in one fragment from key frame to key frame. Every
 * packet keeps its time: in the output it is `pts + offsetSec`.
 */
export function remuxArgv(
  options: SourceStream & {
    /** Where to enter the file; what comes out begins at or before it. Null begins at the beginning. */
    startSec: number | null;
    /** How many packets; null for all. */
    packets: number | null;
    /** ffmpeg's name of the codec. */
    codec: string;
    keyed: boolean;
    offsetSec: number;
    fd: number;
  },
): string[] {
  const { path, demuxer, trackIndex, startSec, packets, codec, keyed, offsetSec, fd } = options;
  // `delay_moov`: what belongs into the header may only be known when the first packet has been seen (ADTS).
  const flags = `${keyed ? 'frag_keyframe+' : ''}delay_moov+default_base_moof+skip_trailer+frag_discont`;
  return [
    ...QUIET,
    '-copyts',
    ...(startSec === null ? [] : seekTo(startSec)),
    ...inputOf(path, demuxer),
    '-map',
    `0:${trackIndex}`,
    '-c',
    'copy',
    // Frames of AAC with headers of their own lose them; others pass as they are.
    ...(codec === 'aac' ? ['-bsf', 'aac_adtstoasc'] : []),
    ...(packets === null ? [] : ['-frames', number(packets)]),
    '-strict',
    '-2',
    ...timestampArgs(offsetSec),
    ...mp4Args(flags, fd, keyed ? [] : ['-frag_duration', '500000']),
  ];
}
