import { readFileSync, writeFileSync } from 'node:fs';
import { listBoxes } from '../../src/media/container/boxes.ts';
import { AAC, type FlashOptions, H264, makeFlashes, PLAIN } from './flash-and-beep.ts';
import { makeMedia } from './media.ts';

/** Small files with something odd inside, each made once. All flash and beep at 1 s, 3 s, 5 s ... of their own content. */
export interface OddFile {
  make: () => Promise<string>;
  /** How its renditions are made, pictures first: "copied encoded / copied". */
  modes: string;
  /** When the content's time zero is presented; where sound and picture were put apart, each its own. */
  zeroSec?: number;
  soundZeroSec?: number;
  /** Of content: 9 unless told. */
  seconds?: number;
  beepsSec?: number[];
  /** How bright a white frame is once it is encoded, of 255: 230 unless told. */
  leastWhite?: number;
  /** How long the sound goes on, silence included. */
  soundSec?: number;
  /** Of the sound, 1 being full scale. */
  leastPeak?: number;
  mostPeak?: number;
  /** Where it is shown earlier than it was meant. */
  firstFrameSec?: number;
  /** Where no frame lies at every odd second. */
  flashesSec?: number[];
  frames: number;
  /** Where it is not the same number: 240 frames a second become 60. */
  encodedFrames?: number;
  /** Decoded once more in encoded pictures, to hold the last picture in a segment where none begins. */
  heldFrames?: number;
  /** The container calls every frame a key frame: cuts have to be where a decoder finds one. */
  allKeys?: true;
  /** Decoded in copies, but shown for no time at all. */
  hiddenFrames?: number;
  durationSec: number;
  /** Where the red quarter is: upper left unless turned. */
  red?: 'upper left' | 'upper right' | 'lower left' | 'lower right';
  /** Of the encoded picture. */
  size?: string;
  /** A sentence some rendition gives as its reason. */
  why?: RegExp;
  /** Whether it is played from a copy with another clock. */
  repaired?: boolean;
  /** Where the last packet of a part ends is not told: the next part begins within so much of it. */
  looseSec?: number;
  /** How exactly sound is in step; coarser for codecs whose delay the container does not tell. */
  soundToleranceSec?: number;
}

const clip = (extension: string, options?: FlashOptions, argv?: string[]) => makeFlashes(extension, options, argv);
/** AAC begins with a frame that only primes the decoder; what has no edit list counts it. */
export const PRIMING = 1024 / 48_000;
const VARIABLE = [...PLAIN, '-fps_mode', 'vfr', ...AAC];
const unsteady = { filters: "select='not(mod(n,25))+gt(mod(n*7,11),4)'" };
const HOLE = { seconds: 17, filters: "select='lt(t,3.5)+gte(t,12.9)'" };
const x264 = (params: string) => [...H264, '-g', '50', '-x264-params', params, ...AAC];
const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'];
const X265_OPEN = 'log-level=none:keyint=50:min-keyint=50:scenecut=0:open-gop=1:bframes=3';
/** White at 203 cd/m² is at so much of the whole range: 0.58 in SMPTE ST 2084, 0.75 in HLG (ITU-R BT.2408). */
const whiteAt = (share: number) =>
  `format=yuv420p10le,lutyuv=y='64+(val-64)*${share}':u='512+(val-512)*${share}':v='512+(val-512)*${share}'`;
const hdr = (transfer: string) => [
  ...[...x265.slice(0, 4), '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1'],
  ...['-x265-params', 'log-level=none:keyint=50:scenecut=0'],
  ...['-color_primaries', 'bt2020', '-color_trc', transfer, '-colorspace', 'bt2020nc', ...AAC],
];
export const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-b:v', '300k'];

/** Writes a changed copy of a file beside it. */
export function patched(path: string, name: string, change: (bytes: Buffer) => Buffer): string {
  const target = path.replace(/\.(\w+)$/, `-${name}.$1`);
  writeFileSync(target, change(Buffer.from(readFileSync(path))));
  return target;
}

