import { describe, expect, it } from 'vitest';
import { afterAnotherRun, closingLine, countReport, sum, worthAnotherRun } from './tally.ts';

const file = (name: string, status: string, ...tests: string[]) => ({
  name,
  status,
  assertionResults: tests.map((outcome) => ({ status: outcome })),
});
const tally = (name: string, passed: number, failed: number) => ({ file: name, passed, failed, skipped: 0 });

describe('counting what Vitest reports', () => {
  it('sums over files', () => {
    const report = {
      testResults: [file('a', 'passed', 'passed', 'skipped'), file('b', 'failed', 'passed', 'failed', 'todo')],
    };
    expect(sum(countReport(report, 1))).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that did not load as one failure', () => {
    expect(countReport({ testResults: [file('a', 'failed')] }, 1)).toEqual([tally('a', 0, 1)]);
  });

  it('does not take a run that ended badly for a good one', () => {
    expect(sum(countReport({ testResults: [file('a', 'passed', 'passed')] }, 1)).failed).toBe(1);
    expect(sum(countReport({}, 134)).failed).toBe(1);
    expect(sum(countReport({}, 0)).failed).toBe(0);
  });

  it('closes with a line that tools can read', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 4, failed: 1, skipped: 2 })).toBe('4 passed, 1 failed, 2 skipped');
  });
});

describe('running once more what failed', () => {
  it('is for a few files only', () => {
    expect(worthAnotherRun([tally('a', 3, 0), tally('b', 2, 1)])).toEqual(['b']);
    expect(worthAnotherRun([tally('a', 3, 0)])).toEqual([]);
    expect(worthAnotherRun(['a', 'b', 'c', 'd'].map((name) => tally(name, 0, 1)))).toEqual([]);
  });

  it('is not for a run that ended badly', () => {
    expect(worthAnotherRun([tally('a', 3, 1), tally('', 0, 1)])).toEqual([]);
  });

  it('counts what the later run says, and what it does not speak of as before', () => {
    const first = [tally('a', 3, 0), tally('b', 2, 1), tally('c', 1, 1)];
    expect(afterAnotherRun(first, [tally('b', 3, 0)])).toEqual([tally('a', 3, 0), tally('b', 3, 0), tally('c', 1, 1)]);
    expect(sum(afterAnotherRun(first, [tally('b', 2, 1), tally('', 0, 1)])).failed).toBe(3);
  });
});
