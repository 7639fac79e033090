import { hostname } from 'node:os';
import type { ConfigFlags } from '../platform/config/load.ts';
import { unpackRest } from '../platform/natives/programs.ts';
import { createService } from '../platform/systemd.ts';
import { redisName } from '../platform/workers/redis.ts';
import { startWorker } from '../worker.ts';
import { EXIT, wrongUsage } from './exit.ts';
import { loadedFor, logFor } from './options.ts';

export interface WorkerFlags extends ConfigFlags {
  name?: string;
  slots?: number;
}

/** `kinora worker`: encodes for a server, until a signal ends it. */
export async function worker({ name = hostname(), slots, ...flags }: WorkerFlags): Promise<void> {
  const loaded = loadedFor(flags);
  const { config } = loaded;
  if (config.jobs.redis === '') {
    throw wrongUsage(
      'A worker finds its server by Redis or Valkey: set jobs.redis, or KINORA_JOBS_REDIS, to the same address for both.',
    );
  }
  const log = logFor(loaded);
  const service = createService({ env: process.env, pid: process.pid, warn: (message) => log.warn(message) });
  let running: Awaited<ReturnType<typeof startWorker>> | null = null;
  let stopping = false;
  const stop = async () => {
    // Who asks a second time does not want to wait.
    if (stopping) process.exit(EXIT.failed);
    stopping = true;
    log.info('Stopping: what is not made yet is given back.');
    service.stopping();
    await running?.stop();
    process.exit(EXIT.ok);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
  await unpackRest();
  log.info(`Worker "${name}" looks for its server by ${redisName(config.jobs.redis)}.`);
  running = await startWorker({ config, name, slots: slots ?? Math.max(1, config.encoding.concurrency), log });
  service.ready();
}
