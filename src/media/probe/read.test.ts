import { describe, expect, test } from 'vitest';
import { Problem } from '../../core/problem.ts';
import type { Container } from '../types.ts';
import { readProbe } from './read.ts';

const mp4: Container = { name: 'mp4', demuxer: 'mov', mime: 'video/mp4', extension: 'mp4' };
const mp3: Container = { name: 'mp3', demuxer: 'mp3', mime: 'audio/mpeg', extension: 'mp3' };
const format = { duration: '60.5', start_time: '0.000000', bit_rate: '2000000' };
const picture = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  profile: 'High',
  level: 40,
  width: 1920,
  height: 1080,
  pix_fmt: 'yuv420p',
  avg_frame_rate: '25/1',
  r_frame_rate: '25/1',
};
const sound = { index: 1, codec_type: 'audio', codec_name: 'aac', profile: 'LC', channels: 2, sample_rate: '48000' };

const probe = (streams: object[], more: object = {}, container = mp4) =>
  readProbe({ format, streams, ...more }, container);
const firstVideo = (more: object) => probe([{ ...picture, ...more }]).video[0]!;

test('a film as ffprobe tells of it', () => {
  const info = probe(
    [
      {
        ...picture,
        has_b_frames: 2,
        bit_rate: '1800000',
        disposition: { default: 1 },
        start_time: '0.083333',
        tags: { language: 'eng' },
      },
      { ...sound, bit_rate: '128000', tags: { language: 'ger', title: ' Deutsch\n' } },
      { index: 2, codec_type: 'subtitle', codec_name: 'subrip', disposition: { forced: 1 }, tags: { language: 'und' } },
      { index: 3, codec_type: 'subtitle', codec_name: 'hdmv_pgs_subtitle' },
      { index: 4, codec_type: 'data', codec_name: 'bin_data' },
    ],
    {
      format: { ...format, tags: { TITLE: 'A\u0007 film\u202e' } },
      chapters: [{ start_time: '0.0', end_time: '30.25', tags: { title: 'One' } }],
    },
  );
  expect(info).toMatchObject({ durationSec: 60.5, startSec: 0, bitrateKbps: 2000, title: 'A film', covers: [] });
  expect(info.video).toMatchObject([
    {
      index: 0,
      codec: 'h264',
      frameRate: 25,
      reorderFrames: 2,
      bitrateKbps: 1800,
      startSec: 0.083333,
      isDefault: true,
      language: 'en',
    },
  ]);
  expect(info.audio).toMatchObject([
    { index: 1, ordinal: 0, channels: 2, sampleRate: 48_000, bitrateKbps: 128, language: 'de', title: 'Deutsch' },
  ]);
  expect(info.subtitles).toMatchObject([
    { index: 2, ordinal: 0, isText: true, isForced: true, language: null },
    { index: 3, ordinal: 1, isText: false, isForced: false },
  ]);
  expect(info.chapters).toEqual([{ startMs: 0, endMs: 30_250, title: 'One' }]);
});

test('an encrypted film is told from a damaged one', () => {
  const encrypted = { ...picture, tags: { enc_key_id: 'bm90aGluZw==' } };
  expect(() => probe([encrypted, sound])).toThrow(/This file is encrypted \(DRM\)/);
});

