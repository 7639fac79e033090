import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMedia } from './media.ts';
import { stripHeaders } from './strip-headers.ts';

/**
 * Small films of any container and codec, for holding what Kinora delivers against what went in. Each shows a white frame
 * and sounds a beep at the same moments, half a second after every whole one: what is out of step shows.
 */

export const ODD_SECONDS = 7;

const flashing = 'between(mod(t\\,1)\\,0.519\\,0.557)';
const picture =
  `testsrc2=size=320x180:rate=25:duration=${ODD_SECONDS},lutyuv=y=val/3,` +
  `drawbox=color=white:t=fill:enable='${flashing}'`;
const sound = `aevalsrc='if(between(mod(t\\,1)\\,0.52\\,0.56)\\,0.7*sin(2*PI*1000*t)\\,0)':s=48000:d=${ODD_SECONDS}`;

export const PICTURE = ['-f', 'lavfi', '-i', picture];
export const SOUND = ['-f', 'lavfi', '-i', sound];

/** H.264 with B-frames and a key frame every two seconds. */
export const H264 = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '50'],
  ...['-sc_threshold', '0', '-pix_fmt', 'yuv420p'],
];

/** A film with flashes and beeps, encoded as told. */
export function makeOdd(extension: string, ...codecs: string[]): Promise<string> {
  return makeMedia(extension, ...PICTURE, ...SOUND, ...codecs, '-strict', '-2');
}

/** The beeps alone. */
export function makeOddSound(extension: string, ...codecs: string[]): Promise<string> {
  return makeMedia(extension, ...SOUND, ...codecs, '-strict', '-2');
}

/** The same streams in another container, or with other options of one. */
export function rewrap(
  path: string,
  extension: string,
  options: string[] = [],
  before: string[] = [],
): Promise<string> {
  return makeMedia(extension, ...before, '-i', path, '-map', '0', '-c', 'copy', '-strict', '-2', ...options);
}

export interface OddFile {
  what: string;
  make: () => Promise<string>;
  /** Beginnings of the codecs strings of what has to be offered copied. */
  copied?: string[];
  /** Sound alone. */
  alone?: true;
}

const AAC = ['-c:a', 'aac'];
const film = (what: string, extension: string, codecs: string[], ...copied: string[]): OddFile => ({
  what,
  make: () => makeOdd(extension, ...codecs),
  copied,
});
const h264In = (what: string, extension: string, ...options: string[]) =>
  film(what, extension, [...H264, ...AAC, ...options], 'avc1', 'mp4a');
const inMatroska = (what: string, video: string[], ...copied: string[]) =>
  film(what, 'mkv', ['-g', '50', ...video, '-pix_fmt', 'yuv420p', ...AAC], ...copied);
