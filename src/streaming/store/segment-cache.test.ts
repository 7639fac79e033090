import { beforeEach, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../platform/clock.ts';
import { createSegmentCache, type SegmentCache } from './segment-cache.ts';

const A = { id: 'a', videoId: 'film' };
const B = { id: 'b', videoId: 'film' };
const C = { id: 'c', videoId: 'other' };
const HOUR_MS = 3_600_000;
let clock: FakeClock;
let cache: SegmentCache;
let startMs: number;

beforeEach(() => {
  clock = createFakeClock();
  cache = createSegmentCache(clock);
  startMs = clock.nowMs();
});

const chosen = (bytes: number) => cache.choose(bytes).map(({ rendition, index }) => `${rendition.id}${index}`);

it('counts what is there, once, whatever it is told how often', () => {
  cache.add(A, 7, 100, startMs);
  cache.add(A, 7, 120, startMs);
  cache.add(A, 5000, 30, startMs);
  cache.add(C, 7, 50, startMs);
  expect([cache.bytes(), cache.segments()]).toEqual([200, 3]);
  cache.remove(A, 5000);
  cache.remove(A, 5000);
  cache.remove(B, 1);
  expect([cache.bytes(), cache.segments()]).toEqual([170, 2]);
  cache.forget({ renditionId: 'none' });
  cache.forget({ videoId: 'film' });
  expect([cache.bytes(), cache.segments()]).toEqual([50, 1]);
});

it('lets go of what was watched least recently, segment by segment, beginnings last', async () => {
  for (let index = 0; index < 6; index++) cache.add(A, index, 10, startMs - 6 * HOUR_MS);
  for (let index = 0; index < 6; index++) cache.add(B, index, 10, startMs - 3 * HOUR_MS);
  cache.watched(A, 4);
  await clock.advance(2 * 60_000);
  expect(chosen(25)).toEqual(['a3', 'a5', 'b3']);
  expect(chosen(60)).toEqual(['a3', 'a5', 'b3', 'b4', 'b5', 'a4']);
  expect(chosen(1000)).toHaveLength(12);
  expect(chosen(1000).slice(6)).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
});

it('never lets go of what was asked for in the last minute', async () => {
  cache.add(A, 8, 10, startMs - 6 * HOUR_MS);
  cache.watched(A, 8);
  expect(chosen(1000)).toEqual([]);
  await clock.advance(61_000);
  expect(chosen(1000)).toEqual(['a8']);
});

it('has the last watching written down, not more than once an hour', async () => {
  cache.add(A, 3, 10, startMs - 6 * HOUR_MS);
  cache.add(A, 4, 10, startMs);
  cache.watched(A, 3);
  cache.watched(A, 4);
  cache.watched(A, 9);
  expect(cache.takeUnsaved()).toEqual([{ rendition: A, index: 3, watchedAtMs: startMs }]);
  cache.watched(A, 3);
  expect(cache.takeUnsaved()).toEqual([]);
  await clock.advance(HOUR_MS);
  cache.watched(A, 3);
  cache.remove(A, 3);
  expect(cache.takeUnsaved()).toEqual([]);
});
