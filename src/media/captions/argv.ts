import { number } from '../encode/filters.ts';
import { inputOf } from '../encode/input.ts';

/** Command lines that take subtitle tracks and fonts out of a file. Times are as in `argv.ts`. */

/** How a stream is taken out: as the text it is, as text made of it, or as its pictures in a file of their own. */
export interface ExtractedStream {
  /** ffprobe's stream index. */
  index: number;
  as: 'srt' | 'vtt' | 'vttMade' | 'ass' | 'sup' | 'mks';
  file: string;
}

export interface ExtractOptions {
  path: string;
  demuxer: string;
  /** Where presentation time zero lies: subtracted from all times. */
  originSec: number;
  streams: readonly ExtractedStream[];
  fonts: readonly { index: number; file: string }[];
  /** Where progress is written. */
  progressFd: number;
}

/** Text of so many bytes is no subtitle; pictures of a long film are some 50 MB. */
const MOST_TEXT_BYTES = 20e6;
const MOST_PICTURE_BYTES = 400e6;

const OUTPUTS: Record<ExtractedStream['as'], { codec: string; format: string; most: number }> = {
  srt: { codec: 'copy', format: 'srt', most: MOST_TEXT_BYTES },
  vtt: { codec: 'copy', format: 'webvtt', most: MOST_TEXT_BYTES },
  vttMade: { codec: 'webvtt', format: 'webvtt', most: MOST_TEXT_BYTES },
  ass: { codec: 'copy', format: 'ass', most: MOST_TEXT_BYTES },
  sup: { codec: 'copy', format: 'sup', most: MOST_PICTURE_BYTES },
  mks: { codec: 'copy', format: 'matroska', most: MOST_PICTURE_BYTES },
};

/**
 * Takes many tracks out of a file in one pass. SubRip is copied byte for byte, as ffmpeg would drop what is not UTF-8; all
 * times count from the start of the presentation.
 */
export function extractCaptionsArgv(options: ExtractOptions): string[] {
  const { path, demuxer, originSec, streams, fonts, progressFd } = options;
  return [
    '-hide_banner',
    '-nostdin',
    '-v',
    'error',
    '-progress',
    `pipe:${progressFd}`,
    '-copyts',
    ...fonts.flatMap(({ index, file }) => [`-dump_attachment:${index}`, file]),
    ...inputOf(path, demuxer),
    ...streams.flatMap(({ index, as, file }) => {
      const { codec, format, most } = OUTPUTS[as];
      return [
        '-map',
        `0:${index}`,
        '-c:s',
        codec,
        ...['-map_metadata', '-1', '-map_chapters', '-1'],
        ...['-avoid_negative_ts', 'disabled', '-output_ts_offset', number(-originSec)],
        ...['-fs', String(most), '-f', format, `file:${file}`],
      ];
    }),
  ];
}

/** ffprobe: subtitle tracks and attachments as JSON on stdout, for `readCaptionProbe`. */
export function probeCaptionsArgv({ path, demuxer }: { path: string; demuxer: string }): string[] {
  const shown =
    'stream=index,codec_type,codec_name,width,height:stream_tags=filename,mimetype,language,title' +
    ':stream_disposition=hearing_impaired';
  return [...['-hide_banner', '-v', 'error', '-show_entries', shown, '-of', 'json'], ...inputOf(path, demuxer)];
}
