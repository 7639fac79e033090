import { expect, test } from 'vitest';
import type { StoredBlock } from './matroska-blocks.ts';
import { durationsOf, framesOf, unlace } from './matroska-frames.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const hexes = (frames: Buffer[]) => frames.map((frame) => frame.toString('hex'));

test('frames of laced blocks', () => {
  expect(hexes(unlace(hex('02 01 02 aa bbbb cccccc'), 1))).toEqual(['aa', 'bbbb', 'cccccc']);
  const long = Buffer.concat([hex('01 ff 01'), Buffer.alloc(256, 7), hex('ee')]);
  expect(unlace(long, 1).map(({ length }) => length)).toEqual([256, 1]);
  expect(hexes(unlace(hex('02 aabb ccdd eeff'), 2))).toEqual(['aabb', 'ccdd', 'eeff']);
  // The second is one byte shorter than the first: differences are counted from half of what their bytes can hold.
  expect(hexes(unlace(hex('02 82 be aaaa bb cccc'), 3))).toEqual(['aaaa', 'bb', 'cccc']);
  expect(hexes(unlace(hex('02 82 6000 aaaa bbbbb0 cc'), 3))).toEqual(['aaaa', 'bbbbb0', 'cc']);
});

test.each([
  ['nothing at all', '', 1],
  ['sizes that are not there', '02 ff', 1],
  ['a frame larger than its block', '01 05 aa', 1],
  ['a frame smaller than nothing', '02 81 80 aa bb', 3],
  ['an odd size', '01 00 aa', 3],
])('throws at %s', (_, bytes, lacing) => {
  expect(() => unlace(hex(bytes), lacing)).toThrow(/damaged/);
});

const block = (ticks: number, more: Partial<StoredBlock> = {}): StoredBlock => ({
  trackNumber: 1,
  ticks,
  key: true,
  isGroup: false,
  lacing: 0,
  durationTicks: 0,
  position: 0,
  end: 0,
  dataStart: 0,
  dataEnd: 0,
  clusterTicks: 0,
  clusterPosition: 0,
  cluster: 1,
  ...more,
});
const lengths = (blocks: StoredBlock[], laces = 1) =>
  framesOf(blocks, 40, () => laces).map(({ ticks, durationTicks }) => [ticks, durationTicks]);

test('frames last until the next one of their cluster is shown', () => {
  expect(lengths([block(0), block(90), block(30), block(60)])).toEqual([
    [0, 30],
    [90, 40],
    [30, 30],
    [60, 30],
  ]);
  expect(lengths([block(0), block(100, { cluster: 2 }), block(150, { cluster: 2, durationTicks: 7 })])).toEqual([
    [0, 40],
    [100, 50],
    [150, 7],
  ]);
});

test('laced frames share the time of their block', () => {
  expect(lengths([block(0, { lacing: 3 }), block(30)], 3)).toEqual([
    [0, 10],
    [10, 10],
    [20, 10],
    [30, 40],
  ]);
  expect(lengths([block(0, { lacing: 1 })], 2)).toEqual([
    [0, 40],
    [40, 40],
  ]);
});

test('of what is stored in another order than it is shown', () => {
  expect(durationsOf([0, 30, 10, 20])).toEqual([10, null, 10, 10]);
  expect(durationsOf([])).toEqual([]);
});
