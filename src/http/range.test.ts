import { expect, it } from 'vitest';
import { parseRange } from './range.ts';

it.each([
  [undefined, null],
  ['bytes=0-99', { start: 0, end: 99 }],
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=500-', { start: 500, end: 999 }],
  ['bytes=-100', { start: 900, end: 999 }],
  ['bytes=-5000', { start: 0, end: 999 }],
  ['bytes=900-99999', { start: 900, end: 999 }],
  ['Bytes = 1 - 2', { start: 1, end: 2 }],
  ['items=0-1', null],
  ['bytes=', null],
  ['bytes=-', null],
  ['bytes=a-b', null],
  ['bytes=5-2', null],
  ['bytes=0-1,5-9', null],
  [`bytes=${'0-1,'.repeat(5000)}`, null],
])('parseRange(%j)', (header, range) => {
  expect(parseRange(header, 1000)).toEqual(range);
});

it.each(['bytes=1000-', 'bytes=99999-100000', 'bytes=-0'])('refuses %s', (header) => {
  expect(() => parseRange(header, 1000)).toThrow(
    expect.objectContaining({ status: 416, headers: { 'Content-Range': 'bytes */1000' } }),
  );
});
