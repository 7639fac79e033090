import { audioEncoding } from '../plan/audio-encodings.ts';
import type { AudioRendition, VideoRendition } from '../types.ts';
import { burnArgs } from './burn-args.ts';
import type { EncodeAudioOptions, EncodeOutput, EncodeVideoOptions } from './encode-options.ts';
import {
  decoderOf,
  FLAGS,
  FRAME_TIMES,
  layoutOf,
  liftSec,
  mp4Args,
  pictureGraph,
  seekTo,
  seekVideo,
  soundArgs,
  soundOnGrid,
  timestampArgs,
} from './encoder-args.ts';
import { encoderArgs } from './encoders/encoders.ts';
import { deviceArgs, hardwareArgs } from './encoders/hardware.ts';
import { number, type PictureSource } from './filters.ts';
import { inputOf } from './input.ts';

/**
 * Command lines for ffmpeg and ffprobe (5.1 or newer) as data: arrays only, never a shell string. All times are seconds on
 * the clock of the source as ffmpeg counts with `-copyts`, unless a name says otherwise.
 */

const FRAGMENTED = 'empty_moov+default_base_moof+skip_trailer+frag_discont';
/** Enough to meet every usual track, and the first pictures in the order shown. */
const FIRST_PACKETS = 64;
/** Sound is handed on twice a second; the reader cuts it where it wants. */
const SOUND_FRAGMENTS = ['-frag_duration', '500000'];

/** ffprobe: container, streams, chapters and the first packets as JSON on stdout, for `readProbe`. */
export function probeArgv({ path, demuxer }: { path: string; demuxer: string }): string[] {
  const show = ['-show_format', '-show_streams', '-show_chapters', '-show_packets', '-of', 'json'];
  const first = ['-read_intervals', `%+#${FIRST_PACKETS}`];
  // Tracks of a transport stream say what they are in their packets, which may come late.
  const patience = demuxer === 'mpegts' ? ['-probesize', '50M', '-analyzeduration', '30M'] : [];
  return ['-hide_banner', '-v', 'error', ...show, ...first, ...patience, ...inputOf(path, demuxer)];
}

/** ffprobe: the times of every packet as lines of CSV on stdout, for `readLengthSec`. It reads the whole file. */
export function listTimesArgv({ path, demuxer }: { path: string; demuxer: string }): string[] {
  const show = ['-show_entries', 'packet=codec_type,pts_time,duration_time', '-of', 'csv=p=0'];
  return ['-hide_banner', '-v', 'error', ...show, ...inputOf(path, demuxer)];
}

/**
 * Decodes a video track once and encodes it to every output: fragmented MP4 on `pipe:FD`, one fragment from key
 * frame to key frame, key frames at `keyFramesSec` and nowhere else. Every frame keeps its time: in the output it is
 * `round((pts + offsetSec) * 90000)`, `tfdt` being the decode time. Variable frame rate stays variable.
 */
export function encodeVideoArgv(options: EncodeVideoOptions): string[] {
  const { outputs, keyFramesSec } = options;
  const lift = liftSec(options);
  const forced =
    keyFramesSec.length > 0 ? ['-force_key_frames', keyFramesSec.map((sec) => number(sec + lift)).join(',')] : [];
  return [
    ...FLAGS,
    ...devicesOf(outputs),
    ...decoderOf(options.source),
    '-copyts',
    ...seekVideo(options),
    ...inputOf(options.path, options.demuxer),
    ...(options.burn ? burnArgs(options.burn, options.startSec, options.originSec ?? 0) : []),
    '-filter_complex',
    pictureGraph(options),
    ...outputs.flatMap((output, n) => [
      '-map',
      `[v${n}]`,
      ...pictureEncoder(output, options),
      ...FRAME_TIMES,
      ...forced,
      ...timestampArgs(options.offsetSec - lift),
      ...mp4Args(`frag_keyframe+${FRAGMENTED}`, output.fd),
    ]),
  ];
}