/** All boxes of a type, however deep. */
export function boxesOf(
  bytes: Buffer,
  type: string,
  start = 0,
  end = bytes.length,
): { bodyStart: number; start: number }[] {
  return listBoxes(bytes, start, end).flatMap((box) => {
    if (box.type === type) return [box];
    const isContainer = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts'].includes(box.type);
    return isContainer ? boxesOf(bytes, type, box.bodyStart, box.end) : [];
  });
}

/** Sets the matrix of the first track: it is to be turned clockwise by this much (14496-12 section 8.3.2). */
export async function turned(path: Promise<string>, degrees: 90 | 180 | 270): Promise<string> {
  const [a, b, c, d] = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] }[degrees] as number[];
  return withMatrix(path, a!, b!, c!, d!);
}

/** Sets the four numbers of the first track's matrix that turn, mirror and scale. */
export async function withMatrix(path: Promise<string>, a: number, b: number, c: number, d: number): Promise<string> {
  return patched(await path, `matrix-${[a, b, c, d].join('_')}`, (bytes) => {
    const [tkhd] = boxesOf(bytes, 'tkhd');
    const at = tkhd!.bodyStart + 40;
    for (const [n, value] of [a, b, 0, c, d].entries()) bytes.writeInt32BE(value * 0x10000, at + n * 4);
    return bytes;
  });
}

/** Says that every frame is a key frame: a table of those that are makes the others none, so it is renamed. */
export async function allKeys(path: Promise<string>): Promise<string> {
  return patched(await path, 'all-keys', (bytes) => {
    for (const stss of boxesOf(bytes, 'stss')) bytes.write('free', stss.start + 4, 'latin1');
    return bytes;
  });
}

/** Marks every SimpleBlock of the first track as a key frame (RFC 9559 section 10.2). */
export async function allKeysMatroska(path: Promise<string>): Promise<string> {
  return patched(await path, 'all-keys', (bytes) => {
    const lengthOf = (at: number) => Math.clz32(bytes[at]!) - 23;
    const walk = (start: number, end: number) => {
      for (let at = start; at < end; ) {
        const idLength = lengthOf(at);
        const id = bytes.readUIntBE(at, idLength);
        const length = lengthOf(at + idLength);
        let size = bytes[at + idLength]! & (0xff >> length);
        for (let n = 1; n < length; n++) size = size * 256 + bytes[at + idLength + n]!;
        const body = at + idLength + length;
        if (id === 0x18538067 || id === 0x1f43b675) walk(body, Math.min(end, body + size));
        else if (id === 0xa3 && bytes[body] === 0x81) bytes[body + 3]! |= 0x80;
        at = body + size;
      }
    };
    walk(0, bytes.length);
    return bytes;
  });
}

/** What is left when a transport stream is entered in the middle of a group of pictures. */
async function cutTs(path: Promise<string>, fromShare: number): Promise<string> {
  return patched(await path, 'cut', (bytes) => bytes.subarray(188 * Math.floor((bytes.length * fromShare) / 188)));
}

/** Files put one behind the other byte by byte. */
async function joined(parts: { extension: string; options: FlashOptions; argv?: string[] }[]): Promise<string> {
  const paths: string[] = [];
  for (const { extension, options, argv } of parts) paths.push(await clip(extension, options, argv));
  return patched(paths[0]!, 'joined', () => Buffer.concat(paths.map((path) => readFileSync(path))));
}

