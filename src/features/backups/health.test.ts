import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { type BackupsSeen, judgeBackups, lateAtMs, seeTry } from './health.queries.ts';

const nowMs = new Date('2026-03-10T12:00:00').getTime();
const seen = (facts: Partial<BackupsSeen>): BackupsSeen => ({
  schedule: '30 3 * * *',
  newest: { takenAtMs: nowMs - 8 * HOUR_MS, sizeBytes: 1 },
  unreadable: null,
  failed: null,
  underWay: false,
  nowMs,
  ...facts,
});
const ago = (ms: number) => ({ takenAtMs: nowMs - ms, sizeBytes: 1 });
const failed = (ms: number) => ({ atMs: nowMs - ms, reason: 'The disk is full.', forGood: true });

describe('backups are', () => {
  it.each<[verdict: string, facts: Partial<BackupsSeen>]>([
    ['good', {}],
    // Due since last night, which may be made up for any moment; a night more is late.
    ['good', { newest: ago(1.3 * DAY_MS) }],
    ['late', { newest: ago(1.5 * DAY_MS) }],
    // What takes longer than that to be made is no fault.
    ['good', { newest: ago(1.5 * DAY_MS), underWay: true }],
    ['good', { newest: ago(2 * HOUR_MS), schedule: '@hourly' }],
    ['late', { newest: ago(3.5 * HOUR_MS), schedule: '@hourly' }],
    // Sundays, and it is Tuesday noon.
    ['good', { newest: ago(2 * DAY_MS), schedule: '@weekly' }],
    ['late', { newest: ago(3 * DAY_MS), schedule: '@weekly' }],
    ['good', { newest: ago(20 * DAY_MS), schedule: 'off' }],
    ['old', { newest: ago(31 * DAY_MS), schedule: 'off' }],
    ['none', { newest: null, schedule: 'off' }],
    ['waiting', { newest: null }],
    ['failed', { failed: failed(HOUR_MS) }],
    ['failed', { newest: null, schedule: 'off', failed: failed(HOUR_MS) }],
    // What failed and was made after all is good.
    ['good', { failed: failed(9 * HOUR_MS) }],
    ['unreadable', { newest: null, unreadable: 'EACCES' }],
  ])('%s', (verdict, facts) => {
    expect(judgeBackups(seen(facts))).toBe(verdict);
  });
});

describe('a schedule is missed', () => {
  const at = (text: string) => new Date(text).getTime();
  it.each([
    ['@daily', '2026-03-01T00:00:00', '2026-03-03T01:00:00'],
    ['@hourly', '2026-03-01T00:00:00', '2026-03-01T03:00:00'],
    ['@weekly', '2026-03-01T00:00:00', '2026-03-09T01:00:00'],
    // Set in the afternoon, and nothing made since.
    ['30 3 * * *', '2026-03-01T15:00:00', '2026-03-03T04:30:00'],
  ])('%s, %s: %s', (schedule, since, late) => {
    expect(new Date(lateAtMs(schedule, at(since)))).toEqual(new Date(at(late)));
  });

  it('never, where it has no next time', () => {
    expect(lateAtMs('0 0 30 2 *', nowMs)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('the last try is under way, has failed so far, or for good', () => {
  const job = (state: string, error: string | null) => seeTry({ state, error, atMs: nowMs });
  expect(seeTry(null)).toEqual({ failed: null, underWay: false });
  expect(job('done', null)).toEqual({ failed: null, underWay: false });
  expect(job('queued', null)).toEqual({ failed: null, underWay: false });
  // Of a try that runs now, the error is the last one's.
  expect(job('running', 'The disk is full.')).toEqual({ failed: null, underWay: true });
  expect(job('queued', 'The disk is full.').failed).toMatchObject({ forGood: false });
  expect(job('failed', 'The disk is full.').failed).toMatchObject({ forGood: true });
});
