import { describe, expect, it } from 'vitest';
import { add, closingLine, countReport } from './tally.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((outcome) => ({ status: outcome })),
});

describe('counting what Vitest reports', () => {
  it('sums over files', () => {
    const report = { testResults: [file('passed', 'passed', 'skipped'), file('failed', 'passed', 'failed', 'todo')] };
    expect(countReport(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that did not load as one failure', () => {
    expect(countReport({ testResults: [file('failed')] }, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('does not take a run that ended badly for a good one', () => {
    expect(countReport({ testResults: [file('passed', 'passed')] }, 1).failed).toBe(1);
    expect(countReport({}, 134).failed).toBe(1);
    expect(countReport({}, 0).failed).toBe(0);
  });

  it('closes with a line that tools can read', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine(add({ passed: 3, failed: 1, skipped: 0 }, { passed: 1, failed: 0, skipped: 2 }))).toBe(
      '4 passed, 1 failed, 2 skipped',
    );
  });
});
