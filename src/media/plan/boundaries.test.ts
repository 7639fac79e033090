import { describe, expect, it } from 'vitest';
import { regularGrid, sourceGrid } from './boundaries.ts';

const S = 1_000_000;
const key = (sec: number, startSec = sec) => ({ keyUs: sec * S, startUs: startSec * S });

describe('sourceGrid', () => {
  it.each([
    ['a key frame every 2 s, found near every 4 s', [key(0), key(4), key(8)], 10 * S, [0, 4, 8, 10], false],
    ['one key frame in all', [key(0)], 5 * S, [0, 5], false],
    ['the same key frame found twice', [key(0), key(4), key(4)], 8 * S, [0, 4, 8], false],
    [
      'a picture that starts late: the first boundary is zero all the same',
      [key(0.083), key(4)],
      8 * S,
      [0, 4, 8],
      false,
    ],
    ['a last sliver joins the segment before', [key(0), key(4), key(7.8)], 8 * S, [0, 4, 8], false],
    ['exactly ten seconds apart still switches', [key(0), key(10)], 20 * S, [0, 10, 20], false],
    ['more than ten seconds apart does not', [key(0), key(11.875)], 20 * S, [0, 11.875, 20], true],
    ['an open group of pictures starts with its leading frames', [key(0), key(4, 3.9)], 8 * S, [0, 3.9, 8], false],
    ['in any order', [key(8), key(0), key(4)], 10 * S, [0, 4, 8, 10], false],
  ])('%s', (_what, cuts, durationUs, boundaries, sparse) => {
    const grid = sourceGrid(cuts, durationUs);
    expect(grid.boundariesUs).toEqual(boundaries.map((sec) => sec * S));
    expect(grid.sparse).toBe(sparse);
    expect(grid.keysUs).toHaveLength(grid.boundariesUs.length - 1);
  });

  it('remembers where the key frame itself is, for asking the packager', () => {
    expect(sourceGrid([key(0), key(4, 3.9)], 8 * S).keysUs).toEqual([0, 4 * S]);
  });
});

describe('regularGrid', () => {
  it.each([
    [1 * S, [0, 1]],
    [0.2 * S, [0, 0.2]],
    [1.7 * S, [0, 1, 1.7]],
    [4 * S, [0, 1, 2, 4]],
    [4.3 * S, [0, 1, 2, 4.3]],
    [4.6 * S, [0, 1, 2, 4, 4.6]],
    [12 * S, [0, 1, 2, 4, 8, 12]],
  ])('%i us', (durationUs, boundaries) => {
    expect(regularGrid(durationUs)).toEqual(boundaries.map((sec) => sec * S));
  });
});
