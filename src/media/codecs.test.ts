import { expect, test } from 'vitest';
import { browserPlaysAudio, browserPlaysVideo, codecName, h264CodecString, h264Level } from './codecs.ts';
import { languageName } from './labels.ts';
import { languageTag } from './languages.ts';

test.each([
  [100, 0, 31, 'avc1.64001f'],
  [100, 0, 40, 'avc1.640028'],
  [66, 0xc0, 10, 'avc1.42c00a'],
])('profile %i, constraints %i, level %i: %s', (profile, constraint, level, expected) => {
  expect(h264CodecString(profile, constraint, level)).toBe(expected);
});

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
])('%i x %i at %i/s, %i kbit/s: level %i', (width, height, frameRate, peakKbps, level) => {
  expect(h264Level(width, height, frameRate, peakKbps)).toBe(level);
});

test.each<[string, string | null, object, string]>([
  ['h264', 'High', {}, 'universal'],
  ['h264', 'Constrained Baseline', {}, 'universal'],
  ['h264', null, {}, 'universal'],
  ['h264', 'High 10', { bitDepth: 10 }, 'none'],
  ['h264', 'High 4:2:2', { chroma: '422' }, 'none'],
  ['h264', 'Extended', {}, 'none'],
  ['h264', 'High', { interlaced: true }, 'none'],
  ['hevc', 'Main', {}, 'some'],
  ['hevc', 'Main 10', { bitDepth: 10 }, 'some'],
  ['hevc', 'Rext', { bitDepth: 12 }, 'none'],
  ['av1', 'Main', { bitDepth: 10 }, 'some'],
  ['av1', 'High', {}, 'none'],
  ['vp9', 'Profile 0', {}, 'some'],
  ['vp9', 'Profile 2', { bitDepth: 10 }, 'some'],
  ['vp9', 'Profile 1', { chroma: '444' }, 'none'],
  ['vp8', null, {}, 'none'],
  ['mpeg4', null, {}, 'none'],
])('browsers play %s %s %j: %s', (codec, profile, more, expected) => {
  expect(browserPlaysVideo({ codec, profile, bitDepth: 8, chroma: '420', interlaced: false, ...more })).toBe(expected);
});

test.each([
  ['aac', 'LC', 'universal'],
  ['aac', 'HE-AACv2', 'universal'],
  ['aac', 'Main', 'none'],
  ['opus', null, 'some'],
  ['ac3', null, 'some'],
  ['dts', null, 'none'],
  ['pcm_s16le', null, 'none'],
])('browsers play %s %s: %s', (codec, profile, expected) => {
  expect(browserPlaysAudio({ codec, profile })).toBe(expected);
});

test.each([
  ['hevc', 'HEVC'],
  ['pcm_s24be', 'PCM'],
  ['rv40', 'RV40'],
])('%s is called %s', (codec, name) => {
  expect(codecName(codec)).toBe(name);
});

test.each<[unknown, string | null, string | null]>([
  ['eng', 'en', 'English'],
  ['GER', 'de', 'German'],
  ['deu', 'de', 'German'],
  ['en-US', 'en-US', 'American English'],
  ['pt_br', 'pt-BR', 'Brazilian Portuguese'],
  ['chi', 'zh', 'Chinese'],
  ['grc', 'grc', 'Ancient Greek'],
  ['und', null, null],
  ['', null, null],
  ['English', null, null],
  ['en-!', 'en', 'English'],
  [7, null, null],
])('language %j is %s', (code, tag, name) => {
  expect(languageTag(code)).toBe(tag);
  expect(languageName(tag)).toBe(name);
});
