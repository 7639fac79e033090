import { fork } from 'node:child_process';
import { join } from 'node:path';

export interface LoadOrder {
  port: number;
  /** Asked for in turn, by whichever connection is free. */
  paths: string[];
  connections: number;
  seconds: number;
  /** Before the measurement begins. */
  warmUpSeconds: number;
}

export interface LoadResult {
  /** Of bodies. */
  bytesPerSecond: number;
  /** How many came whole. */
  answers: number;
  p99Ms: number;
  /** Cores the generator itself took: at 1 it is the bottleneck. */
  clientCpu: number;
}

/** A load generator in a process of its own, the same for us and for peers. */
export interface Load extends Disposable {
  pid: number;
  run(order: LoadOrder): Promise<LoadResult>;
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load-client.ts'));
  return {
    pid: child.pid!,
    run: (order) =>
      new Promise((resolve, reject) => {
        child.once('message', ({ result, error }: { result: LoadResult; error?: string }) => {
          if (error === undefined) resolve(result);
          else reject(new Error(error));
        });
        child.send(order);
      }),
    [Symbol.dispose]: () => child.kill(),
  };
}
