import { expect, test } from 'vitest';
import { nextIndex } from './roving.ts';

test.each([
  ['ArrowDown', 0, 3, true, 1],
  ['ArrowDown', 2, 3, true, 0],
  ['ArrowUp', 0, 3, true, 2],
  ['ArrowDown', 2, 3, false, 2],
  ['ArrowUp', 0, 3, false, 0],
  ['End', 0, 3, true, 2],
  ['Home', 2, 3, true, 0],
  ['Enter', 0, 3, true, null],
  ['ArrowDown', 0, 0, true, null],
])('%s from %d of %d (around: %s) leads to %s', (key, now, count, around, next) =>
  expect(nextIndex(key, now, count, 'ArrowUp', 'ArrowDown', around)).toBe(next),
);
