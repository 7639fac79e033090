import { expect, test } from 'vitest';
import { flipped, randomFrom, truncated } from '../../../test/support/damage.ts';
import { readTsIndex, type TsIndex, writeTsIndex } from './ts-index.ts';
import { createVarintReader, createVarintWriter } from './varints.ts';

const sound: TsIndex = {
  form: { offset: 4, stride: 192 },
  ...{ pid: 0x1100, codec: 'ac3', sampleRate: 48_000, endPosition: 4 + 192 * 9000 },
  positions: Float64Array.of(4 + 192 * 10, 4 + 192 * 4000, 4 + 192 * 9000),
  ptsTicks: Float64Array.of(-900, 360_000, 720_000),
  skippedFrames: Uint32Array.of(0, 3, 0),
  nextPositions: Float64Array.of(4 + 192 * 40, 4 + 192 * 4031, 4 + 192 * 9000),
};
const pictures: TsIndex = {
  ...sound,
  ...{ form: { offset: 0, stride: 188 }, codec: 'h264', sampleRate: 0, endPosition: 188 * 9000 },
  positions: Float64Array.of(188 * 2, 188 * 5000),
  ptsTicks: Float64Array.of(0, 2 ** 33 + 5),
  skippedFrames: new Uint32Array(2),
  nextPositions: new Float64Array(2),
};

function bytesOf(index: TsIndex): Buffer {
  const out = createVarintWriter();
  writeTsIndex(index, out);
  return Buffer.from(out.finish());
}

test.each([
  ['sound', sound],
  ['pictures', pictures],
])('the index of %s is what was written', (_, index) => {
  expect(readTsIndex(createVarintReader(bytesOf(index)))).toEqual(index);
});

test('of a damaged one something is read, or nothing, without asking for memory', () => {
  const random = randomFrom(3);
  for (let round = 0; round < 300; round++) {
    const whole = bytesOf(round % 3 === 0 ? pictures : sound);
    const damaged = round % 2 === 0 ? truncated(whole, random) : flipped(whole, 2, random);
    try {
      expect(readTsIndex(createVarintReader(damaged)).positions.length).toBeLessThan(100);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
    }
  }
});