/** Each device once, before everything else. */
function devicesOf(outputs: readonly EncodeOutput[]): string[] {
  const all = outputs.flatMap(({ hardware }) => (hardware ? [deviceArgs(hardware)] : []));
  return all.filter((one, n) => all.findIndex((other) => other.join() === one.join()) === n).flat();
}

function pictureEncoder(
  { encoder, hardware, inOrder, rendition }: EncodeOutput,
  options: EncodeVideoOptions,
): string[] {
  if (hardware) return hardwareArgs(hardware, rendition, options);
  return [...encoderArgs(encoder, rendition, options), ...(inOrder ? ['-bf', '0'] : [])];
}

/**
 * Encodes one audio track in fragmented MP4 on `pipe:FD`. All runs share one grid: with P the output's
 * `round((originSec + offsetSec) * sampleRate)`, N the codec's samples a frame and D its priming, a run that starts at frame f
 * writes packets stamped `P + f * N - D`, `P + (f + 1) * N - D` ... as one from frame 0 does.
 *
 * The encoder looks back and predicts: the first packets of a run prime a decoder, and differ from those of a run that
 * came through. How many have to be thrown away was measured (`audio-encodings.ts`).
 */
export function encodeAudioArgv(options: EncodeAudioOptions): string[] {
  const { path, demuxer, codec, kbps, channels, offsetSec, fd, trackIndex } = options;
  const { seekSec, filters } = soundOnGrid(options);
  return [
    ...FLAGS,
    '-copyts',
    ...(seekSec === null ? [] : seekTo(seekSec)),
    ...inputOf(path, demuxer),
    '-filter_complex',
    `[0:${trackIndex}]${filters.join(',')}[a0]`,
    '-map',
    '[a0]',
    ...soundArgs(codec, kbps, channels),
    ...timestampArgs(offsetSec),
    ...mp4Args(FRAGMENTED, fd, SOUND_FRAGMENTS),
  ];
}

/**
 * One frame with the settings of `encodeVideoArgv` (or a little sound with those of `encodeAudioArgv`), on stdout: its
 * `ftyp` and `moov` are byte for byte those of every session of the same rendition by the same ffmpeg.
 */
export function initArgv(options: {
  path: string;
  demuxer: string;
  rendition: VideoRendition | AudioRendition;
  /** The video track; null for sound. */
  source: PictureSource | null;
  /** ffmpeg's name of the encoder of pictures; null for sound. */
  encoder: string | null;
  hardware?: EncodeOutput['hardware'];
  inOrder?: EncodeOutput['inOrder'];
  preset: string;
  crf: number;
  audioKbps: number;
}): string[] {
  const {
    path,
    demuxer,
    rendition,
    source,
    encoder,
    hardware = null,
    inOrder = false,
    preset,
    crf,
    audioKbps,
  } = options;
  if (rendition.kind === 'audio') {
    const settings = [...soundArgs(rendition.codec, audioKbps, rendition.channels), ...timestampArgs(10)];
    // The header does not depend on the sound: silence makes it, and nothing needs to be opened.
    const silence = [
      '-f',
      'lavfi',
      '-i',
      `anullsrc=r=${audioEncoding(rendition.codec).sampleRate}:cl=${layoutOf(rendition.channels)}`,
      '-t',
      '0.1',
    ];
    return [...FLAGS, '-copyts', ...silence, ...settings, ...mp4Args(FRAGMENTED, 1, SOUND_FRAGMENTS)];
  }
  const outputs = [{ rendition, encoder: encoder!, hardware, inOrder, fd: 1 }];
  const stream = { path, demuxer, trackIndex: rendition.trackIndex };
  const whole = { ...stream, startSec: null, durationSec: null, keyFramesSec: [], offsetSec: 10, preset, crf, outputs };
  const argv = encodeVideoArgv({ ...whole, source: source! });
  return [...argv.slice(0, -1), '-frames:v', '1', argv.at(-1)!];
}
