import { spawn } from 'node:child_process';
import { MAIN } from './process.ts';

/** A command, as somebody types it. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  env?: Record<string, string>;
  /** What is sent on standard input. */
  input?: string;
}

/** Runs `kinora ...argv` to its end: the built server under `npm test`, the sources when Vitest is run by itself. */
export function runKinora(argv: string[], { env = {}, input = '' }: CommandOptions = {}): Promise<Ended> {
  const binary = process.env['KINORA_TEST_BINARY'];
  const [command, ...first] = binary ? [binary] : [process.execPath, MAIN];
  const child = spawn(command!, [...first, ...argv], { env: { ...process.env, ...env } });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (ended.stdout += chunk));
  child.stderr.on('data', (chunk) => (ended.stderr += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...ended, code })));
}
