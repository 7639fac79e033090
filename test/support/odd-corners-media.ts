import { AAC, type FlashOptions, makeFlashes, PLAIN } from './flash-and-beep.ts';
import { makeHeAac } from './he-aac.ts';
import { makeMedia } from './media.ts';
import {
  allKeys,
  allKeysMatroska,
  boxesOf,
  type OddFile,
  PRIMING,
  patched,
  vp9,
  withMatrix,
} from './odd-insides-media.ts';

/** More files with something odd: what surrounds the film, what says how long it is, and what it is made of. */

const clip = (extension: string, options?: FlashOptions, argv?: string[]) => makeFlashes(extension, options, argv);
const usual = { modes: 'copied encoded / copied', frames: 225, durationSec: 9 };
const inMatroska = { ...usual, zeroSec: PRIMING, durationSec: 9 + PRIMING };

/** The film behind another picture in stream order. */
async function behind(extension: string, picture: string, codec: string[], ...more: string[]): Promise<string> {
  const streams = ['-i', await clip('mp4'), '-map', '0:v', '-map', '1:v', '-map', '1:a', '-c', 'copy'];
  return makeMedia(extension, '-f', 'lavfi', '-i', picture, ...streams, ...codec, ...more);
}
async function before(extension: string, picture: string, codec: string[], ...more: string[]): Promise<string> {
  const streams = ['-i', await clip('mp4'), '-map', '1:v', '-map', '0:v', '-map', '1:a', '-c', 'copy'];
  return makeMedia(extension, '-f', 'lavfi', '-i', picture, ...streams, ...codec, ...more);
}
const GREY = 'color=gray:s=480x270:r=25:d=9';
const COVER = 'color=yellow:s=400x400:r=25:d=0.04';
const x264At = (n: number) => [`-c:v:${n}`, 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const jpegAt = (n: number) => [`-c:v:${n}`, 'mjpeg', '-pix_fmt', 'yuvj420p'];
const pngAt = (n: number) => [`-c:v:${n}`, 'png', '-pix_fmt', 'rgb24'];
const isDefault = (n: number) => ['-disposition:v', '0', `-disposition:v:${n}`, 'default'];

/** An MP4 whose headers all lie about its length, by so much. */
async function lyingMp4(factor: number): Promise<string> {
  return patched(await clip('mp4'), `lying-${factor}`, (bytes) => {
    const scale = (at: number) => bytes.writeUInt32BE(Math.round(bytes.readUInt32BE(at) * factor), at);
    for (const { bodyStart } of boxesOf(bytes, 'mvhd')) scale(bodyStart + 16);
    for (const { bodyStart } of boxesOf(bytes, 'mdhd')) scale(bodyStart + 16);
    for (const { bodyStart } of boxesOf(bytes, 'tkhd')) scale(bodyStart + 20);
    return bytes;
  });
}

/** Matroska's Duration (RFC 9559 section 5.1.2.10), a float of eight bytes as ffmpeg writes it. */
async function lyingMatroska(extension: string, factor: number, argv?: string[]): Promise<string> {
  return patched(await clip(extension, {}, argv), `lying-${factor}`, (bytes) => {
    const at = bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3;
    bytes.writeDoubleBE(bytes.readDoubleBE(at) * factor, at);
    return bytes;
  });
}

const ofEightChannels = ['-c:a', 'flac'];
/** The beeps in every channel of a layout, as loud as they go. */
const loud = (layout: string, channels: number) =>
  `pan=${layout}|${Array.from({ length: channels }, (_, n) => `c${n}=1.4*c0`).join('|')}`;
const layout = (name: string, channels: number): OddFile => ({
  ...usual,
  modes: 'copied encoded / encoded',
  make: () => clip('mkv', { soundFilters: loud(name, channels) }, [...PLAIN, ...ofEightChannels]),
  leastPeak: 0.4,
  mostPeak: 0.99,
});
const av1 = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '60', '-pix_fmt', 'yuv420p', '-b:v', '300k'];

const encodedOnly = { ...usual, modes: 'encoded / copied' };

