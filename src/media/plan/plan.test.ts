import { describe, expect, test } from 'vitest';
import type { AudioTrack, MediaInfo, VideoTrack } from '../types.ts';
import type { PlanInput } from './input.ts';
import { planRenditions } from './plan.ts';
import { primaryVideo } from './video.ts';

const settings: PlanInput['settings'] = {
  codecs: ['h264'],
  audioCodec: 'aac',
  heights: [1080, 720, 480],
  preset: 'veryfast',
  bitrateFactor: 1,
  audioKbps: 160,
};

const video = (more: Partial<VideoTrack> = {}): VideoTrack => ({
  kind: 'video',
  index: 0,
  ordinal: 0,
  codec: 'h264',
  profile: 'High',
  level: 40,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  chroma: '420',
  codedWidth: 1920,
  codedHeight: 1080,
  rotation: 0,
  width: 1920,
  height: 1080,
  frameRate: 25,
  interlaced: false,
  reorderFrames: 2,
  bitrateKbps: 6000,
  startSec: 0,
  range: 'sdr',
  colorSpace: 'bt709',
  hasAlpha: false,
  isDefault: true,
  language: null,
  ...more,
});

const audio = (more: Partial<AudioTrack> = {}): AudioTrack => ({
  kind: 'audio',
  index: 1,
  ordinal: 0,
  codec: 'aac',
  profile: 'LC',
  channels: 2,
  sampleRate: 48_000,
  bitrateKbps: 128,
  startSec: 0,
  language: 'en',
  title: null,
  isDefault: true,
  ...more,
});

const mp4: MediaInfo['container'] = { name: 'mp4', demuxer: 'mov', mime: 'video/mp4', extension: 'mp4' };

function plan(tracks: { video?: VideoTrack[]; audio?: AudioTrack[] }, more: Partial<PlanInput> = {}) {
  const info: MediaInfo = {
    container: mp4,
    durationSec: 60,
    startSec: 0,
    bitrateKbps: 6200,
    video: [],
    audio: [],
    subtitles: [],
    covers: [],
    chapters: [],
    title: null,
    ...tracks,
  };
  const copy = new Map(
    [...info.video, ...info.audio].map(({ index, codec }) => [index, { codecString: `${codec}.exact` }]),
  );
  return planRenditions({ info, copy, grids: { source: true, sparse: false }, settings, ...more });
}

/** One line for each rendition: what it is called, how it is made, of which codec, on which grid. */
const lines = (renditions: ReturnType<typeof plan>) =>
  renditions.map((r) => `${r.label} | ${r.mode} ${r.codec} ${r.grid}${r.kind === 'video' && r.alone ? ' alone' : ''}`);

