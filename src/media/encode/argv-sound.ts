import { WAVEFORM_RATE } from '../sound/waveform.ts';
import type { AudioTrack } from '../types.ts';
import { inputOf } from './input.ts';

/** More tracks than this are not measured: their summaries would not fit into what is kept of ffmpeg's log. */
const MOST_TRACKS = 12;

/**
 * Listens to audio tracks once, all in one reading of the file: says in its log how loud each is (EBU R128 with true peak,
 * for `readLoudness`), as two loudspeakers play it. With `waveform`, the first track also goes to `pipe:FD` as mono samples
 * (`WAVEFORM_RATE`, signed 16 bit, little-endian), beginning with the file.
 */
export function soundArgv(options: {
  path: string;
  demuxer: string;
  tracks: readonly Pick<AudioTrack, 'index' | 'channels'>[];
  waveform: { fd: number } | null;
}): string[] {
  const { path, demuxer, waveform } = options;
  const tracks = options.tracks.slice(0, MOST_TRACKS);
  const listen = ({ index, channels }: Pick<AudioTrack, 'index' | 'channels'>, from: string) => {
    // One loudspeaker's sound comes out of both; more than two are mixed down, as the player or we do it.
    const layout = channels === 1 ? '' : 'aformat=channel_layouts=stereo,';
    const dual = channels === 1 ? ':dualmono=true' : '';
    return `${from}${layout}ebur128@t${index}=peak=true:framelog=verbose${dual}[l${index}]`;
  };
  const first = waveform ? tracks[0] : undefined;
  const graph = [
    ...(first
      ? [
          `[0:${first.index}]asplit=2[s][w]`,
          listen(first, '[s]'),
          `[w]aresample=${WAVEFORM_RATE}:async=1:first_pts=0,aformat=sample_fmts=s16:channel_layouts=mono[p]`,
        ]
      : []),
    ...tracks.filter((track) => track !== first).map((track) => listen(track, `[0:${track.index}]`)),
  ];
  return [
    // The summaries are information, not errors.
    ...['-hide_banner', '-nostdin', '-nostats', '-v', 'info'],
    ...inputOf(path, demuxer),
    '-filter_complex',
    graph.join(';'),
    ...tracks.flatMap(({ index }) => ['-map', `[l${index}]`]),
    ...['-f', 'null', '-'],
    ...(waveform ? ['-map', '[p]', '-f', 's16le', `pipe:${waveform.fd}`] : []),
  ];
}
