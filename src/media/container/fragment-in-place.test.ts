import { expect, test } from 'vitest';
import { type Sample, writeFragment } from './fragment.ts';
import { FRAGMENT_ROOM_BYTES, writeFragmentInPlace } from './fragment-in-place.ts';

/** Samples between which something else lies. */
function read(sizes: readonly number[], gapBytes: number, roomBytes = FRAGMENT_ROOM_BYTES) {
  const bytes = sizes.reduce((sum, size) => sum + size + gapBytes, roomBytes);
  const whole = Buffer.allocUnsafeSlow(bytes).fill(0xee);
  let at = roomBytes;
  const samples = sizes.map((size, n): Sample => {
    const data = whole.subarray(at + gapBytes, (at += gapBytes + size)).fill(n + 1);
    return { ptsTicks: n === 0 ? -5 : n * 40, durationTicks: 40, key: n === 0, data };
  });
  return { whole, samples };
}

const SIZES = [60_000, 900, 0, 30_000, 1, 20_000];

test.each([
  ['side by side', read(SIZES, 0), true],
  ['apart', read(SIZES, 300), true],
  ['with more between them than they are', read(SIZES, 40_000), false],
  ['with no room for the head', read(SIZES, 2, 50), false],
] as const)('is what is written elsewhere, of samples %s', (_, { whole, samples }, isInPlace) => {
  for (const timing of [{ delayTicks: 100, untilTicks: 400 }]) {
    const expected = writeFragment(samples, 7, timing);
    const written = writeFragmentInPlace(whole, samples, 7, timing);
    expect(written.equals(expected)).toBe(true);
    expect(written.buffer === whole.buffer).toBe(isInPlace);
  }
});

test('priming is left out', () => {
  const { whole, samples } = read(SIZES, 10);
  const expected = writeFragment(samples, 1);
  expect(writeFragmentInPlace(whole, samples, 1).equals(expected)).toBe(true);
});

test('samples that lie elsewhere, or in another order', () => {
  const { whole, samples } = read(SIZES, 10);
  const turned = [samples[1]!, samples[0]!, ...samples.slice(2)];
  const elsewhere = samples.map((sample) => ({ ...sample, data: Buffer.from(sample.data) }));
  for (const odd of [turned, elsewhere]) {
    const expected = writeFragment(odd, 1, { delayTicks: 10 });
    expect(writeFragmentInPlace(whole, odd, 1, { delayTicks: 10 }).equals(expected)).toBe(true);
  }
});
