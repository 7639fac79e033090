import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { packet } from '../../../test/support/transport-packets.ts';
import type { ByteSource } from '../reading/source-files.ts';
import { asideBytes, dropAside, findAside, setAside, wantSound } from './ts-aside.ts';

const SOUND = 0x101;
const PACKET = packet(SOUND, Buffer.alloc(184, 7));
const aFile = () => ({}) as ByteSource;

/** Goes through a range in which there are so many packets of sound, and of something else. */
function goThrough(file: ByteSource, from: number, to: number, packets: number, isWhole = true): boolean {
  const aside = setAside(file, from, to);
  for (let n = 0; n < packets; n++) {
    aside?.take(SOUND, PACKET, 0, from + n * 188);
    aside?.take(0x1fff, PACKET, 0, from + n * 188);
  }
  aside?.finish(isWhole);
  return aside !== null;
}

const foundAt = async (file: ByteSource, position: number) => {
  const run = findAside(file, SOUND, position);
  return typeof run === 'number' ? run : ((await run.packets)?.positions.length ?? null);
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.advanceTimersByTime(120_000);
  expect(asideBytes()).toBe(0);
  vi.useRealTimers();
});

it('sets nothing aside where nobody listens, or not any more', () => {
  const file = aFile();
  expect(goThrough(file, 0, 1000, 3)).toBe(false);
  wantSound(file, SOUND);
  expect(goThrough(file, 0, 1000, 3)).toBe(true);
  vi.advanceTimersByTime(61_000);
  expect(goThrough(file, 0, 1000, 3)).toBe(false);
  expect(goThrough(aFile(), 0, 1000, 3)).toBe(false);
});

it('finds what was set aside, or is about to be, or where that begins', async () => {
  const file = aFile();
  wantSound(file, SOUND);
  goThrough(file, 1000, 2000, 3);
  const waited = setAside(file, 2000, 3000)!;
  expect(await foundAt(file, 0)).toBe(1000);
  expect(await foundAt(file, 1999)).toBe(3);
  expect(await foundAt(file, 3000)).toBe(Number.POSITIVE_INFINITY);
  expect(findAside(file, 0x102, 1500)).toBe(Number.POSITIVE_INFINITY);
  expect(findAside(aFile(), SOUND, 1500)).toBe(Number.POSITIVE_INFINITY);
  const found = foundAt(file, 2000);
  waited.take(SOUND, PACKET, 0, 2000);
  waited.finish(true);
  expect(await found).toBe(1);
});

it('leaves to others what could not be gone through', async () => {
  const file = aFile();
  wantSound(file, SOUND);
  const aside = setAside(file, 0, 1000)!;
  const found = foundAt(file, 0);
  aside.finish(false);
  expect(await found).toBeNull();
  expect(await foundAt(file, 0)).toBe(Number.POSITIVE_INFINITY);
});

it('drops what has been fetched, what nobody comes for, and the oldest where there is too much', async () => {
  const [file, other] = [aFile(), aFile()];
  for (const one of [file, other]) wantSound(one, SOUND);
  goThrough(file, 0, 1000, 3);
  goThrough(file, 1000, 2000, 3);
  dropAside(file, SOUND, 1500);
  expect(await foundAt(file, 0)).toBe(1000);
  vi.advanceTimersByTime(25_000);
  expect(asideBytes()).toBe(0);
  expect(await foundAt(file, 1000)).toBe(Number.POSITIVE_INFINITY);
  const many = 20_000;
  for (let n = 0; n < 6; n++) goThrough(n % 2 === 0 ? file : other, n * 1e7, (n + 1) * 1e7, many);
  expect(asideBytes()).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(await foundAt(file, 0)).toBe(2e7);
  expect(await foundAt(other, 5e7)).toBe(many);
});
