import { describe, expect, it } from 'vitest';
import { makeBox, makeFullBox } from './boxes.ts';
import { hasCuts } from './edit-lists.ts';

const words = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [n, value] of values.entries()) bytes.writeInt32BE(value, n * 4);
  return bytes;
};

/** A film of one track of ten seconds: lengths of edits in milliseconds, media times and those of samples in ticks of 100 Hz. */
function film(edits: [lengthMs: number, mediaTime: number][], kind = 'vide', samples?: number[]): Buffer {
  const elst = makeFullBox(
    'elst',
    0,
    0,
    words(edits.length, ...edits.flatMap(([length, time]) => [length, time, 0x10000])),
  );
  const mdhd = makeFullBox('mdhd', 0, 0, words(0, 0, 100, 1000, 0));
  const hdlr = makeFullBox('hdlr', 0, 0, words(0), Buffer.from(kind, 'latin1'), words(0, 0, 0));
  const edts = edits.length > 0 ? [makeBox('edts', elst)] : [];
  const mvhd = makeFullBox('mvhd', 0, 0, words(0, 0, 1000, 10_000));
  const stts = samples ? [makeFullBox('stts', 0, 0, words(samples.length / 2, ...samples))] : [];
  const minf = makeBox('minf', makeBox('stbl', ...stts));
  return makeBox('moov', mvhd, makeBox('trak', ...edts, makeBox('mdia', mdhd, hdlr, minf)));
}

describe('hasCuts', () => {
  it.each([
    ['no edit list', film([]), false],
    ['all of it', film([[10_000, 0]]), false],
    ['a start that is priming', film([[9900, 10]]), false],
    ['a start in the middle', film([[5000, 500]]), false],
    [
      'a late start',
      film([
        [1500, -1],
        [10_000, 0],
      ]),
      false,
    ],
    ['a length of zero, which means all', film([[0, 200]]), false],
    ['an end before the end', film([[4200, 0]]), true],
    ['an end where its samples end, whatever length is declared', film([[4200, 0]], 'vide', [100, 4, 20, 1]), false],
    ['an end before its samples end', film([[4200, 0]], 'vide', [100, 4, 1, 600]), true],
    [
      'two pieces',
      film([
        [2000, 0],
        [2000, 700],
      ]),
      true,
    ],
    [
      'a cut in a track of text',
      film(
        [
          [2000, 0],
          [2000, 700],
        ],
        'text',
      ),
      false,
    ],
  ])('%s', (_what, moov, expected) => {
    expect(hasCuts(moov)).toBe(expected);
  });
});
