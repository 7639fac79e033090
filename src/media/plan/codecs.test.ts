import { expect, test } from 'vitest';
import { languageTag } from '../probe/languages.ts';
import { browserPlaysAudio, browserPlaysVideo, codecName, deliveredCodecString } from './codecs.ts';
import { languageName } from './labels.ts';

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
  ['mp4a.40.2', 'LC', 'mp4a.40.2'],
  ['mp4a.40.2', null, 'mp4a.40.2'],
  ['mp4a.40.2', 'HE-AAC', 'mp4a.40.5'],
  ['mp4a.40.2', 'HE-AACv2', 'mp4a.40.29'],
  ['mp4a.40.5', 'HE-AACv2', 'mp4a.40.29'],
  ['mp4a.40.5', 'LC', 'mp4a.40.5'],
  ['mp4a.40.29', 'HE-AACv2', 'mp4a.40.29'],
  ['hev1.1.6.L93.B0', 'Main', 'hvc1.1.6.L93.B0'],
])('%s that decodes as %s is delivered as %s', (codecString, profile, delivered) => {
  expect(deliveredCodecString(codecString, profile)).toBe(delivered);
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
