import { audioEncoding } from '../plan/audio-encodings.ts';
import { burnGraph } from './burn-in.ts';
import type { EncodeAudioOptions, EncodeOutput, EncodeVideoOptions } from './encode-options.ts';
import { uploadFilters } from './encoders/hardware.ts';
import { number, type PictureSource, preparePicture, scaleTo, thinFrames } from './filters.ts';

/** The parts that the command lines of `argv.ts` are made of. */

/** Quiet but for errors, and never waiting for a key. */
export const FLAGS = ['-hide_banner', '-nostdin', '-v', 'error'];

/** 90 kHz, the clock of MPEG: holds every usual frame rate and Matroska's milliseconds exactly. */
const VIDEO_TIMESCALE = 90_000;
/** ffmpeg seeks this much earlier than told where frames are reordered and the demuxer's index knows decode times only. */
const REORDER_GUARD_SEC = 3 / 23;
/** A container without an index is entered by a guess, which must lie early enough for a whole group of pictures. */
const UNINDEXED = new Set(['mpegts', 'mpeg', 'flv', 'ogg']);
const LONGEST_GROUP_SEC = 10;
/** Clocks are rounded differently everywhere: a frame is asked for half a millisecond early. */
const EPSILON_SEC = 0.0005;

/** ffmpeg's own VP8 and VP9 decoders drop the alpha channel; those of libvpx keep it. */
export function decoderOf(source: PictureSource): string[] {
  const libvpx = { vp8: 'libvpx', vp9: 'libvpx-vp9' }[source.codec];
  return source.hasAlpha && libvpx ? ['-c:v', libvpx] : [];
}

/**
 * Enters the file at the key frame decoding has to begin with. ffmpeg's own cutting (`-accurate_seek`) is off, as it would
 * be wrong with absolute times: the `trim` filter drops what lies before.
 */
export function seekVideo({ demuxer, startSec, startsOnKey = false, source }: EncodeVideoOptions): string[] {
  if (startSec === null) return [];
  if (UNINDEXED.has(demuxer)) return seekTo(startSec - (startsOnKey ? 0.2 : LONGEST_GROUP_SEC));
  if (!startsOnKey) return seekTo(startSec);
  const guardSec = demuxer !== 'mov' && (source.reorderFrames ?? 0) > 0 ? REORDER_GUARD_SEC : 0;
  return seekTo(startSec + 2 * EPSILON_SEC + guardSec);
}

export function seekTo(atSec: number): string[] {
  return ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', number(atSec)];
}

/**
 * Seconds to add to all times so that none is negative: ffmpeg drops such frames where their rate may vary. Transport streams whose
 * clock wraps around begin before zero.
 */
export function liftSec({ originSec }: Pick<EncodeVideoOptions, 'originSec'>): number {
  return originSec !== undefined && originSec < 0 ? Math.ceil(-originSec) : 0;
}

/**
 * The filter graph from one track to outputs [v0], [v1] ... Each size is scaled from the next larger one, which takes a
 * fifth less than scaling all of them from the source.
 */
export function pictureGraph(options: EncodeVideoOptions): string {
  const { source, outputs, trackIndex, keyFramesSec } = options;
  const sizes = outputs
    .map(({ rendition: { width, height } }, n) => ({ width, height, n }))
    .sort((a, b) => b.width * b.height - a.width * a.height);
  const head = [
    ...trimPicture(options),
    thinFrames(source.frameRate, keyFramesSec),
    ...preparePicture(source, sizes[0]!),
  ].filter((filter) => filter !== null);
  let isScaled = false;
  const chains = sizes.map(({ width, height, n }, step) => {
    const { rendition, hardware } = outputs[n]!;
    const scaled = [...(step === 0 ? head : []), ...scaleTo(rendition, source, isScaled ? 'lanczos' : 'bicubic')];
    isScaled ||= width !== source.width || height !== source.height;
    const own = ownFilters(options, rendition, hardware ?? null);
    const from = step === 0 ? `[0:${trackIndex}]` : `[s${step}]`;
    if (step === sizes.length - 1) return `${from}${[...scaled, ...own].join(',')}[v${n}]`;
    const forked = `${from}${scaled.join(',')},split`;
    if (own.length === 0) return `${forked}[v${n}][s${step + 1}]`;
    return `${forked}[o${n}][s${step + 1}];[o${n}]${own.join(',')}[v${n}]`;
  });
  return chains.join(';');
}

