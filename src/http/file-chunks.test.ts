import { afterEach, expect, it, vi } from 'vitest';
import { createFileChunks } from './file-chunks.ts';

const MB = 1024 * 1024;
afterEach(() => void vi.useRealTimers());

it('lends large buffers up to its limit, and small ones to whoever comes then', () => {
  const chunks = createFileChunks(2 * MB);
  const sizes = Array.from({ length: 1000 }, () => chunks.take().length);
  expect(sizes.slice(0, 5)).toEqual([MB / 2, MB / 2, MB / 2, MB / 2, 32 * 1024]);
  expect(chunks.lentBytes()).toBe(2 * MB + 996 * 32 * 1024);
});

it('uses them again, but for those somebody may still be reading', () => {
  const chunks = createFileChunks(2 * MB);
  const [free, read] = [chunks.take(), chunks.take()];
  chunks.give(free, true);
  chunks.give(read, false);
  expect([chunks.take(), chunks.take()].map((chunk) => chunk === free)).toEqual([true, false]);
});

it('gives memory back when nothing is sent', () => {
  vi.useFakeTimers();
  const chunks = createFileChunks(2 * MB);
  const [a, b] = [chunks.take(), chunks.take()];
  chunks.give(a, true);
  vi.advanceTimersByTime(60_000);
  expect(chunks.keptBytes()).toBe(MB / 2);
  chunks.give(b, true);
  expect(chunks.keptBytes()).toBe(MB);
  vi.advanceTimersByTime(60_000);
  expect(chunks.keptBytes()).toBe(0);
});