export const oddCorners: Record<string, OddFile> = {
  'mirrored sides': {
    ...encodedOnly,
    make: () => withMatrix(clip('mp4'), -1, 0, 0, 1),
    red: 'upper right',
  },
  'up and down mirrored': {
    ...encodedOnly,
    make: () => withMatrix(clip('mp4'), 1, 0, 0, -1),
    red: 'lower left',
    why: /stored mirrored/,
  },
  'a mirrored picture that is turned as well': {
    ...encodedOnly,
    make: () => withMatrix(clip('mp4'), 0, 1, 1, 0),
    size: '144x256',
  },
  'another picture before it, which is not the default': {
    ...inMatroska,
    make: () => behind('mkv', GREY, x264At(0), ...isDefault(1)),
  },
  'another picture before it, which is not the default, in MP4': {
    ...usual,
    make: () => behind('mp4', GREY, x264At(0), ...isDefault(1)),
  },
  'another picture behind it': {
    ...usual,
    make: () => before('mp4', GREY, x264At(1), ...isDefault(0)),
  },
  'another picture behind it in a transport stream': {
    ...usual,
    make: () => before('ts', 'color=gray:s=160x90:r=25:d=9', x264At(1)),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'a cover before it in MP4': { ...usual, make: () => behind('mp4', COVER, jpegAt(0)) },
  'a cover before it in Matroska': { ...inMatroska, make: () => behind('mkv', COVER, jpegAt(0)) },
  'a cover before it, by default, in Matroska': {
    ...inMatroska,
    make: () => behind('mkv', COVER, pngAt(0), ...isDefault(0)),
  },
  'a cover behind it in MP4': { ...usual, make: () => before('mp4', COVER, pngAt(1)) },
  'a cover behind it in Matroska': { ...inMatroska, make: () => before('mkv', COVER, jpegAt(1)) },
  'a time code track': {
    ...usual,
    make: () => clip('mov', {}, [...PLAIN, ...AAC, '-timecode', '01:00:00:00']),
  },
  'ten times its length declared': { ...usual, make: () => lyingMp4(10) },
  'a tenth of its length declared': { ...usual, make: () => lyingMp4(0.1) },
  'ten times its length declared in Matroska': { ...inMatroska, make: () => lyingMatroska('mkv', 10) },
  'a tenth of its length declared in Matroska': { ...inMatroska, make: () => lyingMatroska('mkv', 0.1) },
  'no length declared in Matroska': {
    ...inMatroska,
    make: () => clip('mkv', {}, [...PLAIN, ...AAC, '-live', '1']),
  },
  'no length declared in WebM': {
    ...usual,
    modes: 'copied encoded / encoded copied',
    make: () => clip('webm', {}, [...vp9, '-c:a', 'libopus', '-live', '1']),
    zeroSec: 0.007,
    soundZeroSec: 0,
    durationSec: 9.007,
  },
  'no length declared in FLV': {
    ...usual,
    make: () => clip('flv', {}, [...PLAIN, ...AAC, '-flvflags', 'no_duration_filesize']),
    zeroSec: PRIMING,
    durationSec: 9 + PRIMING,
  },
  'no length declared in fragmented MP4': {
    ...usual,
    make: () =>
      clip('mp4', {}, [...PLAIN, ...AAC, '-movflags', 'empty_moov+default_base_moof+frag_keyframe+skip_trailer']),
    zeroSec: 0.08,
    soundZeroSec: PRIMING,
    durationSec: 9.08,
  },
  '119.88 frames a second': {
    ...usual,
    make: () =>
      clip('mp4', { rate: '120', seconds: 5, filters: 'settb=1/120000,setpts=N*1001' }, [
        ...[...PLAIN, '-g', '240', '-fps_mode', 'vfr', '-enc_time_base', '1:120000'],
        ...['-video_track_timescale', '120000', ...AAC],
      ]),
    flashesSec: [1.001, 3.003],
    seconds: 5,
    frames: 600,
    encodedFrames: 300,
    durationSec: 5.005,
  },
  '120 frames a second': {
    ...usual,
    make: () => clip('mp4', { rate: '120', seconds: 5 }, [...PLAIN, '-g', '240', ...AAC]),
    seconds: 5,
    frames: 600,
    encodedFrames: 300,
    durationSec: 5,
  },
  'HE-AAC': { ...usual, make: () => makeHeAac('mp4', 'explicit'), soundToleranceSec: 0.045 },
  'HE-AAC that ends before its picture': {
    ...usual,
    modes: 'copied encoded / encoded',
    make: () => makeHeAac('mp4', 'compatible', { soundFilters: 'atrim=end=3.5' }),
    beepsSec: [1, 3],
    soundSec: 9,
    soundToleranceSec: 0.045,
  },
  'one channel': {
    ...usual,
    make: () => clip('mp4', {}, [...PLAIN, ...AAC, '-ac', '1']),
  },
  '2.1 channels': layout('2.1', 3),
  '3.0 channels': layout('3.0', 3),
  '4.0 channels': layout('4.0', 4),
  '5.0 channels': layout('5.0', 5),
  '6.1 channels': layout('6.1', 7),
  '7.1 channels': layout('7.1', 8),
  'every frame of VP9 called a key frame': {
    ...usual,
    modes: 'copied encoded / encoded copied',
    make: () => allKeysMatroska(clip('webm', {}, [...vp9, '-g', '60', '-c:a', 'libopus'])),
    allKeys: true,
    zeroSec: 0.007,
    soundZeroSec: 0,
    durationSec: 9.007,
  },
  'every frame of VP9 called a key frame in MP4': {
    ...usual,
    make: () => allKeys(clip('mp4', {}, [...vp9, '-g', '60', ...AAC])),
    allKeys: true,
  },
  'every frame of AV1 called a key frame': {
    ...usual,
    modes: 'copied encoded / encoded copied',
    make: () => allKeysMatroska(clip('webm', {}, [...av1, '-c:a', 'libopus'])),
    allKeys: true,
    zeroSec: 0.007,
    soundZeroSec: 0,
    durationSec: 9.007,
  },
  'every frame of AV1 called a key frame in MP4': {
    ...usual,
    make: () => allKeys(clip('mp4', {}, [...av1, ...AAC])),
    allKeys: true,
  },
};
