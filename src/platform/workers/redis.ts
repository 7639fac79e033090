import type { Redis } from 'ioredis';

export type { Redis } from 'ioredis';

/**
 * Opens a connection to a Redis or Valkey that is kept up: it is opened again whenever it breaks, and commands wait meanwhile.
 * The client is loaded only here, so that nobody who has no Redis pays for it.
 */
export async function openRedis(url: string, onError: (error: Error) => void): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const redis = new Client(url, {
    // BullMQ waits for work in one long command, which must outlive a restart of Redis.
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    retryStrategy: (tries) => Math.min(1000, 100 * tries),
  });
  redis.on('error', onError);
  const copies: Redis[] = [];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (...options) => {
    const copy = duplicate(...options);
    copies.push(copy);
    return copy;
  };
  allOf.set(redis, copies);
  return redis;
}

/** Connections that BullMQ has made of one of ours: it cannot close them itself while Redis is away. */
const allOf = new WeakMap<Redis, Redis[]>();

/** How long a goodbye may take. */
const GOODBYE_MS = 5000;

/** Ends a connection and all that were made of it, after `goodbye`: who waits for a Redis that is away would wait for ever. */
export async function closeRedis(redis: Redis, goodbye: () => Promise<unknown>): Promise<void> {
  if (redis.status === 'ready') {
    const said = goodbye().catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([said, new Promise((resolve) => (timer = setTimeout(resolve, GOODBYE_MS)))]);
    clearTimeout(timer);
  }
  for (const each of [...(allOf.get(redis) ?? []), redis]) each.disconnect();
}

/** The address without its password, for logs and people. */
export function redisName(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
