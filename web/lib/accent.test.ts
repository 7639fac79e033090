import { expect, test } from 'vitest';
import { accentFill } from './accent.ts';

test.each([
  ['amber', [255, 159, 67], '#14110b'],
  ['navy', [30, 60, 160], '#ffffff'],
  ['white', [255, 255, 255], '#14110b'],
  ['black', [0, 0, 0], '#ffffff'],
] as const)('%s keeps its shade', (_name, rgb, text) => expect(accentFill(rgb)).toEqual({ fill: [...rgb], text }));

test('violet is deepened a little, so that white can be read on it', () => {
  const { fill, text } = accentFill([124, 92, 255]);
  expect(text).toBe('#ffffff');
  expect(fill[0]).toBeGreaterThan(112);
  expect(fill[0]).toBeLessThan(124);
});