/** What is done to one output alone, after its picture has the right size. */
function ownFilters(
  options: EncodeVideoOptions,
  rendition: EncodeOutput['rendition'],
  hardware: EncodeOutput['hardware'],
): string[] {
  const lift = liftSec(options);
  return [
    ...(options.burn ? [`null[picture];${burnGraph(options.burn, rendition)}`] : []),
    ...(lift > 0 ? [`setpts=PTS+${lift}/TB`] : []),
    ...(hardware ? uploadFilters(hardware) : []),
  ];
}

function trimPicture({ startSec, durationSec, originSec }: EncodeVideoOptions): string[] {
  const parts: string[] = [];
  if (startSec !== null) parts.push(`start=${number(startSec)}`);
  const fromSec = startSec ?? originSec ?? null;
  if (durationSec !== null && fromSec !== null) parts.push(`end=${number(fromSec + durationSec)}`);
  else if (durationSec !== null) parts.push(`duration=${number(durationSec)}`);
  return parts.length > 0 ? [`trim=${parts.join(':')}`] : [];
}

/** Every frame at its own time, on the clock of MPEG. */
export const FRAME_TIMES: readonly string[] = [
  ...['-fps_mode', 'vfr', '-enc_time_base', `1:${VIDEO_TIMESCALE}`],
  ...['-video_track_timescale', String(VIDEO_TIMESCALE)],
];

/**
 * Cuts and resamples so that the first sample lies exactly on the grid. Sound before it is decoded and resampled too, from
 * a multiple of 40 ms on (whole samples at every usual rate): decoders and resamplers need a run-up.
 */
export function soundOnGrid(options: EncodeAudioOptions): {
  seekSec: number | null;
  filters: string[];
} {
  const { codec, demuxer, originSec, startFrame, durationSec, channels, sourceChannels } = options;
  const { sampleRate, frameSamples } = audioEncoding(codec);
  const first = Math.round(originSec * sampleRate) + (startFrame ?? 0) * frameSamples;
  const end = durationSec === null ? '' : `:end_pts=${first + Math.round(durationSec * sampleRate)}`;
  const layout = `aformat=sample_fmts=fltp:channel_layouts=${layoutOf(channels)}`;
  // Twice, as `first_pts` counts in samples of the input: first to 48 kHz, then holes filled and the start padded or cut.
  const onGrid = (from: number) => [
    `aresample=${sampleRate}`,
    layout,
    ...(sourceChannels > 2 ? limitPeaks(sampleRate) : []),
    `aresample=${sampleRate}:async=1:first_pts=${from}`,
    `atrim=start_pts=${first}${end}`,
  ];
  if (startFrame === null) return { seekSec: null, filters: onGrid(first) };
  const runUpSec = Math.floor((first / sampleRate - 0.2) * 25) / 25;
  const guardSec = UNINDEXED.has(demuxer) ? 2 : 0.3;
  return {
    seekSec: runUpSec - guardSec,
    filters: [`atrim=start=${number(runUpSec)}`, ...onGrid(Math.round(runUpSec * sampleRate))],
  };
}

/**
 * Many channels add up to more than full scale (ITU-R BS.775 mixes dialogue in at -3 dB, and so does ffmpeg): the peaks are held
 * down, the rest stays as loud as it was. The filter looks ahead, and is late by as much.
 */
function limitPeaks(sampleRate: number): string[] {
  return ['alimiter=limit=0.95:attack=5:release=50:level=0', `asetpts=PTS-${Math.round(0.005 * sampleRate)}`];
}

/** The encoder of a sound rendition; mono takes half of what stereo does. */
export function soundArgs(codec: string, kbps: number, channels: number): string[] {
  return audioEncoding(codec).args(channels === 1 ? Math.ceil(kbps / 2) : kbps);
}

export function layoutOf(channels: number): 'mono' | 'stereo' {
  return channels === 1 ? 'mono' : 'stereo';
}

/** Times as they are, but for the offset; no edit list that would say otherwise. */
export function timestampArgs(offsetSec: number): string[] {
  return ['-avoid_negative_ts', 'disabled', '-output_ts_offset', number(offsetSec), '-use_editlist', '0'];
}

/** Fragmented MP4 on a pipe, without anything that would differ from one run to the next. */
export function mp4Args(movflags: string, fd: number, more: string[] = []): string[] {
  const plain = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'];
  return [...plain, '-f', 'mp4', '-movflags', movflags, ...more, `pipe:${fd}`];
}

export function jpegArgs(target: string): string[] {
  const one = target.startsWith('pipe:') ? ['-f', 'image2pipe'] : ['-f', 'image2', '-start_number', '0'];
  return ['-map_metadata', '-1', '-c:v', 'mjpeg', '-q:v', '3', ...one, target];
}
