import { expect, it } from 'vitest';
import { encoderThreads, slotsOf } from './encoder-costs.ts';

it.each([
  ['auto', 1, 2],
  ['auto', 1.5, 2],
  ['auto', 8, 8],
  ['auto', 7.5, 7],
  [3, 64, 3],
] as const)('sessions: %s on %d cores are %d at once', (sessions, cores, slots) => {
  expect(slotsOf(sessions, { cores })).toBe(slots);
});

it.each([
  ['alone it takes what there is', 8, 0, 8, undefined],
  ['alone within a quota it takes what it may', 2, 0, 64, 3],
  ['the third of three takes its share', 8, 2, 8, 4],
  ['of many each takes one', 1.5, 9, 16, 1],
] as const)('threads: %s', (_what, cores, others, seen, threads) => {
  expect(encoderThreads({ cores }, others, seen)).toBe(threads);
});
