import { describe, expect, test } from 'vitest';
import { formatClock, formatLength, formatPosition, parseTimeCode, splitDescription } from './time.ts';

describe('formatClock', () => {
  test.each([
    [0, '0:00'],
    [-5, '0:00'],
    [999, '0:00'],
    [65_000, '1:05'],
    [3_599_999, '59:59'],
    [3_723_000, '1:02:03'],
    [36_000_000, '10:00:00'],
  ])('%d ms is %s', (ms, text) => expect(formatClock(ms)).toBe(text));
});

describe('formatLength', () => {
  test.each([
    [0, '0:00'],
    [180, '0:01'],
    [29_400, '0:29'],
    [29_999.999, '0:30'],
    [30_000, '0:30'],
    [3_599_960, '1:00:00'],
  ])('%d ms is %s', (ms, text) => expect(formatLength(ms)).toBe(text));
});

describe('formatPosition', () => {
  test.each([
    [0, 29_999.999, '0:00'],
    [29_000, 29_999.999, '0:29'],
    [29_958, 29_999.999, '0:30'],
    [30_000, 29_999.999, '0:30'],
    [29_480, 29_480, '0:29'],
    // Past the end by what a playlist adds to the length.
    [30_040, 29_480, '0:29'],
    [5000, 0, '0:05'],
  ])('%d of %d ms is %s', (ms, lengthMs, text) => expect(formatPosition(ms, lengthMs)).toBe(text));
});

describe('parseTimeCode', () => {
  test.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1.5', 1500],
    ['1m30s', 90_000],
    ['1h2m', 3_720_000],
    ['1:30', 90_000],
    ['1:02:03', 3_723_000],
    [' 2:05 ', 125_000],
    ['', null],
    ['soon', null],
    ['1:75', null],
  ])('%s is %s', (text, ms) => expect(parseTimeCode(text)).toBe(ms));
});

describe('splitDescription', () => {
  test('makes time codes and addresses of a text', () => {
    expect(splitDescription('Intro 0:00, then 1:02:03. See https://kinora.example/a.', 4_000_000)).toEqual([
      { text: 'Intro ' },
      { text: '0:00', seekMs: 0 },
      { text: ', then ' },
      { text: '1:02:03', seekMs: 3_723_000 },
      { text: '. See ' },
      { text: 'https://kinora.example/a', href: 'https://kinora.example/a' },
      { text: '.' },
    ]);
  });

  test('leaves codes after the end, ratios in longer numbers and plain text alone', () => {
    expect(splitDescription('At 9:59 of 1080:12345', 60_000)).toEqual([{ text: 'At 9:59 of 1080:12345' }]);
    expect(splitDescription('', null)).toEqual([]);
  });
});
