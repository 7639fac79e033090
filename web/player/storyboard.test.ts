import { expect, test } from 'vitest';
import { parseStoryboard } from './storyboard.ts';

const VTT = `WEBVTT\r\n\r\n00:00.000 --> 00:05.000\r\nsheet-0.webp#xywh=0,0,160,90\r\n\r
01:00:05.500 --> 01:00:10.000 align:start\n/media/x/sheet-1.webp?t=1#xywh=160,90,160,90\n`;

test('reads tiles, with pictures relative to the file', () => {
  expect(parseStoryboard(VTT, 'https://k.example/tv/media/v1/images/story.vtt')).toEqual([
    {
      url: 'https://k.example/tv/media/v1/images/sheet-0.webp',
      startTime: 0,
      endTime: 5,
      width: 160,
      height: 90,
      coords: { x: 0, y: 0 },
    },
    {
      url: 'https://k.example/media/x/sheet-1.webp?t=1',
      startTime: 3605.5,
      endTime: 3610,
      width: 160,
      height: 90,
      coords: { x: 160, y: 90 },
    },
  ]);
});

test('an empty or foreign file has no tiles', () => {
  expect(parseStoryboard('WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n', 'https://k.example/a.vtt')).toEqual([]);
});
