import { describe, expect, it } from 'vitest';
import { hasSkippedLeading, isEntryPoint, nalLengthOf } from './entry-points.ts';

const nal = (...types: number[]) => types.map((type) => [type, 0x80, 1]);
const prefixed = (units: number[][]) => new Uint8Array(units.flatMap((unit) => [0, 0, 0, unit.length, ...unit]));
const startCodes = (units: number[][]) => new Uint8Array(units.flatMap((unit) => [0, 0, 1, ...unit]));
const hevc = (...types: number[]) => nal(...types.map((type) => type << 1));

describe('isEntryPoint', () => {
  it.each<[string, 'h264' | 'hevc', number[][], boolean]>([
    ['an IDR picture behind its parameter sets', 'h264', nal(9, 0x67, 0x68, 6, 0x65), true],
    ['a recovery point is none', 'h264', nal(9, 0x67, 0x68, 6, 0x41), false],
    ['a picture that needs others', 'h264', nal(0x41), false],
    ['the first slice of a partitioned picture', 'h264', nal(0x42), false],
    ['parameter sets alone', 'h264', nal(0x67, 0x68), false],
    ['IDR with leading pictures', 'hevc', hevc(32, 33, 34, 39, 19), true],
    ['IDR without', 'hevc', hevc(20), true],
    ['CRA: an open group of pictures', 'hevc', hevc(35, 21), true],
    ['BLA', 'hevc', hevc(16), true],
    ['a trailing picture', 'hevc', hevc(1), false],
    ['a skipped leading picture', 'hevc', hevc(9), false],
  ])('%s', (_what, codec, units, expected) => {
    expect(isEntryPoint(codec, prefixed(units), 4)).toBe(expected);
    expect(isEntryPoint(codec, startCodes(units), null)).toBe(expected);
  });

  it('does not stumble over a unit that is cut off', () => {
    expect(isEntryPoint('h264', new Uint8Array([0, 0, 0, 200, 0x67]), 4)).toBe(false);
    expect(isEntryPoint('h264', new Uint8Array([]), null)).toBe(false);
  });
});

it('knows which groups of pictures are open', () => {
  expect([19, 20, 21, 16].map((type) => hasSkippedLeading(prefixed(hevc(type)), 4))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it('reads how long lengths are', () => {
  expect(nalLengthOf('h264', new Uint8Array([1, 100, 0, 31, 0xff, 0xe1]))).toBe(4);
  expect(nalLengthOf('hevc', new Uint8Array(23).fill(0xfd))).toBe(2);
  expect(nalLengthOf('h264', null)).toBeNull();
});
