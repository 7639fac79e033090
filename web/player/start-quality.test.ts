import { expect, test } from 'vitest';
import type { PlaybackWire, RenditionWire } from '../../src/features/videos/api.ts';
import { startsWithOriginal } from './start-quality.ts';

const video = (over: Partial<RenditionWire>): RenditionWire => ({
  id: 'r',
  kind: 'video',
  label: '480p',
  mode: 'encoded',
  why: '',
  codec: 'avc1.64001e',
  width: 854,
  height: 480,
  frameRate: 24,
  bitrateKbps: 900,
  language: null,
  loudness: null,
  filledPercent: 0,
  ...over,
});
const playback = (filledPercent: number, original: Partial<RenditionWire> = {}): PlaybackWire => ({
  hls: 'all.m3u8',
  dash: 'all.mpd',
  original: 'original.m3u8',
  poster: null,
  storyboard: null,
  sound: null,
  captions: [],
  renditions: [
    video({ mode: 'copied', filledPercent: 100, ...original }),
    video({ filledPercent }),
    video({ height: 240, filledPercent: 0 }),
    video({ kind: 'audio', filledPercent: 100 }),
  ],
  expiresAtMs: null,
});
const start = {
  startMs: 0,
  durationMs: 600_000,
  canDecode: (codec: string) => codec.startsWith('avc1'),
  bitsPerSecond: 10_000_000 as number | null,
  saveData: false,
};

test.each([
  ['nothing is encoded yet', playback(0), {}, true],
  ['a few seconds are encoded', playback(3), {}, true],
  ['a good piece is encoded', playback(5), {}, false],
  ['a good piece, but not where it starts', playback(5), { startMs: 300_000 }, true],
  ['all is encoded', playback(100), { startMs: 590_000 }, false],
  ['a short clip that is not done', playback(60), { durationMs: 30_000 }, true],
  ['a codec this browser lacks', playback(0, { codec: 'hvc1.1.6.L93' }), {}, false],
  ['too heavy for a home network', playback(0, { bitrateKbps: 20_000 }), {}, false],
  ['too heavy for this connection', playback(0), { bitsPerSecond: 700_000 }, false],
  ['a browser that does not say how fast it is', playback(0), { bitsPerSecond: null }, true],
  ['a person who saves data', playback(0), { saveData: true }, false],
  ['an original that is part of the ladder', { ...playback(0), original: null }, {}, false],
])('%s', (_, given, over, expected) => expect(startsWithOriginal(given, { ...start, ...over })).toBe(expected));
