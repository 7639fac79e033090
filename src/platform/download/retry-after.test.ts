import { expect, it } from 'vitest';
import { HOUR_MS } from '../../core/time.ts';
import { readRetryAfter } from './retry-after.ts';

const NOW_MS = Date.parse('Fri, 31 Dec 1999 23:59:00 GMT');

it.each([
  ['120', 120_000],
  [' 7 ', 7000],
  ['0', 0],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 59_000],
  // The two older forms that recipients have to take (RFC 9110 section 5.6.7).
  ['Friday, 31-Dec-99 23:59:30 GMT', 30_000],
  ['Fri Dec 31 23:59:10 1999 GMT', 10_000],
  ['Fri, 31 Dec 1999 20:00:00 GMT', 0],
  ['31536000', 6 * HOUR_MS],
  ['99999999999999999999999999', 6 * HOUR_MS],
  ['Sun, 01 Jan 2090 00:00:00 GMT', 6 * HOUR_MS],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['Fri, 99 Foo 1999 99:99:99 GMT', null],
  ['', null],
])('%j is %s ms', (text, waitMs) => {
  expect(readRetryAfter({ 'retry-after': text }, NOW_MS)).toBe(waitMs);
});

it('is null without the header, and sees a date from the clock of whoever said it', () => {
  expect(readRetryAfter({}, NOW_MS)).toBeNull();
  const wrongClock = { date: 'Thu, 01 Jan 1970 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 1970 00:02:00 GMT' };
  expect(readRetryAfter(wrongClock, NOW_MS)).toBe(120_000);
});
