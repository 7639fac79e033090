import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

interface Step {
  name: string;
  /** Arguments for Node. */
  argv: string[];
  /** A file without which there is nothing to check yet. */
  onlyWith?: string;
}

const STEPS: Step[] = [
  { name: 'types', argv: ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json', '--noEmit'] },
  {
    name: 'types of web',
    argv: ['node_modules/typescript/bin/tsc', '--project', 'web/tsconfig.json', '--noEmit'],
    onlyWith: 'web/tsconfig.json',
  },
  { name: 'lint and format', argv: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off'] },
  { name: 'boundaries', argv: ['scripts/check-boundaries.ts'] },
  // The script says no when docs/api/openapi.json is not what it would write.
  { name: 'generated files', argv: ['scripts/openapi.ts', '--check'], onlyWith: 'scripts/openapi.ts' },
];

interface Outcome {
  name: string;
  seconds: number;
  ok: boolean;
  output: string;
}

/** Runs all checks of the repository at the same time, prints what they say and a table, and tells if all are well. */
export async function runChecks(root: string): Promise<boolean> {
  const steps = STEPS.filter((step) => !step.onlyWith || existsSync(join(root, step.onlyWith)));
  const outcomes = await Promise.all(steps.map((step) => run(root, step)));
  for (const { name, ok, output } of outcomes) {
    if (output !== '' && (!ok || name === 'boundaries')) console.log(`\n-- ${name} --\n${output}`);
  }
  console.log('');
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  for (const { name, seconds, ok } of outcomes) {
    console.log(`${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${ok ? 'ok' : 'FAILED'}`);
  }
  return outcomes.every(({ ok }) => ok);
}

function run(root: string, { name, argv }: Step): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ name, seconds: (performance.now() - started) / 1000, ok: code === 0, output: output.trim() });
    });
  });
}
