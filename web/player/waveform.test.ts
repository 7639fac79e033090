import { expect, test } from 'vitest';
import { waveformPath } from './waveform.ts';

const lengths = (path: string) => [...path.matchAll(/v([\d.]+)/g)].map(([, length]) => Number(length));

test('draws as many bars as fit, the loudest as high as the box', () => {
  const path = waveformPath([0, 64, 128, 32], 14.5, 60);
  expect(lengths(path)).toEqual([3, 30, 60, 15]);
  expect(path).toMatch(/^M0 28\.5h2\.5v3\.0h-2\.5zM4 15\.0/);
});

test('a bar stands for the loudest of its part', () => {
  expect(lengths(waveformPath([1, 1, 10, 1, 5, 1, 1, 1], 6.5, 10))).toEqual([10, 5]);
});

test('fewer peaks than bars, silence, and no room', () => {
  expect(lengths(waveformPath([100], 14, 20))).toEqual([20, 20, 20]);
  expect(lengths(waveformPath([0, 0], 6.5, 20))).toEqual([3, 3]);
  expect(lengths(waveformPath([1, 2], 0, 20))).toEqual([20]);
});
