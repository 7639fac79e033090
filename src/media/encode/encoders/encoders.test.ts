import { expect, test } from 'vitest';
import type { LadderSettings } from '../../types.ts';
import { encodable, encoderArgs, encoderFor } from './encoders.ts';

type Choice = Pick<LadderSettings, 'codecs' | 'audioCodec'>;

test.each<[string, string[] | null, Choice, Choice]>([
  [
    'everything',
    ['libx264', 'libsvtav1', 'libopus'],
    { codecs: ['h264', 'av1'], audioCodec: 'opus' },
    { codecs: ['h264', 'av1'], audioCodec: 'opus' },
  ],
  [
    'no AV1, no Opus',
    ['libx264', 'aac'],
    { codecs: ['av1', 'h264'], audioCodec: 'opus' },
    { codecs: ['h264'], audioCodec: 'aac' },
  ],
  [
    'none of what was asked for',
    ['aac'],
    { codecs: ['hevc'], audioCodec: 'aac' },
    { codecs: ['h264'], audioCodec: 'aac' },
  ],
  ['not known', null, { codecs: ['hevc'], audioCodec: 'opus' }, { codecs: ['hevc'], audioCodec: 'opus' }],
])('an ffmpeg that has %s', (_, encoders, settings, expected) => {
  expect(encodable(settings, encoders && new Set(encoders))).toEqual(expected);
});

test('what nobody makes is refused', () => {
  expect(() => encoderFor('mpeg2video')).toThrow('no encoder makes mpeg2video');
  const rung = { width: 640, height: 360, level: 30, bitrateKbps: 700, peakKbps: 1100 };
  expect(() => encoderArgs('h264_nvenc', rung, { preset: 'fast', crf: 22 })).toThrow('h264_nvenc');
});
