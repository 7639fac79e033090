import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWindows } from './read-windows.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A file of as many bytes, each telling where it is. */
function source(sizeBytes: number) {
  const reads: [position: number, length: number][] = [];
  return {
    sizeBytes,
    reads,
    async read(position: number, length: number) {
      reads.push([position, length]);
      return Buffer.from(
        Array.from({ length: Math.min(length, sizeBytes - position) }, (_, n) => (position + n) % 251),
      );
    },
  };
}

test('places looked at again are not read again, until nobody has for a while', async () => {
  const file = source(1_000_000);
  const windows = createWindows(file, 1000);
  const first = await windows.at(5000, 20);
  expect(first.bytes[0]).toBe(5000 % 251);
  expect(await windows.at(5100, 30)).toBe(first);
  const other = await windows.at(500_000);
  expect(await windows.at(5000)).toBe(first);
  expect(await windows.at(500_000, 4096)).toBe(other);
  expect(file.reads).toEqual([
    [5000, 4096],
    [500_000, 4096],
  ]);
  vi.advanceTimersByTime(1500);
  await windows.at(500_000);
  vi.advanceTimersByTime(1000);
  await windows.at(5000);
  expect(file.reads).toHaveLength(2);
  vi.advanceTimersByTime(3000);
  await windows.at(5000);
  expect(file.reads).toHaveLength(3);
});

test('more than a window is read where more is asked for, and no more than there is', async () => {
  const file = source(10_000);
  const windows = createWindows(file);
  expect((await windows.at(100, 6000)).bytes).toHaveLength(6000);
  expect((await windows.at(9990)).bytes).toHaveLength(10);
  for (const position of [10_000, 20_000]) {
    const { base, bytes } = await windows.at(position, 5);
    expect(bytes.subarray(position - base)).toHaveLength(0);
  }
  expect(file.reads).toHaveLength(2);
});
