import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rested } from './rested.ts';

const HOUR_MS = 60 * 60 * 1000;

test('gives what it found last while it rests', async () => {
  let runs = 0;
  const count = rested(async () => ++runs, 0, HOUR_MS);
  expect([await count(), await count()]).toEqual([1, 1]);
});

test('rests as many times as long as it took, and no longer', async () => {
  let runs = 0;
  const seldom = rested(() => sleep(20).then(() => ++runs), 1e6);
  expect([await seldom(), await seldom()]).toEqual([1, 1]);
  const always = rested(() => sleep(1).then(() => ++runs), 0);
  expect([await always(), await always()]).toEqual([2, 3]);
});

test('runs once for all who ask at a time', async () => {
  let runs = 0;
  const count = rested(() => sleep(10).then(() => ++runs), 0);
  expect(await Promise.all([count(), count(), count()])).toEqual([1, 1, 1]);
});

test('tells whoever asked that it failed, and tries again for the next', async () => {
  let runs = 0;
  const count = rested(
    async () => {
      if (++runs === 1) throw new Error('away');
      return runs;
    },
    0,
    HOUR_MS,
  );
  await expect(Promise.all([count(), count()])).rejects.toThrow('away');
  expect(await count()).toBe(2);
});