describe('upright, in square pixels, even', () => {
  const turned = (rotation: unknown) => ({ side_data_list: [{ side_data_type: 'Display Matrix', rotation }] });
  test.each<[string, object, [rotation: number, width: number, height: number]]>([
    ['plain', {}, [0, 1920, 1080]],
    ['a phone held upright', turned(-90), [90, 1080, 1920]],
    ['turned the other way', turned(90), [270, 1080, 1920]],
    ['upside down', turned(180), [180, 1920, 1080]],
    ['upside down, said otherwise', turned(-180), [180, 1920, 1080]],
    ['nearly a quarter', turned(-89.98), [90, 1080, 1920]],
    ['old tag, clockwise', { tags: { rotate: '90' } }, [90, 1080, 1920]],
    ['the matrix wins', { ...turned(0), tags: { rotate: '90' } }, [0, 1920, 1080]],
    ['nonsense', turned('N/A'), [0, 1920, 1080]],
    ['PAL wide', { width: 720, height: 576, sample_aspect_ratio: '64:45' }, [0, 1024, 576]],
    ['narrow pixels', { width: 720, height: 480, sample_aspect_ratio: '8:9' }, [0, 720, 540]],
    ['unknown shape', { sample_aspect_ratio: '0:1' }, [0, 1920, 1080]],
    ['absurd shape', { sample_aspect_ratio: '9999:1' }, [0, 1920, 1080]],
    ['odd', { width: 1001, height: 563 }, [0, 1000, 562]],
    [
      'turned with wide pixels',
      { width: 720, height: 576, sample_aspect_ratio: '64:45', ...turned(-90) },
      [90, 576, 1024],
    ],
  ])('%s', (_, more, [rotation, width, height]) => {
    expect(firstVideo(more)).toMatchObject({ rotation, width, height });
  });

  const row = (n: number, ...numbers: number[]) =>
    `0000000${n}: ${numbers.map((x) => String(x).padStart(12)).join('')}\n`;
  test.each([
    ['upright', [65536, 0, 0, 65536], undefined],
    ['turned', [0, 65536, -65536, 0], undefined],
    ['mirrored', [-65536, 0, 0, 65536], true],
    ['upside down in a mirror', [65536, 0, 0, -65536], true],
    ['mirrored and turned', [0, 65536, 65536, 0], true],
  ] as const)('%s, by the whole matrix', (_, [a, b, c, d], mirrored) => {
    const displaymatrix = `\n${row(0, a, b, 0)}${row(1, c, d, 0)}${row(2, 0, 0, 1073741824)}`;
    expect(firstVideo({ side_data_list: [{ displaymatrix, rotation: 0 }] }).mirrored).toBe(mirrored);
  });
});

test.each<[string, object, object]>([
  ['NTSC', { avg_frame_rate: '30000/1001' }, { frameRate: 30_000 / 1001 }],
  ['a clock for a frame rate', { avg_frame_rate: '90000/1', r_frame_rate: '90000/1' }, { frameRate: null }],
  ['only the base rate known', { avg_frame_rate: '0/0', r_frame_rate: '24/1' }, { frameRate: 24 }],
  ['ten bits', { pix_fmt: 'yuv420p10le' }, { bitDepth: 10, chroma: '420' }],
  ['ten bits of hardware', { pix_fmt: 'p010le' }, { bitDepth: 10, chroma: '420' }],
  ['4:2:2, twelve bits', { pix_fmt: 'yuv422p12le' }, { bitDepth: 12, chroma: '422' }],
  ['4:4:4', { pix_fmt: 'yuv444p' }, { bitDepth: 8, chroma: '444' }],
  ['full range', { pix_fmt: 'yuvj420p' }, { bitDepth: 8, chroma: '420' }],
  ['RGB', { pix_fmt: 'gbrp', color_space: 'gbr' }, { chroma: 'other', colorSpace: 'gbr', hasAlpha: false }],
  ['transparent ProRes', { pix_fmt: 'yuva444p12le' }, { bitDepth: 12, chroma: '444', hasAlpha: true }],
  ['transparent VP9', { codec_name: 'vp9', tags: { alpha_mode: '1' } }, { hasAlpha: true }],
  ['HDR10', { color_transfer: 'smpte2084' }, { range: 'pq' }],
  ['HLG', { color_transfer: 'arib-std-b67' }, { range: 'hlg' }],
  ['interlaced', { field_order: 'tt' }, { interlaced: true }],
  ['progressive', { field_order: 'progressive' }, { interlaced: false }],
  [
    'values that are not there',
    { profile: 'unknown', level: -99, pix_fmt: 'unknown', start_time: 'N/A' },
    { profile: null, level: null, pixelFormat: null, startSec: 0 },
  ],
])('reads pictures: %s', (_, more, expected) => {
  expect(firstVideo(more)).toMatchObject(expected);
});

