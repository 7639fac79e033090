import { expect, test } from 'vitest';
import type { RenditionWire } from '../../src/features/videos/api.ts';
import { audioRenditionOf, renditionOf } from './renditions.ts';

const rendition = (over: Partial<RenditionWire>): RenditionWire => ({
  id: 'r',
  kind: 'video',
  label: '1080p',
  mode: 'encoded',
  why: '',
  codec: 'avc1.640028',
  width: 1920,
  height: 1080,
  frameRate: 24,
  bitrateKbps: 5000,
  language: null,
  loudness: null,
  filledPercent: 0,
  ...over,
});

test('finds the level by height, codec and bitrate', () => {
  const copied = rendition({ id: 'copied', codec: 'hvc1.1.6.L120', mode: 'copied', bitrateKbps: 9000 });
  const encoded = rendition({ id: 'encoded' });
  const small = rendition({ id: 'small', height: 720 });
  const all = [copied, encoded, small];
  expect(renditionOf({ height: 1080, bitrate: 9_100_000, codec: 'avc1.640028,mp4a.40.2' }, all)?.id).toBe('encoded');
  expect(renditionOf({ height: 1080, bitrate: 9_100_000, codec: 'hvc1.1.6.L120' }, all)?.id).toBe('copied');
  expect(renditionOf({ height: 720, bitrate: null, codec: null }, all)?.id).toBe('small');
  expect(renditionOf({ height: 480, bitrate: null, codec: null }, all)).toBeNull();
  expect(renditionOf(null, all)).toBeNull();
});

test('finds the audio by label, then language, then being the only one', () => {
  const german = rendition({ id: 'de', kind: 'audio', label: 'Deutsch', language: 'de', height: null });
  const english = rendition({ id: 'en', kind: 'audio', label: 'English stereo', language: 'en', height: null });
  expect(audioRenditionOf({ label: 'Deutsch', language: '' }, [english, german])?.id).toBe('de');
  expect(audioRenditionOf({ label: 'x', language: 'en' }, [german, english])?.id).toBe('en');
  expect(audioRenditionOf(null, [german])?.id).toBe('de');
  expect(audioRenditionOf(null, [german, english])).toBeNull();
});

test('finds the original that stands in for what was made of it', () => {
  const english = rendition({ id: 'en', kind: 'audio', label: 'English', language: 'en', codec: 'mp4a.40.2' });
  const opus = rendition({ ...english, id: 'opus', label: 'English Opus', codec: 'Opus' });
  const track = { label: 'English', language: 'en' };
  expect(audioRenditionOf(track, [english, opus], 'avc1,opus')?.id).toBe('opus');
  expect(audioRenditionOf(track, [english, opus], 'avc1,mp4a')?.id).toBe('en');
  expect(audioRenditionOf(track, [english, opus])?.id).toBe('en');
});

test('finds the sound of a level without pictures', () => {
  const aac = rendition({ id: 'aac', kind: 'audio', codec: 'mp4a.40.2', bitrateKbps: 128, height: null });
  const flac = rendition({ id: 'flac', kind: 'audio', codec: 'fLaC', bitrateKbps: 900, height: null });
  expect(renditionOf({ height: 0, bitrate: 950_000, codec: 'fLaC' }, [aac, flac])?.id).toBe('flac');
  expect(renditionOf({ height: 0, bitrate: 150_000, codec: 'mp4a' }, [aac, flac])?.id).toBe('aac');
});