const soundInMatroska = (what: string, ...audio: string[]) => film(what, 'mkv', [...H264, '-c:a', ...audio], 'avc1');
const alone = (what: string, extension: string, ...audio: string[]): OddFile => ({
  what,
  make: () => makeOddSound(extension, '-c:a', ...audio),
  alone: true,
});
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=50'];
const AV1 = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '50', '-pix_fmt', 'yuv420p'];
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-pix_fmt', 'yuv420p'];
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-pix_fmt', 'yuv420p'];
const MPEG2 = ['-c:v', 'mpeg2video', '-b:v', '2M', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'];
const MPEG4 = ['-c:v', 'mpeg4', '-b:v', '1M', '-bf', '2', '-g', '50'];
const plain = () => makeOdd('mp4', ...H264, ...AAC);

/** An MP4 whose edit list and declared length end before its media do, as phones trim films. */
async function makeTrimmed(): Promise<string> {
  const bytes = readFileSync(await plain());
  const lengthMs = 4200;
  for (const [type, at] of [
    ['elst', 12],
    ['mvhd', 20],
    ['tkhd', 24],
  ] as const) {
    for (let i = bytes.indexOf(type); i !== -1; i = bytes.indexOf(type, i + 4)) bytes.writeUInt32BE(lengthMs, i + at);
  }
  return keep('trimmed.mp4', bytes);
}

/** A transport stream whose encoder was set otherwise in the middle: other parameter sets, in the stream alone. */
async function makeChanging(): Promise<string> {
  const part = (from: number, ...options: string[]) =>
    makeMedia('ts', '-ss', String(from), ...PICTURE, ...H264, ...options, '-output_ts_offset', String(from));
  const first = await part(0, '-t', '4');
  const second = await part(4.04, '-profile:v', 'main', '-refs', '2', '-coder', '0');
  const pictures = keep('changing-pictures.ts', Buffer.concat([readFileSync(first), readFileSync(second)]));
  return makeMedia('ts', '-i', pictures, ...SOUND, '-map', '0:v', '-map', '1:a', '-c:v', 'copy', ...AAC);
}

/** WebM with AV1 whose codec configuration is left out: an EBML Void of the same length stands in its place. */
async function makeUnconfigured(): Promise<string> {
  const bytes = readFileSync(await makeOdd('webm', ...AV1, '-c:a', 'libopus'));
  const at = bytes.indexOf(Buffer.from('63a2', 'hex'));
  const length = bytes[at + 2]! & 0x7f;
  bytes.set([0xec, 0x80 | (length + 1)], at);
  return keep('unconfigured.webm', bytes);
}

function keep(name: string, bytes: Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kinora-odd-')), name);
  writeFileSync(path, bytes);
  return path;
}

/** Containers. */
export const CONTAINERS: OddFile[] = [
  h264In('MP4 with its tables first', 'mp4', '-movflags', '+faststart'),
  h264In('MP4 with its tables last', 'mp4'),
  h264In('fragmented MP4', 'mp4', '-movflags', 'empty_moov+default_base_moof+frag_keyframe'),
  h264In('fragmented MP4 with short fragments', 'mp4', '-movflags', 'empty_moov', '-frag_duration', '300000'),
  {
    what: 'MP4 whose picture begins late',
    make: async () => {
      const path = await plain();
      const shifted = ['-itsoffset', '1.5', '-i', path, '-i', path, '-map', '0:v', '-map', '1:a', '-c', 'copy'];
      return makeMedia('mp4', ...shifted);
    },
    copied: ['avc1', 'mp4a'],
  },
  {
    what: 'MP4 whose edit list skips the first seconds',
    make: async () => rewrap(await plain(), 'mp4', [], ['-ss', '2.6']),
    copied: ['avc1', 'mp4a'],
  },
  { what: 'MP4 trimmed by its edit list', make: makeTrimmed },
  { what: 'a transport stream with changing parameters', make: makeChanging, copied: ['avc1', 'mp4a'] },
  {
    what: 'Matroska with stripped headers and no index',
    // Four bytes of length are before each unit of H.264: the first of them is always zero.
    make: async () => keep('stripped.mkv', stripHeaders(readFileSync(await makeOdd('mkv', ...H264, ...AAC)), 1, 0)),
    copied: ['avc1', 'mp4a'],
  },
  { what: 'WebM with AV1 that is not described', make: makeUnconfigured },
  film('MOV with PCM', 'mov', [...H264, '-c:a', 'pcm_s16le'], 'avc1'),
  film('MOV with ProRes and PCM', 'mov', ['-c:v', 'prores_ks', '-profile:v', '0', '-c:a', 'pcm_s24le']),
  film('MOV with Motion JPEG and ALAC', 'mov', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-c:a', 'alac']),
  film('WebM with VP8 and Vorbis', 'webm', [...VP8, '-c:a', 'libvorbis']),
  film('WebM with VP9 and Opus', 'webm', [...VP9, '-c:a', 'libopus'], 'vp09'),
  film('WebM with AV1 and Opus', 'webm', [...AV1, '-c:a', 'libopus'], 'av01'),
  h264In('a transport stream with H.264 and AAC', 'ts'),
  film('a transport stream with MPEG-2 and MP2', 'ts', [...MPEG2, '-c:a', 'mp2']),
  film('a transport stream with H.264 and AC-3', 'ts', [...H264, '-c:a', 'ac3'], 'avc1'),
  film('a transport stream with HEVC', 'ts', [...X265, ...AAC], 'h', 'mp4a'),
  h264In('M2TS with packets of 192 bytes', 'm2ts', '-mpegts_m2ts_mode', '1'),
  film('AVI with MPEG-4 and MP3', 'avi', [...MPEG4, '-bf', '0', '-c:a', 'libmp3lame']),
  film('AVI with packed B-frames', 'avi', ['-c:v', 'libxvid', '-bf', '2', '-g', '50', '-c:a', 'libmp3lame']),
  film('AVI with H.264 and AC-3', 'avi', [...H264, '-c:a', 'ac3']),
  film('AVI with Motion JPEG and PCM', 'avi', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-c:a', 'pcm_s16le']),
  film('FLV with H.264 and AAC', 'flv', [...H264, ...AAC], 'avc1', 'mp4a'),
  film('AVI with H.264 in order and AAC', 'avi', [...H264, '-bf', '0', ...AAC], 'avc1', 'mp4a'),
  film('FLV with Sorenson and MP3', 'flv', ['-c:v', 'flv1', '-g', '50', '-ar', '44100', '-c:a', 'libmp3lame']),
  film('WMV', 'wmv', ['-c:v', 'wmv2', '-g', '50', '-c:a', 'wmav2']),
  film('Ogg with Theora and Vorbis', 'ogv', ['-c:v', 'libtheora', '-g', '50', '-c:a', 'libvorbis']),
  film('MPEG-PS with MPEG-2 and AC-3', 'mpg', ['-f', 'vob', ...MPEG2, '-c:a', 'ac3']),
];

/** Codecs, in Matroska. */
export const CODECS: OddFile[] = [
  inMatroska('H.264 with 10 bits', ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p10le']),
  inMatroska('H.264 with 4:2:2', ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv422p']),
  inMatroska('HEVC', X265, 'h', 'mp4a'),
  inMatroska('HEVC with 10 bits', [...X265, '-pix_fmt', 'yuv420p10le'], 'h', 'mp4a'),
  inMatroska('AV1', AV1, 'av01', 'mp4a'),
  inMatroska('VP8', VP8, 'mp4a'),
  inMatroska('VP9', VP9, 'vp09', 'mp4a'),
  inMatroska('MPEG-2', MPEG2, 'mp4a'),
  inMatroska('MPEG-4 Visual', MPEG4, 'mp4a'),
  soundInMatroska('FLAC', 'flac'),
  soundInMatroska('Opus', 'libopus'),
  soundInMatroska('Vorbis', 'libvorbis'),
  soundInMatroska('AC-3', 'ac3'),
  soundInMatroska('E-AC-3 with six channels', 'eac3', '-ac', '6'),
  soundInMatroska('DTS', 'dca'),
  soundInMatroska('TrueHD', 'truehd'),
  soundInMatroska('MP3', 'libmp3lame'),
];

/** Sound alone. */
export const SOUNDS: OddFile[] = [
  alone('MP3', 'mp3', 'libmp3lame'),
  alone('FLAC', 'flac', 'flac'),
  alone('WAV of 16 bits', 'wav', 'pcm_s16le'),
  alone('WAV of 24 bits', 'wav', 'pcm_s24le'),
  alone('WAV of floating point', 'wav', 'pcm_f32le'),
  alone('AAC in MP4', 'm4a', 'aac'),
  alone('ALAC in MP4', 'm4a', 'alac'),
  alone('Ogg Vorbis', 'ogg', 'libvorbis'),
  alone('Ogg Opus', 'opus', 'libopus'),
  alone('bare AAC', 'aac', 'aac'),
];