/** How long the sound of a clip is: whole frames of AAC, and the one that primes. */
const aacSec = (seconds: number) => ((Math.ceil((seconds * 48_000) / 1024) + 1) * 1024) / 48_000;
const LATER = [...PLAIN, ...AAC, '-output_ts_offset', '3600'];
const PART = { extension: 'ts', options: { seconds: 5 } };
const MPEG2 = ['-c:v', 'mpeg2video', '-bf', '2', '-b:v', '1M', '-c:a', 'mp2'];
const PROGRAM_PART = { extension: 'vob', options: { seconds: 5 }, argv: MPEG2 };
const PART_SEC = aacSec(5);
const oddSeconds = [1, 3]
  .flatMap((sec) => [0, 1, 2].map((part) => part * PART_SEC + PRIMING + sec))
  .sort((a, b) => a - b);

const usual = { modes: 'copied encoded / copied', frames: 225, durationSec: 9 };
const encodedOnly = { ...usual, modes: 'encoded / copied' };

export const oddFiles: Record<string, OddFile> = {
  'nothing odd': { ...usual, make: () => clip('mp4') },
  'variable frame rate': { ...usual, make: () => clip('mp4', unsteady, VARIABLE), frames: 126 },
  'variable frame rate in Matroska': {
    ...usual,
    make: () => clip('mkv', unsteady, VARIABLE),
    frames: 126,
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'one frame in five seconds': {
    ...usual,
    make: () => clip('mkv', { seconds: 30, rate: '1/5' }, [...PLAIN, '-g', '1', ...AAC]),
    seconds: 30,
    frames: 6,
    flashesSec: [5, 15, 25].map((sec) => sec + PRIMING),
    zeroSec: PRIMING,
    durationSec: 30 + PRIMING,
  },
  'turned by 90°': { ...encodedOnly, make: () => turned(clip('mp4'), 90), red: 'upper right', size: '144x256' },
  'turned by 180°': { ...encodedOnly, make: () => turned(clip('mp4'), 180), red: 'lower right' },
  'turned by 270°': { ...encodedOnly, make: () => turned(clip('mp4'), 270), red: 'lower left', size: '144x256' },
  'wide pixels': {
    ...usual,
    make: () => clip('mp4', { filters: 'setsar=2/1' }),
    size: '256x72',
  },
  'interlaced, upper field first': {
    ...encodedOnly,
    make: () =>
      clip('ts', { rate: '50', filters: 'interlace=scan=tff' }, [
        ...H264,
        ...['-flags', '+ildct+ilme', '-x264opts', 'tff=1:weightp=0', '-bf', '2', '-g', '50', ...AAC],
      ]),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
    why: /interlaced/,
  },
  'interlaced MPEG-2, lower field first': {
    ...encodedOnly,
    make: () =>
      clip('mkv', { rate: '50', filters: 'interlace=scan=bff' }, [
        ...['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', '0', '-b:v', '2M', '-g', '25', '-bf', '2', ...AAC],
      ]),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
    why: /interlaced/,
  },
  'odd sides': {
    ...usual,
    modes: 'copied encoded / encoded copied',
    make: () => clip('webm', { size: '321x181' }, [...vp9, '-c:a', 'libopus']),
    zeroSec: 0.007,
    soundZeroSec: 0,
    durationSec: 9.007,
  },
  'entered in the middle of a group of pictures': {
    ...usual,
    make: () => cutTs(clip('ts', {}, [...PLAIN, '-b:v', '400k', ...AAC]), 0.15),
    frames: 175,
    zeroSec: -1.0667,
    durationSec: 7.933,
  },
  'every frame called a key frame': {
    ...usual,
    make: () => allKeys(clip('mp4', {}, [...PLAIN, '-g', '60', ...AAC])),
    allKeys: true,
  },
  'every frame called a key frame in Matroska': {
    ...usual,
    make: () => allKeysMatroska(clip('mkv', {}, [...PLAIN, '-g', '60', ...AAC])),
    allKeys: true,
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'recovery points instead of IDR pictures': {
    ...usual,
    make: () => clip('mp4', { seconds: 13 }, x264('open-gop=1:bframes=3:scenecut=0')),
    seconds: 13,
    frames: 325,
    durationSec: 13,
    why: /over 10 s apart/,
  },
  'HEVC with open groups': {
    ...usual,
    make: () => clip('mp4', {}, [...x265, '-x265-params', X265_OPEN, ...AAC]),
  },
  'trimmed by an edit list': {
    ...usual,
    make: async () => makeMedia('mp4', '-ss', '0.8', '-i', await clip('mp4'), '-c', 'copy', '-map_metadata', '-1'),
    frames: 205,
    hiddenFrames: 20,
    zeroSec: -0.8,
    durationSec: 8.2,
  },
  'at five hours': {
    ...usual,
    make: () => clip('ts', {}, [...PLAIN, ...AAC, '-output_ts_offset', '18000']),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'from three seconds on': {
    ...usual,
    make: () => clip('mkv', {}, [...PLAIN, ...AAC, '-output_ts_offset', '3']),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'picture half a second after sound': {
    ...usual,
    make: () => clip('mp4', { pictureDelaySec: 0.5 }),
    frames: 238,
    zeroSec: 0.52,
    soundZeroSec: 0,
    durationSec: 9.52,
  },
  'picture three seconds after sound': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => clip('mkv', { pictureDelaySec: 3 }),
    zeroSec: 3 + PRIMING,
    soundZeroSec: PRIMING,
    firstFrameSec: 0,
    soundSec: 12 + PRIMING,
    durationSec: 12 + PRIMING,
    why: /sound ends before the picture/,
  },
  'sound half a second after picture': {
    ...usual,
    make: () => clip('mp4', { soundDelaySec: 0.49 }),
    soundZeroSec: 0.49,
  },
  'sound three seconds after picture': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => clip('ts', { soundDelaySec: 3 }),
    soundZeroSec: 3,
    durationSec: 12.003,
    why: /silence is put before it/,
  },
  'sound that begins twelve seconds in': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () =>
      clip('ts', { seconds: 17, soundFilters: 'atrim=end=5', soundDelaySec: 12 }, [...PLAIN, '-b:v', '3M', ...AAC]),
    seconds: 17,
    frames: 425,
    beepsSec: [13, 15],
    durationSec: 17,
  },
  'a clock that wraps around': {
    ...usual,
    make: () => clip('ts', {}, [...PLAIN, ...AAC, '-output_ts_offset', '95440']),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'a clock that jumps an hour ahead and back again': {
    ...usual,
    make: () => joined([PART, { ...PART, argv: LATER }, PART]),
    frames: 375,
    flashesSec: oddSeconds,
    beepsSec: oddSeconds,
    durationSec: 2 * PART_SEC + 5 + PRIMING,
    repaired: true,
    looseSec: 0.008,
  },
  'a program stream of two parts': {
    ...encodedOnly,
    modes: 'encoded / encoded',
    make: () => joined([PROGRAM_PART, PROGRAM_PART]),
    frames: 250,
    flashesSec: [1, 3, 6, 8],
    beepsSec: [1, 3, 6, 8],
    durationSec: 10,
    repaired: true,
    looseSec: 0.03,
  },
  'MPEG-4 with B-frames in AVI': {
    ...encodedOnly,
    modes: 'encoded / encoded',
    make: () => clip('avi', {}, ['-c:v', 'mpeg4', '-bf', '2', '-b:v', '1M', '-g', '50', '-c:a', 'pcm_s16le']),
  },
  'H.264 with B-frames in AVI': {
    ...encodedOnly,
    modes: 'encoded / encoded',
    make: () => clip('avi', {}, [...PLAIN, '-c:a', 'pcm_s16le']),
  },
  'sound much shorter than its picture': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => clip('mp4', { soundFilters: 'atrim=end=3.5' }),
    beepsSec: [1, 3],
    soundSec: 9,
    why: /silence is put behind it/,
  },
  'sound longer than its picture': {
    ...usual,
    make: () => clip('mp4', { seconds: 13, filters: 'trim=end=7' }),
    seconds: 13,
    frames: 175,
    flashesSec: [1, 3, 5],
    durationSec: 13,
  },
  'one frame for all of its sound': {
    ...usual,
    make: () => clip('mp4', { filters: 'trim=end_frame=1' }),
    frames: 1,
    flashesSec: [],
  },
  'a hole of nine seconds': {
    ...usual,
    make: () => clip('mp4', HOLE, VARIABLE),
    seconds: 17,
    frames: 190,
    heldFrames: 76,
    flashesSec: [1, 3, 13, 15],
    durationSec: 17,
  },
  'a hole of nine seconds where browsers cannot play the pictures': {
    ...encodedOnly,
    make: () =>
      clip('mkv', HOLE, [...['-c:v', 'mpeg2video', '-bf', '2', '-b:v', '1M', '-g', '50'], '-fps_mode', 'vfr', ...AAC]),
    seconds: 17,
    frames: 190,
    heldFrames: 76,
    flashesSec: [1, 3, 13, 15].map((sec) => sec + PRIMING),
    zeroSec: PRIMING,
    durationSec: 17 + PRIMING,
  },
  'a third of a second': {
    ...usual,
    make: () => clip('mp4', { seconds: 0.3 }),
    seconds: 0,
    frames: 8,
    durationSec: 0.32,
  },
  '240 frames a second': {
    ...usual,
    make: () => clip('mp4', { rate: '240', seconds: 3.2 }, [...PLAIN, '-g', '240', ...AAC]),
    seconds: 3.2,
    frames: 768,
    encodedFrames: 192,
    durationSec: 3.2,
  },
  'six loud channels': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () =>
      clip('mkv', { soundFilters: 'pan=5.1|FL=1.3*c0|FR=1.3*c0|FC=1.3*c0|BL=1.3*c0|BR=1.3*c0' }, [
        ...PLAIN,
        '-c:a',
        'flac',
      ]),
    mostPeak: 0.99,
  },
  'dialogue in the centre alone': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => clip('mkv', { soundFilters: 'pan=7.1|FC=c0' }, [...PLAIN, '-c:a', 'flac']),
    leastPeak: 0.4,
  },
  'three channels of no known place': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => clip('mkv', { soundFilters: 'pan=3c|c0=c0|c1=c0|c2=c0' }, [...PLAIN, '-c:a', 'pcm_s16le']),
    leastPeak: 0.4,
    mostPeak: 0.99,
  },
  HDR10: { ...usual, make: () => clip('mp4', { filters: whiteAt(0.58) }, hdr('smpte2084')), leastWhite: 195 },
  HLG: { ...usual, make: () => clip('mp4', { filters: whiteAt(0.75) }, hdr('arib-std-b67')), leastWhite: 195 },
  'full range': {
    ...usual,
    make: () =>
      clip('mp4', { filters: 'scale=out_range=pc,format=yuvj420p' }, [
        ...PLAIN.slice(0, -2),
        '-pix_fmt',
        'yuvj420p',
        ...AAC,
      ]),
  },
  RGB: {
    ...encodedOnly,
    make: () => clip('mkv', {}, ['-c:v', 'libx264rgb', '-preset', 'ultrafast', '-g', '50', ...AAC]),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'ten bits, 4:4:4 and transparency': {
    ...encodedOnly,
    modes: 'encoded / encoded',
    make: () =>
      clip('mov', { seconds: 5, filters: 'format=yuva444p10le' }, [
        ...[
          '-c:v',
          'prores_ks',
          '-profile:v',
          '4444',
          '-pix_fmt',
          'yuva444p10le',
          '-c:a',
          'pcm_s16le',
          '-timecode',
          '01:00:00:00',
        ],
      ]),
    seconds: 5,
    frames: 125,
    durationSec: 5,
  },
  'many reordered frames': {
    ...usual,
    make: () => clip('mp4', {}, x264('b-pyramid=normal:bframes=7:b-adapt=0:scenecut=0')),
  },
};
