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
  return redis;
}

/** The address without its password, for logs and people. */
export function redisName(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
