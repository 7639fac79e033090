import { hostname } from 'node:os';
import type { ConfigFlags } from '../platform/config/load.ts';
import { openRedis, redisName } from '../platform/workers/redis.ts';
import { redisTrouble } from '../platform/workers/redis-trouble.ts';
import { askSelf } from './ask-self.ts';
import { noAnswer, presentWorkers } from './doctor/workers.ts';
import { loadedFor } from './options.ts';

interface HealthFlags extends ConfigFlags {
  /** A worker's name; true: that of this machine. */
  worker?: string | true;
}

/** `kinora health`: exit code 0 when the running server answers, 1 with a sentence when it does not. For containers. */
export async function health({ worker, ...flags }: HealthFlags): Promise<void> {
  if (worker !== undefined) return workerHealth(worker === true ? hostname() : worker, flags);
  const { config } = loadedFor(flags);
  const { status, text } = await askSelf(config, '/healthz').catch((error: Error) => {
    throw new Error(`Kinora does not answer on port ${config.http.port}: ${error.message || 'nothing listens there'}.`);
  });
  // Another program's page is a 200, too.
  if (status !== 200 || !text.includes('"ok"')) {
    throw new Error(`What answers on port ${config.http.port} is not well, or not Kinora: status ${status}.`);
  }
  process.stdout.write('Kinora answers.\n');
}

/** The same of a worker, which listens nowhere: it shows itself by Redis. */
async function workerHealth(name: string, flags: ConfigFlags): Promise<void> {
  const url = loadedFor(flags).config.jobs.redis;
  if (url === '') throw new Error('jobs.redis is not set: there are no workers.');
  let why = noAnswer(url);
  const redis = await openRedis(url, (error) => (why = redisTrouble(url, error)));
  try {
    const workers = await presentWorkers(redis).catch(() => {
      throw new Error(`Redis at ${redisName(url)} cannot be used: ${why}.`);
    });
    const own = workers.find((card) => card.name === name);
    if (!own) throw new Error(`No worker called "${name}" shows itself.`);
    const doing = own.refusal === null ? 'takes work' : `is there, but takes no work: ${own.refusal}`;
    process.stdout.write(`Worker ${name} ${doing}${own.refusal === null ? '.' : ''}\n`);
  } finally {
    redis.disconnect();
  }
}
