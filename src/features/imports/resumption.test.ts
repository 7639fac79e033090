import { describe, expect, it } from 'vitest';
import { ifRange, isTheRest, readContentRange } from './resumption.ts';

const DATE = 'Sun, 01 Nov 2026 10:00:00 GMT';

it.each([
  [{ etag: '"abc"', lastModified: null }, '"abc"'],
  [{ etag: '"abc"', lastModified: DATE }, '"abc"'],
  [{ etag: 'W/"abc"', lastModified: DATE }, DATE],
  [{ etag: 'W/"abc"', lastModified: null }, null],
  [{ etag: 'abc', lastModified: null }, null],
  [{ etag: null, lastModified: 'yesterday-ish' }, null],
  [{ etag: null, lastModified: null }, null],
])('%j may be gone on with by %s', (validators, expected) => {
  expect(ifRange(validators)).toBe(expected);
});

it.each([
  ['bytes 500-999/1000', { firstByte: 500, totalBytes: 1000 }],
  ['bytes 500-999/*', { firstByte: 500, totalBytes: null }],
  ['bytes */1000', { firstByte: null, totalBytes: 1000 }],
  ['items 1-2/3', null],
  ['bytes=1-2/3', null],
  [undefined, null],
])('Content-Range: %s', (header, expected) => {
  expect(readContentRange(header)).toEqual(expected);
});

describe('a 206 is the rest of what is here', () => {
  const row = { etag: '"abc"', lastModified: DATE, totalBytes: 1000 };
  it.each([
    [{ 'content-range': 'bytes 500-999/1000', etag: '"abc"' }, true],
    [{ 'content-range': 'bytes 500-999/*' }, true],
    [{ 'content-range': 'bytes 500-999/1000', etag: '"other"' }, false],
    [{ 'content-range': 'bytes 500-999/1000', 'last-modified': 'Mon, 02 Nov 2026 10:00:00 GMT' }, false],
    [{ 'content-range': 'bytes 500-1999/2000' }, false],
    [{ 'content-range': 'bytes 0-999/1000' }, false],
    [{}, false],
  ])('%j: %s', (headers, expected) => {
    expect(isTheRest(row, headers, 500)).toBe(expected);
  });
});
