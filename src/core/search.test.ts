import { expect, test } from 'vitest';
import { countBefore } from './search.ts';

const primes = [2, 3, 5, 7, 11, 13];

test.each([
  [0, 0],
  [2, 0],
  [3, 1],
  [4, 2],
  [13, 5],
  [14, 6],
])('how many primes are below %d', (value, below) => {
  expect(countBefore(primes.length, (n) => primes[n]! < value)).toBe(below);
});

test('none of nothing, and of many it looks at few', () => {
  expect(countBefore(0, () => true)).toBe(0);
  let looks = 0;
  const found = countBefore(1_000_000, (n) => {
    looks++;
    return n < 123_456;
  });
  expect(found).toBe(123_456);
  expect(looks).toBeLessThanOrEqual(20);
});
