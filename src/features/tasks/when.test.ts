import { describe, expect, it } from 'vitest';
import { nextDailyMs } from './when.ts';

const berlin = (at: string, after: string) =>
  new Date(nextDailyMs(at, Date.parse(after), 'Europe/Berlin')).toISOString();

describe('a time of day', () => {
  it.each([
    ['03:00', '2026-01-10T01:00:00Z', '2026-01-10T02:00:00.000Z'],
    ['03:00', '2026-01-10T02:00:00Z', '2026-01-11T02:00:00.000Z'],
    ['03:00', '2026-07-10T12:00:00Z', '2026-07-11T01:00:00.000Z'],
    // The clocks go forward from two to three: what would be between is at once.
    ['02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    // And back again: the second half past two is none.
    ['02:30', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['02:30', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
    ['03:00', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['23:59', '2026-12-31T22:59:00Z', '2027-01-01T22:59:00.000Z'],
  ])('of %s after %s is %s', (at, after, next) => {
    expect(berlin(at, after)).toBe(next);
  });

  it.each(['00:00', '02:00', '02:30', '03:00'])('comes once on every day of a year, also %s', (at) => {
    const days = new Set<string>();
    const end = Date.parse('2027-01-01T00:00:00+01:00');
    let count = 0;
    for (let ms = Date.parse('2026-01-01T00:00:00+01:00') - 1; ; count += 1) {
      ms = nextDailyMs(at, ms, 'Europe/Berlin');
      if (ms >= end) break;
      days.add(new Date(ms).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }));
      expect(count).toBeLessThan(400);
    }
    expect([count, days.size]).toEqual([365, 365]);
  });
});
