import { expect, test } from 'vitest';
import { cleanText, titleFromFilename } from './titles.ts';

test.each([
  ['My.Film.(2019).1080p-x264.mkv', 'My Film (2019) 1080p-x264'],
  ['holiday_in_rome.mp4', 'holiday in rome'],
  ['Dr. Strange.mp4', 'Dr. Strange'],
  ['C:\\Users\\me\\clip.MOV', 'clip'],
  ['/srv/films/clip.webm', 'clip'],
  ['no extension', 'no extension'],
  ['Vol. 2', 'Vol. 2'],
  ['e\u0301te\u0301.mp4', 'été'],
  ['invoice\u202e4pm.exe.mp4', 'invoice4pm exe'],
  ['a\u0000b\u0007.mp4', 'ab'],
  ['  spaced   out  .mp4', 'spaced out'],
  ['.mp4', 'mp4'],
  ['', 'Untitled video'],
  ['...mp4', 'Untitled video'],
  ['___.mp4', 'Untitled video'],
  ['日本語.mp4', '日本語'],
  ['👩\u200d👧.mp4', '👩\u200d👧'],
  ['می\u200cخواهم.mp4', 'می\u200cخواهم'],
  [`${'x'.repeat(300)}.mp4`, 'x'.repeat(200)],
  [`${'x'.repeat(199)}😀.mp4`, 'x'.repeat(199)],
])('%j is titled %j', (filename, title) => {
  expect(titleFromFilename(filename)).toBe(title);
});

test.each<[unknown, string | null]>([
  [' Two\nlines ', 'Two lines'],
  ['\u202e\u0000', null],
  [7, null],
  ['lone \ud800 half', 'lone \ufffd half'],
])('metadata %j reads %j', (text, expected) => {
  expect(cleanText(text)).toBe(expected);
});
