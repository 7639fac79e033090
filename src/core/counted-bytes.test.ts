import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { allocateCounted, discardCounted, holdCounted } from './counted-bytes.ts';

/** Longer than the turn in which something is let go. */
async function later(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

it('gives bytes back when the last who holds them lets go', async () => {
  const bytes = allocateCounted(1000);
  const first = holdCounted(bytes);
  const second = holdCounted(bytes.subarray(10, 20));
  first();
  first();
  await later();
  expect(bytes).toHaveLength(1000);
  second();
  expect(bytes).toHaveLength(1000);
  await later();
  expect(bytes).toHaveLength(0);
});

it('keeps what somebody takes over in the same turn', async () => {
  const bytes = allocateCounted(1000);
  const letGo = holdCounted(bytes);
  const found = Promise.resolve(bytes);
  letGo();
  const next = holdCounted(await found);
  await later();
  expect(bytes).toHaveLength(1000);
  next();
  await later();
  expect(bytes).toHaveLength(0);
});

it('leaves alone what nobody has held yet, and what is not counted', async () => {
  const [fresh, other] = [allocateCounted(1000), Buffer.alloc(10)];
  holdCounted(other)();
  discardCounted(other);
  await later();
  expect(fresh).toHaveLength(1000);
  expect(other).toHaveLength(10);
});

it('gives back at once what only its maker has seen', () => {
  const [made, held] = [allocateCounted(1000), allocateCounted(1000)];
  holdCounted(held);
  discardCounted(made);
  discardCounted(held);
  expect(made).toHaveLength(0);
  expect(held).toHaveLength(1000);
});