describe('pictures', () => {
  test.each<[string, Partial<VideoTrack>, Partial<PlanInput>, string[]]>([
    [
      'plain H.264 needs no twin',
      {},
      {},
      ['1080p | copied h264 source', '720p | encoded h264 source', '480p | encoded h264 source'],
    ],
    [
      'heavy H.264 gets a lighter twin',
      { bitrateKbps: 40_000 },
      {},
      [
        '1080p H.264 original | copied h264 source',
        '1080p H.264 | encoded h264 source',
        '720p | encoded h264 source',
        '480p | encoded h264 source',
      ],
    ],
    [
      'larger than the ladder',
      { width: 3840, height: 2160, bitrateKbps: 15_000 },
      {},
      [
        '2160p | copied h264 source',
        '1080p | encoded h264 source',
        '720p | encoded h264 source',
        '480p | encoded h264 source',
      ],
    ],
    [
      'several codecs: the copy’s own size in a better one where that saves much',
      { bitrateKbps: 3200 },
      { settings: { ...settings, heights: [1080, 480], codecs: ['h264', 'av1'] } },
      [
        '1080p H.264 | copied h264 source',
        '1080p AV1 | encoded av1 source',
        '480p H.264 | encoded h264 source',
        '480p AV1 | encoded av1 source',
      ],
    ],
    [
      'several codecs: none of the copy’s own, nor one that saves little',
      { codec: 'hevc', profile: 'Main', bitrateKbps: 2000 },
      { settings: { ...settings, heights: [1080], codecs: ['hevc', 'vp9'] } },
      ['1080p | copied hevc source'],
    ],
    [
      'too small for AV1',
      { codec: 'mpeg4', width: 96, height: 60 },
      { settings: { ...settings, codecs: ['av1', 'h264'] } },
      ['60p | encoded h264 source'],
    ],
    [
      'too small for all that was asked for',
      { codec: 'mpeg4', width: 96, height: 60 },
      { settings: { ...settings, codecs: ['av1'] } },
      ['60p | encoded h264 source'],
    ],
    [
      'without H.264 there is none',
      { codec: 'mpeg2video', profile: 'Main' },
      { settings: { ...settings, heights: [480], codecs: ['av1', 'av1'] } },
      ['480p | encoded av1 source'],
    ],
    [
      'HEVC is offered both ways',
      { codec: 'hevc', profile: 'Main 10', bitDepth: 10 },
      {},
      [
        '1080p HEVC | copied hevc source',
        '1080p H.264 | encoded h264 source',
        '720p | encoded h264 source',
        '480p | encoded h264 source',
      ],
    ],
    [
      'key frames far apart',
      {},
      { grids: { source: true, sparse: true } },
      [
        'Original | copied h264 source alone',
        '1080p | encoded h264 regular',
        '720p | encoded h264 regular',
        '480p | encoded h264 regular',
      ],
    ],
    [
      'high frame rate is in the name',
      { frameRate: 59.94, height: 480, width: 854, bitrateKbps: 2000 },
      {},
      ['480p60 | copied h264 source'],
    ],
    ['small', { width: 320, height: 180, codec: 'mpeg4' }, {}, ['180p | encoded h264 source']],
    [
      'no grid',
      { width: 640, height: 480 },
      { grids: { source: false, sparse: false } },
      ['480p | encoded h264 regular'],
    ],
    ['turned', { rotation: 90, width: 480, height: 854 }, {}, ['480p | encoded h264 source']],
    ['cannot be cut', { width: 640, height: 480 }, { copy: new Map() }, ['480p | encoded h264 source']],
  ])('%s', (_, track, more, expected) => {
    expect(lines(plan({ video: [video(track)] }, more))).toEqual(expected);
  });

  test.each<[string, Partial<VideoTrack>, RegExp]>([
    ['copied', {}, /^Copied: H\.264 plays in every browser/],
    ['turned', { rotation: 270 }, /^Encoded: it is stored turned/],
    ['mirrored', { mirrored: true }, /^Encoded: it is stored mirrored/],
    ['interlaced', { interlaced: true }, /^Encoded: it is interlaced/],
    [
      'Dolby Vision alone',
      { codec: 'hevc', bitDepth: 10, dolbyVision: 5 },
      /^Encoded: it is Dolby Vision of profile 5/,
    ],
    ['transparent', { codec: 'vp9', hasAlpha: true }, /^Encoded: it has a transparent background/],
    [
      'ten bits',
      { bitDepth: 10, profile: 'High 10' },
      /^Encoded: browsers do not play H\.264 with 10 bits a colour\.$/,
    ],
    ['4:2:2', { chroma: '422' }, /^Encoded: browsers do not play H\.264 with 4:2:2 colour\.$/],
    ['VP8', { codec: 'vp8', profile: null }, /^Encoded: VP8 cannot be delivered/],
    ['MPEG-2', { codec: 'mpeg2video', profile: 'Main' }, /^Encoded: browsers do not play MPEG-2 Main\.$/],
    ['VP9', { codec: 'vp9', profile: 'Profile 0' }, /^Copied for browsers that play VP9/],
  ])('says why: %s', (_, track, why) => {
    expect(plan({ video: [video(track)] })[0]!.why).toMatch(why);
  });

  test('HDR stays in the copy and is mapped in what is encoded', () => {
    const [copied, encoded] = plan({
      video: [video({ codec: 'hevc', profile: 'Main 10', bitDepth: 10, range: 'pq' })],
    });
    expect(copied).toMatchObject({ mode: 'copied', range: 'pq', codecString: 'hevc.exact' });
    expect(encoded).toMatchObject({ mode: 'encoded', range: 'sdr', codecString: 'avc1.640028', level: 40 });
    expect(encoded!.why).toMatch(/HDR\) is mapped to what every screen shows\.$/);
  });

  test('HDR that is mapped only roughly says so', () => {
    const hdr = video({ codec: 'hevc', profile: 'Main 10', bitDepth: 10, range: 'pq' });
    const [, encoded] = plan({ video: [hdr] }, { lacking: new Set(['zscale']) });
    expect(encoded!.why).toMatch(/HDR.* a little off: this server's ffmpeg was built without zscale\.$/);
    const [, sdr] = plan({ video: [video({ codec: 'hevc', profile: 'Main' })] }, { lacking: new Set(['zscale']) });
    expect(sdr!.why).not.toContain('zscale');
  });

  test('the first default track is the picture, or else the largest', () => {
    const small = video({ index: 4, isDefault: false, width: 640, height: 360 });
    const large = video({ index: 5, isDefault: false });
    expect(primaryVideo([small, large])?.index).toBe(5);
    expect(primaryVideo([{ ...small, isDefault: true }, large])?.index).toBe(4);
    expect(primaryVideo([])).toBeNull();
  });
});

