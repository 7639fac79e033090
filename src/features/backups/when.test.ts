import { describe, expect, it } from 'vitest';
import { nextBackupMs } from './when.queries.ts';

const at = (text: string) => new Date(text).getTime();

describe('the next backup', () => {
  // Times of cron are those of the machine: written without a zone, they hold everywhere.
  it.each([
    ['30 3 * * *', '2026-03-01T01:00:00', '2026-03-01T03:30:00'],
    ['30 3 * * *', '2026-03-01T03:30:00', '2026-03-02T03:30:00'],
    ['@daily', '2026-03-01T12:00:00', '2026-03-02T00:00:00'],
    ['@weekly', '2026-03-03T12:00:00', '2026-03-08T00:00:00'],
  ])('of "%s" after %s is %s', (schedule, after, next) => {
    expect(new Date(nextBackupMs(schedule, at(after)))).toEqual(new Date(at(next)));
  });
});
