import { expect, test } from 'vitest';
import { createRate } from './rate.ts';

test('says nothing before it has seen enough', () => {
  const rate = createRate();
  rate.add(0, 0);
  rate.add(1000, 1_000_000);
  expect(rate.bytesPerSecond()).toBeNull();
  expect(rate.etaMs(5_000_000)).toBeNull();
});

test('follows the last seconds, not the whole upload', () => {
  const rate = createRate();
  for (let second = 0; second <= 20; second++) rate.add(second * 1000, second * 1_000_000);
  for (let second = 1; second <= 13; second++) rate.add((20 + second) * 1000, 20_000_000 + second * 250_000);
  expect(rate.bytesPerSecond()).toBe(250_000);
  expect(rate.etaMs(1_000_000)).toBe(4000);
});

test('starts again when the offset goes back, and gives no endless ETA when nothing moves', () => {
  const rate = createRate();
  rate.add(0, 8_000_000);
  rate.add(1000, 3_000_000);
  rate.add(3000, 5_000_000);
  expect(rate.bytesPerSecond()).toBe(1_000_000);
  const still = createRate();
  still.add(0, 10);
  still.add(5000, 10);
  expect(still.etaMs(100)).toBeNull();
});
