import { expect, test } from 'vitest';
import { makeBox, makeFullBox } from './boxes.ts';
import { readSampleTable } from './sample-tables.ts';

const words = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [n, value] of values.entries()) bytes.writeInt32BE(value | 0, n * 4);
  return bytes;
};

/** A `moov` with one track of pictures: a timescale of 10, and tables as given. */
function moovOf(...tables: Buffer[]): Buffer {
  const mdhd = makeFullBox('mdhd', 0, 0, words(0, 0, 10, 0, 0));
  const hdlr = makeFullBox('hdlr', 0, 0, words(0), Buffer.from('vide'), Buffer.alloc(13));
  const minf = makeBox('minf', makeBox('stbl', ...tables));
  return makeBox('moov', makeBox('trak', makeBox('mdia', mdhd, hdlr, minf)));
}
const stts = makeFullBox('stts', 0, 0, words(2, 2, 10, 1, 20));
const ctts = makeFullBox('ctts', 0, 0, words(2, 1, 10, 2, -5));
const stsz = makeFullBox('stsz', 0, 0, words(0, 3, 100, 20, 30));

test('times, sizes and key frames', () => {
  const stss = makeFullBox('stss', 0, 0, words(2, 1, 3));
  const table = readSampleTable(moovOf(stts, ctts, stsz, stss), 'video', 0)!;
  expect(table.timescale).toBe(10);
  expect([...table.ptsTicks]).toEqual([10, 5, 15]);
  expect([0, 1, 2].map(table.sizeOf)).toEqual([100, 20, 30]);
  expect([...table.keys!]).toEqual([0, 2]);
});

test('samples of one size, all of them key frames', () => {
  const table = readSampleTable(moovOf(stts, makeFullBox('stsz', 0, 0, words(7, 3))), 'video', 0)!;
  expect(table.sampleCount).toBe(3);
  expect([0, 1, 2].map(table.sizeOf)).toEqual([7, 7, 7]);
  expect(table.keys).toBeNull();
});

test.each([
  ['another kind of track', moovOf(stts, stsz), 'audio'],
  ['no tables', moovOf(), 'video'],
  ['an empty table, as in fragmented files', moovOf(makeFullBox('stsz', 0, 0, words(0, 0))), 'video'],
  ['more sizes than there are bytes', moovOf(stts, makeFullBox('stsz', 0, 0, words(0, 1000, 5))), 'video'],
  ['more samples than anything has', moovOf(stts, makeFullBox('stsz', 0, 0, words(7, -1))), 'video'],
  ['more runs than there are bytes', moovOf(makeFullBox('stts', 0, 0, words(9, 1, 1)), stsz), 'video'],
] as const)('nothing of %s', (_, moov, kind) => {
  expect(readSampleTable(moov, kind, 0)).toBeNull();
});
