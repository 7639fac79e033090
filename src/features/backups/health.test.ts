import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { type BackupsSeen, judgeBackups } from './health.queries.ts';

const nowMs = new Date('2026-03-10T12:00:00').getTime();
const seen = (facts: Partial<BackupsSeen>): BackupsSeen => ({
  schedule: '30 3 * * *',
  newest: { takenAtMs: nowMs - 8 * HOUR_MS, sizeBytes: 1 },
  unreadable: null,
  failed: null,
  nowMs,
  ...facts,
});
const ago = (ms: number) => ({ takenAtMs: nowMs - ms, sizeBytes: 1 });
const failed = (ms: number) => ({ atMs: nowMs - ms, reason: 'The disk is full.' });

describe('backups are', () => {
  it.each<[verdict: string, facts: Partial<BackupsSeen>]>([
    ['good', {}],
    // Due since last night, which may be made up for any moment; a night more is late.
    ['good', { newest: ago(1.3 * DAY_MS) }],
    ['late', { newest: ago(1.5 * DAY_MS) }],
    ['good', { newest: ago(2 * DAY_MS), schedule: '@weekly' }],
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
