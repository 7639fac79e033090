import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bareMachine, ownArgv } from './process.ts';
import type { TestRedis } from './redis.ts';

/** `kinora worker`, the real process, beside a server in tests. */
export interface WorkerProcess {
  pid: number;
  output(): string;
  /** The storage keys of the segments it has stored, in their order. */
  segments(): string[];
  /** Ends it and waits for its end; returns the exit code, or null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startWorkerProcess(
  { folder }: { folder: string },
  redis: Pick<TestRedis, 'url'>,
  name: string,
  env: Record<string, string> = {},
): Promise<WorkerProcess> {
  const [command, ...first] = ownArgv();
  const surroundings = process.env['KINORA_TEST_BINARY'] ? bareMachine() : { env: process.env };
  const argv = [...first, 'worker', '--name', name, '--data', join(folder, 'data')];
  const child = spawn(command!, argv, {
    ...surroundings,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...surroundings.env,
      KINORA_JOBS_REDIS: redis.url,
      KINORA_ENCODING_HARDWARE: 'off',
      KINORA_LOG_LEVEL: 'debug',
      ...env,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    pid: child.pid!,
    output: () => output,
    segments: () => [...output.matchAll(/"segment":"([^"]+)"/g)].map(([, key]) => key!),
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
