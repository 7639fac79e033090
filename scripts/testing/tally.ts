import { existsSync, readFileSync } from 'node:fs';

/** How many tests came out how. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The same of one test file. */
export interface FileTally extends Tally {
  /** Its path, absolute; empty for a run that ended badly with nothing to show for it. */
  file: string;
}

/** The part of Vitest's JSON report that counts. */
interface Report {
  testResults?: { name: string; status: string; assertionResults: { status: string }[] }[];
}

const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };
/** More files than this do not fail by chance. */
const FEW = 3;

export function sum(tallies: readonly Tally[]): Tally {
  const add = (a: Tally, b: Tally) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  });
  return tallies.reduce(add, NOTHING);
}

/**
 * Counts a report. A file that failed before its first test (an import that does not resolve, a hook that throws)
 * counts as one failure, and so does a run that ended badly with nothing to show for it.
 */
export function countReport(report: Report, exitCode: number): FileTally[] {
  const files = (report.testResults ?? []).map(({ name, status, assertionResults }) => {
    const count = (...wanted: string[]) => assertionResults.filter((test) => wanted.includes(test.status)).length;
    const [passed, failed] = [count('passed'), count('failed')];
    const skipped = assertionResults.length - passed - failed;
    return { file: name, passed, failed: status === 'failed' && failed === 0 ? 1 : failed, skipped };
  });
  if (exitCode !== 0 && sum(files).failed === 0) files.push({ ...NOTHING, file: '', failed: 1 });
  return files;
}

/** Counts the report in a file; Vitest that died without writing one is a failure. */
export function countFile(path: string, exitCode: number): FileTally[] {
  return countReport(existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : {}, exitCode);
}

/** The files that are worth running once more, alone: few enough that the machine may have been too busy for them. */
export function worthAnotherRun(files: readonly FileTally[]): string[] {
  const failed = files.filter((file) => file.failed > 0);
  return failed.length <= FEW && failed.every(({ file }) => file !== '') ? failed.map(({ file }) => file) : [];
}

/** What counts once some files have run again: for those the later run, and the earlier one if a file is not in it. */
export function afterAnotherRun(first: readonly FileTally[], again: readonly FileTally[]): FileTally[] {
  const later = new Map(again.map((tally) => [tally.file, tally]));
  return [...first.map((tally) => later.get(tally.file) ?? tally), ...again.filter(({ file }) => file === '')];
}

/** The closing line that tools read: "12 passed, 0 failed, 1 skipped". */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
