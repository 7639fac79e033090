/**
 * `npm test`: the checks, then each suite in turn, then one line that counts. `npm test -- NAME` runs one suite (unit,
 * flows, browser, crash, security, binary), `npm test -- PATTERN` the test files whose path contains it; both leave the checks out.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runChecks } from './checks/run-checks.ts';
import { afterAnotherRun, closingLine, countFile, type FileTally, sum, worthAnotherRun } from './testing/tally.ts';

const ROOT = join(import.meta.dirname, '..');
/** In the order in which a failure is cheapest to find. `unit` has its tests all over the place. */
const SUITES = ['unit', 'flows', 'security', 'crash', 'browser', 'binary'];

/** Runs Vitest with its usual output, and counts. */
async function vitest(reportFolder: string, args: string[]): Promise<FileTally[]> {
  const report = join(reportFolder, `${Math.random().toString(36).slice(2)}.json`);
  const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--passWithNoTests', '--reporter=default'];
  command.push('--reporter=json', `--outputFile.json=${report}`, ...args);
  // Suites that start the whole program start the built one, which is what people run; it has just been built.
  const env = { ...process.env, KINORA_TEST_BUILT: '1' };
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)));
  return countFile(report, code);
}

/**
 * Runs a suite, and where a few of its files failed those once more, one at a time: their programs, players and browsers are real
 * and the machines that run them are shared. What fails twice has failed; what needed this is named at the end.
 */
async function suiteTwice(reportFolder: string, suite: string, needed: string[]): Promise<FileTally[]> {
  const first = await vitest(reportFolder, ['--project', suite]);
  const files = worthAnotherRun(first);
  if (files.length === 0) return first;
  const names = files.map((file) => relative(ROOT, file));
  heading(`${suite}, once more: ${names.join(', ')}`);
  const again = await vitest(reportFolder, ['--project', suite, '--maxWorkers=1', ...names]);
  needed.push(...names.filter((_, n) => again.some(({ file, failed }) => file === files[n] && failed === 0)));
  return afterAnotherRun(first, again);
}

function heading(text: string): void {
  console.log(`\n== ${text} ==`);
}

function hasTests(suite: string): boolean {
  return suite === 'unit' || globSync(`test/${suite}/**/*.test.ts`, { cwd: ROOT }).length > 0;
}

async function main(args: string[]): Promise<number> {
  const skipped: Record<string, string> = JSON.parse(process.env['KINORA_TEST_SKIPPED'] ?? '{}');
  const reports = mkdtempSync(join(tmpdir(), 'kinora-tests-'));
  const started = performance.now();
  const files: FileTally[] = [];
  /** Test files that passed only when they ran again. */
  const needed: string[] = [];
  let checksPassed = true;
  try {
    const [first = '', ...rest] = args;
    if (args.length > 0 && !SUITES.includes(first)) {
      // A pattern may be given as a path from anywhere; Vitest compares with paths inside the repository.
      const patterns = args.map((arg) => (arg.startsWith(ROOT) ? relative(ROOT, arg) : arg));
      files.push(...(await vitest(reports, patterns)));
    } else {
      if (args.length === 0) {
        heading('check');
        checksPassed = await runChecks(ROOT);
      }
      for (const suite of SUITES.filter((name) => (args.length === 0 || name === first) && hasTests(name))) {
        heading(suite);
        if (skipped[suite]) console.log(`Not run: ${skipped[suite]}.`);
        else if (args.length === 0) files.push(...(await suiteTwice(reports, suite, needed)));
        else files.push(...(await vitest(reports, ['--project', suite, ...rest])));
      }
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  if (args.length === 0) {
    const left = Object.entries(skipped).map(([suite, why]) => `The ${suite} tests did not run: ${why}.`);
    console.log([`\nThis took ${Math.round((performance.now() - started) / 1000)} s.`, ...left].join('\n'));
  }
  if (needed.length > 0) console.log(`Passed only when run again, alone: ${needed.join(', ')}.`);
  const tally = sum(files);
  const ranNone = tally.passed + tally.failed + tally.skipped === 0;
  if (ranNone && Object.keys(skipped).length === 0) console.log(`No test matches "${args.join(' ')}".`);
  if (!checksPassed) console.log('The checks failed: see "check" above.');
  console.log(closingLine(tally));
  return checksPassed && tally.failed === 0 && !ranNone ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
