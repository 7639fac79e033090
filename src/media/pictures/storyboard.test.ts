import { expect, test } from 'vitest';
import { planStoryboard, storyboardVtt, vttTime } from './storyboard.ts';

test.each([
  [
    { durationSec: 30, width: 1920, height: 1080 },
    { tileWidth: 240, tileHeight: 136, intervalSec: 2, tiles: 15, sheets: 1 },
  ],
  [
    { durationSec: 600, width: 854, height: 480 },
    { tileWidth: 240, tileHeight: 134, intervalSec: 2, tiles: 300, sheets: 12 },
  ],
  [
    { durationSec: 5400, width: 1920, height: 800 },
    { tileWidth: 240, tileHeight: 100, intervalSec: 14, tiles: 386, sheets: 16 },
  ],
  [
    { durationSec: 60, width: 1080, height: 1920 },
    { tileWidth: 136, tileHeight: 240, intervalSec: 2, tiles: 30, sheets: 2 },
  ],
  [
    { durationSec: 360_000, width: 640, height: 480 },
    { tileWidth: 180, tileHeight: 136, intervalSec: 900, tiles: 400, sheets: 16 },
  ],
  [
    { durationSec: 0.04, width: 4000, height: 20 },
    { tileWidth: 240, tileHeight: 16, intervalSec: 2, tiles: 1, sheets: 1 },
  ],
])('plan of %j', (picture, expected) => {
  expect(planStoryboard(picture)).toMatchObject(expected);
});

test('cues name a part of a sheet', () => {
  const plan = { ...planStoryboard({ durationSec: 7, width: 1920, height: 1080 }), columns: 2, rows: 1, sheets: 2 };
  expect(storyboardVtt(plan, (sheet) => `s-${sheet}.webp`)).toMatchInlineSnapshot(`
    "WEBVTT

    00:00:00.000 --> 00:00:02.000
    s-0.webp#xywh=0,0,240,136

    00:00:02.000 --> 00:00:04.000
    s-0.webp#xywh=240,0,240,136

    00:00:04.000 --> 00:00:06.000
    s-1.webp#xywh=0,0,240,136

    00:00:06.000 --> 00:00:07.000
    s-1.webp#xywh=240,0,240,136
    "
  `);
});

test.each([
  [0, '00:00:00.000'],
  [59.9999, '00:01:00.000'],
  [3661.5, '01:01:01.500'],
  [360_000, '100:00:00.000'],
])('%f s is written %s', (seconds, written) => {
  expect(vttTime(seconds)).toBe(written);
});
