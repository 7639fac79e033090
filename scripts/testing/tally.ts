import { existsSync, readFileSync } from 'node:fs';

/** How many tests came out how. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of Vitest's JSON report that counts. */
interface Report {
  success?: boolean;
  testResults?: { status: string; assertionResults: { status: string }[] }[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * Counts a report. A file that failed before its first test (an import that does not resolve, a hook that throws)
 * counts as one failure, and so does a run that ended badly with nothing to show for it.
 */
export function countReport(report: Report, exitCode: number): Tally {
  const tally = { ...NOTHING };
  for (const file of report.testResults ?? []) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') tally.passed += 1;
      else if (status === 'failed') failedHere += 1;
      else tally.skipped += 1;
    }
    if (file.status === 'failed' && failedHere === 0) failedHere = 1;
    tally.failed += failedHere;
  }
  if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

/** Counts the report in a file; Vitest that died without writing one is a failure. */
export function countFile(path: string, exitCode: number): Tally {
  return countReport(existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : {}, exitCode);
}

/** The closing line that tools read: "12 passed, 0 failed, 1 skipped". */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