describe('sound', () => {
  test('one rendition a track, the default first, each with a label of its own', () => {
    const tracks = [
      audio({ isDefault: false, codec: 'ac3', profile: null, channels: 6, language: 'de' }),
      audio({ index: 2 }),
      audio({ index: 3, isDefault: false, title: 'Commentary' }),
      audio({ index: 4, isDefault: false, language: null, channels: 6 }),
      audio({ index: 5, isDefault: false }),
    ];
    const renditions = plan({ video: [video({ width: 640, height: 480, bitrateKbps: 2000 })], audio: tracks }).slice(1);
    expect(lines(renditions)).toEqual([
      'English | copied aac source',
      'German | encoded aac source',
      'Commentary | copied aac source',
      'Track 4 | encoded aac source',
      'Track 4 5.1 | copied aac source',
      'English (2) | copied aac source',
      'German AC-3 5.1 | copied ac3 source',
    ]);
    expect(renditions[1]).toMatchObject({
      codecString: 'mp4a.40.2',
      channels: 2,
      why: 'Encoded: AC-3 does not play in every browser.',
    });
    expect(renditions.map((r) => r.kind === 'audio' && r.isDefault)).toEqual([true, ...Array(6).fill(false)]);
  });

  test.each<[string, Partial<AudioTrack>, Partial<PlanInput>, object]>([
    [
      'mono stays mono',
      { codec: 'opus', channels: 1 },
      {},
      { mode: 'encoded', channels: 1, bitrateKbps: 80, sampleRate: 48_000 },
    ],
    ['HE-AAC is copied', { profile: 'HE-AAC' }, {}, { mode: 'copied', codecString: 'aac.exact' }],
    [
      'AAC that cannot be cut',
      {},
      { copy: new Map() },
      { mode: 'encoded', why: 'Encoded: the packager cannot cut AAC out of this MP4 file.' },
    ],
    ['PCM', { codec: 'pcm_s16le', profile: null }, {}, { why: 'Encoded: PCM does not play in every browser.' }],
    ['sound alone', {}, { grids: { source: false, sparse: false } }, { grid: 'regular' }],
  ])('%s', (_, track, more, expected) => {
    expect(plan({ audio: [audio(track)] }, more)[0]).toMatchObject(expected);
  });

  test.each([
    ['plain AAC', { codec: 'aac' }, ['English | copied aac']],
    ['Opus', { codec: 'opus' }, ['English | encoded aac', 'English Opus | copied opus']],
    ['E-AC-3 7.1', { codec: 'eac3', channels: 8 }, ['English | encoded aac', 'English E-AC-3 7.1 | copied eac3']],
    ['FLAC of a film', { codec: 'flac' }, ['English | encoded aac']],
    ['DTS', { codec: 'dts', channels: 6 }, ['English | encoded aac']],
  ])('%s', (_, track, expected) => {
    const sounds = plan({ video: [video()], audio: [audio({ profile: null, ...track })] }).filter(
      (rendition) => rendition.kind === 'audio',
    );
    expect(sounds.map(({ label, mode, codec }) => `${label} | ${mode} ${codec}`)).toEqual(expected);
    expect(new Set(sounds.map(({ isDefault }) => isDefault))).toEqual(new Set([true]));
  });

  test('FLAC alone is offered untouched', () => {
    expect(plan({ audio: [audio({ codec: 'flac', profile: null })] }).map(({ mode }) => mode)).toEqual([
      'encoded',
      'copied',
    ]);
  });

  test('at most sixteen tracks', () => {
    const tracks = Array.from({ length: 40 }, (_, n) => audio({ index: n, isDefault: false }));
    expect(plan({ audio: tracks })).toHaveLength(16);
  });
});
