import { spawn } from 'node:child_process';
import { bareMachine, ownArgv } from './process.ts';

/** A command, as somebody types it. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Both, one behind the other. */
  output: string;
}

export interface CommandOptions {
  env?: Record<string, string>;
  /** What is sent on standard input. */
  input?: string;
}

/** Runs `kinora ...argv` to its end: what `startKinora` starts. */
export function runKinora(argv: string[], { env = {}, input = '' }: CommandOptions = {}): Promise<Ended> {
  const [command, ...first] = ownArgv();
  const surroundings = process.env['KINORA_TEST_BINARY'] ? bareMachine() : { env: process.env };
  const child = spawn(command!, [...first, ...argv], { ...surroundings, env: { ...surroundings.env, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr, output: stdout + stderr })),
  );
}