test.each<[string, object, Container, object]>([
  ['attached picture', { disposition: { attached_pic: 1 } }, mp4, { covers: [0], video: [] }],
  ['still in a sound file', { codec_name: 'png' }, mp3, { covers: [0], video: [] }],
  ['one JPEG in an MP4', { codec_name: 'mjpeg', nb_frames: '1' }, mp4, { covers: [0], video: [] }],
  ['a film of JPEGs', { codec_name: 'mjpeg', nb_frames: '900' }, mp4, { covers: [], video: [{ codec: 'mjpeg' }] }],
])('covers: %s', (_, more, container, expected) => {
  expect(probe([{ ...picture, ...more }, sound], {}, container)).toMatchObject(expected);
});

test('counts covers among the video streams of the file', () => {
  const info = probe([
    { ...picture, disposition: { attached_pic: 1 } },
    { ...picture, index: 1 },
  ]);
  expect(info.video).toMatchObject([{ index: 1, ordinal: 1 }]);
});

test('takes at most 64 tracks of a kind', () => {
  const many = Array.from({ length: 3000 }, (_, n) => [
    { ...picture, index: 2 * n },
    { ...sound, index: 2 * n + 1 },
  ]).flat();
  const info = probe(many);
  expect([info.video.length, info.audio.length]).toEqual([64, 64]);
});

test.each<[string, unknown, RegExp]>([
  ['nothing', null, /neither a picture nor sound/],
  ['no streams', { format, streams: [] }, /neither a picture nor sound/],
  [
    'only subtitles',
    { format, streams: [{ index: 0, codec_type: 'subtitle', codec_name: 'subrip' }] },
    /neither a picture nor sound/,
  ],
  ['a stream of no size', { format, streams: [{ ...picture, width: 0 }] }, /neither a picture nor sound/],
  ['nonsense', { format: 7, streams: 'x' }, /neither a picture nor sound/],
  ['a giant', { format, streams: [{ ...picture, width: 20_000 }] }, /20000 x 1080/],
  ['no length', { format: { duration: 'N/A' }, streams: [picture] }, /how long/],
  ['negative length', { format: { duration: '-3' }, streams: [picture] }, /how long/],
  ['years', { format: { duration: '9000000' }, streams: [picture] }, /declares a length of 2,500 hours/],
])('refuses %s', (_, json, detail) => {
  try {
    readProbe(json, mp4);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ type: 'media-unplayable', status: 422, detail: expect.stringMatching(detail) });
  }
});

test("a length only its tracks know is the longest track's", () => {
  expect(probe([picture, { ...sound, duration: '12.25' }], { format: {} }).durationSec).toBe(12.25);
});

test('never throws anything but its problem', () => {
  const odd = [undefined, null, -1, 'N/A', '', {}, [], 1e99, Number.NaN, true];
  for (const key of [
    ...Object.keys(picture),
    'tags',
    'disposition',
    'side_data_list',
    'sample_aspect_ratio',
    'start_time',
    'bit_rate',
  ]) {
    for (const value of odd) {
      const info = probe([{ ...picture, [key]: value }, sound]);
      expect(info.audio).toHaveLength(1);
    }
  }
});

test('Dolby Vision by its configuration record', () => {
  const record = { side_data_type: 'DOVI configuration record', dv_profile: 5, rpu_present_flag: 1 };
  expect(firstVideo({ side_data_list: [record] }).dolbyVision).toBe(5);
  expect(firstVideo({ side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }] })).not.toHaveProperty(
    'dolbyVision',
  );
});

test('the first picture shown, where packets tell', () => {
  const packets = [
    { stream_index: 0, pts_time: '-0.4', flags: 'KD' },
    { stream_index: 0, pts_time: '0.02', flags: '__' },
  ];
  const [track] = probe([{ ...picture, start_time: '0.5' }], { packets }).video;
  expect(track).toMatchObject({ startSec: 0.02, firstPacketSec: -0.4 });
});
