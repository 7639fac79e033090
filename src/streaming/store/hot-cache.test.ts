import { expect, it } from 'vitest';
import { createHotCache } from './hot-cache.ts';

const bytes = (length: number) => async () => Buffer.alloc(length);
const never = async (): Promise<Buffer> => {
  throw new Error('was made again');
};

it('makes a thing once, however many ask at the same time', async () => {
  const cache = createHotCache(1000);
  let made = 0;
  const make = async () => {
    made++;
    return Buffer.from('x');
  };
  const [a, b] = await Promise.all([cache.get('k', make), cache.get('k', make)]);
  expect(made).toBe(1);
  expect(a).toBe(b);
  expect(await cache.get('k', never)).toBe(a);
});

it('lets the least recently used go first', async () => {
  const cache = createHotCache(400);
  for (const key of ['a', 'b', 'c', 'd']) await cache.get(key, bytes(100));
  await cache.get('a', never);
  await cache.get('e', bytes(100));
  await cache.get('a', never);
  await expect(cache.get('b', never)).rejects.toThrow();
  expect(cache.sizeBytes()).toBe(400);
});

it('does not let one giant push out everything', async () => {
  const cache = createHotCache(400);
  await cache.get('a', bytes(100));
  await cache.get('giant', bytes(350));
  await cache.get('a', never);
});

it('remembers no failure', async () => {
  const cache = createHotCache(400);
  await expect(cache.get('a', never)).rejects.toThrow();
  expect(await cache.get('a', bytes(3))).toHaveLength(3);
});

it('forgets by beginning, also what is being made', async () => {
  const cache = createHotCache(4000);
  await cache.get('v1/r/0', bytes(10));
  await cache.get('v2/r/0', bytes(10));
  let finish = (_: Buffer) => {};
  const making = cache.get('v1/r/1', () => new Promise((resolve) => (finish = resolve)));
  cache.forget('v1/');
  finish(Buffer.alloc(10));
  await making;
  await expect(cache.get('v1/r/0', never)).rejects.toThrow();
  await expect(cache.get('v1/r/1', never)).rejects.toThrow();
  await cache.get('v2/r/0', never);
  expect(cache.sizeBytes()).toBe(10);
});

it('finds worth keeping what is wanted again soon', () => {
  const cache = createHotCache(400);
  expect(cache.isWanted('a')).toBe(false);
  expect(cache.isWanted('b')).toBe(false);
  expect(cache.isWanted('a')).toBe(true);
  // A film that one viewer goes through.
  for (let n = 0; n < 500; n++) expect(cache.isWanted(`film/${n}`)).toBe(false);
  expect(cache.isWanted('b')).toBe(false);
});
