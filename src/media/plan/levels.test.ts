import { expect, test } from 'vitest';
import { encodedCodecString } from './encoded-codecs.ts';
import { type EncodedCodec, levelFor } from './levels.ts';

test.each([
  [176, 144, 15, 64, 10],
  [426, 240, 30, 550, 21],
  [640, 360, 30, 1100, 30],
  [854, 480, 24, 1800, 30],
  [854, 480, 30, 1800, 31],
  [1280, 720, 30, 3800, 31],
  [1280, 720, 60, 5320, 32],
  [1920, 1080, 30, 6500, 40],
  [1920, 1080, 30, 40_000, 41],
  [1920, 1080, 60, 9100, 42],
  [2560, 1440, 30, 12_000, 50],
  [3840, 2160, 30, 24_000, 51],
  [3840, 2160, 60, 33_000, 52],
  [7680, 4320, 30, 60_000, 60],
  // Few blocks in all, but more across than the level's frame allows (section A.3.1).
  [2048, 64, 25, 500, 31],
  [16_384, 16_384, 240, 1e9, 62],
])('H.264: %i x %i at %i/s, %i kbit/s: level %i', (width, height, frameRate, peakKbps, level) => {
  expect(levelFor('h264', { width, height, frameRate, peakKbps })).toBe(level);
});

// As people count: 3.1 is level_idc 93 of HEVC and seq_level_idx 5 of AV1.
test.each<[EncodedCodec, number, number, number, number, number]>([
  ['hevc', 426, 240, 30, 385, 60],
  ['hevc', 640, 360, 30, 770, 63],
  ['hevc', 854, 480, 30, 1300, 90],
  ['hevc', 1280, 720, 30, 2660, 93],
  ['hevc', 1280, 720, 60, 3700, 120],
  ['hevc', 1920, 1080, 30, 4550, 120],
  ['hevc', 1920, 1080, 60, 6400, 123],
  ['hevc', 3840, 2160, 30, 16_800, 150],
  ['hevc', 3840, 2160, 60, 23_500, 153],
  ['hevc', 16_384, 16_384, 240, 1e9, 186],
  ['av1', 256, 144, 30, 150, 0],
  ['av1', 640, 360, 30, 660, 1],
  ['av1', 854, 480, 30, 1080, 4],
  ['av1', 1280, 720, 30, 2280, 5],
  ['av1', 1920, 1080, 30, 3900, 8],
  ['av1', 1920, 1080, 60, 5460, 9],
  ['av1', 3840, 2160, 30, 14_400, 12],
  ['av1', 3840, 2160, 60, 20_160, 13],
  ['vp9', 426, 240, 30, 440, 20],
  ['vp9', 640, 360, 30, 880, 21],
  ['vp9', 1280, 720, 30, 3040, 31],
  ['vp9', 1920, 1080, 30, 5200, 40],
  ['vp9', 1920, 1080, 60, 7280, 41],
  ['vp9', 3840, 2160, 60, 26_880, 51],
])('%s: %i x %i at %i/s, %i kbit/s: level %i', (codec, width, height, frameRate, peakKbps, level) => {
  expect(levelFor(codec, { width, height, frameRate, peakKbps })).toBe(level);
});

const hd = { pixelFormat: 'yuv420p', range: 'sdr', width: 1920, height: 1080 } as const;
const bt709 = { ...hd, colorSpace: 'bt709', colorPrimaries: 'bt709', colorTransfer: 'bt709' };
test.each<[EncodedCodec, number, object, string]>([
  ['h264', 31, bt709, 'avc1.64001f'],
  ['h264', 40, bt709, 'avc1.640028'],
  ['hevc', 93, bt709, 'hvc1.1.6.L93.90'],
  ['av1', 5, bt709, 'av01.0.05M.08'],
  ['av1', 12, bt709, 'av01.0.12M.08'],
  ['vp9', 31, bt709, 'vp09.00.31.08'],
  ['av1', 5, { ...hd, colorSpace: null }, 'av01.0.05M.08'],
  ['av1', 4, { ...hd, colorSpace: null, height: 480, width: 640 }, 'av01.0.04M.08.0.110.06.06.06.0'],
  ['av1', 5, { ...hd, colorSpace: 'bt709' }, 'av01.0.05M.08.0.110.02.02.01.0'],
  ['av1', 5, { ...bt709, colorPrimaries: 'smpte432' }, 'av01.0.05M.08.0.110.12.01.01.0'],
  ['av1', 5, { ...bt709, range: 'pq', colorSpace: 'bt2020nc', colorTransfer: 'smpte2084' }, 'av01.0.05M.08'],
  [
    'vp9',
    30,
    { ...hd, colorSpace: 'bt470bg', colorPrimaries: 'bt470bg', colorTransfer: 'gamma28' },
    'vp09.00.30.08.01.05.05.05.00',
  ],
])('codecs string of %s at level %i', (codec, level, source, expected) => {
  expect(encodedCodecString(codec, level, source as Parameters<typeof encodedCodecString>[2])).toBe(expected);
});
