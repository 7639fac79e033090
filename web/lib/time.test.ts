import { describe, expect, test } from 'vitest';
import { formatClock, parseTimeCode, splitDescription } from './time.ts';

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
