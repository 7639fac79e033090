import type { AudioRendition, VideoRendition } from '../../src/media/types.ts';

/** Renditions as the plan makes them, for tests of what is said of them. */

export const videoRendition = (more: Partial<VideoRendition> = {}): VideoRendition => ({
  kind: 'video',
  trackIndex: 0,
  mode: 'encoded',
  label: '720p',
  codecString: 'avc1.64001f',
  bitrateKbps: 2500,
  peakKbps: 3800,
  grid: 'source',
  why: '',
  codec: 'h264',
  width: 1280,
  height: 720,
  frameRate: 30_000 / 1001,
  range: 'sdr',
  level: 31,
  alone: false,
  ...more,
});

export const audioRendition = (more: Partial<AudioRendition> = {}): AudioRendition => ({
  kind: 'audio',
  trackIndex: 1,
  mode: 'copied',
  label: 'English',
  codecString: 'mp4a.40.2',
  bitrateKbps: 128,
  peakKbps: 154,
  grid: 'source',
  why: '',
  codec: 'aac',
  channels: 2,
  sampleRate: 48_000,
  language: 'en',
  title: null,
  isDefault: true,
  ...more,
});
