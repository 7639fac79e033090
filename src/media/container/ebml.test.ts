import { expect, test } from 'vitest';
import { childrenOf, isSized, listElements, readElement, readFloat, readText, readUint, readVint } from './ebml.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test.each([
  ['ec 81', { id: 0xec, start: 0, bodyStart: 2, end: 3 }],
  ['42 82 40 04', { id: 0x4282, start: 0, bodyStart: 4, end: 8 }],
  ['1a45dfa3 01 00000000000023', { id: 0x1a45dfa3, start: 0, bodyStart: 12, end: 47 }],
  ['1f43b675 ff', { id: 0x1f43b675, start: 0, bodyStart: 5, end: null }],
  ['1f43b675 7fff', { id: 0x1f43b675, start: 0, bodyStart: 6, end: null }],
  ['18538067 01ffffffffffffff', { id: 0x18538067, start: 0, bodyStart: 12, end: null }],
  ['a3 41', null],
  ['a3', null],
  ['', null],
  ['00 81 00', null],
  ['08 00 00 00 00 81', null],
  ['a3 01 80000000000000', null],
  ['a3 00', null],
])('the header %s', (bytes, expected) => {
  expect(readElement(hex(bytes), 0)).toEqual(expected);
});

test('elements inside one another, up to what is cut off', () => {
  const bytes = hex('4dbb 8b 53ab 84 1549a966 53ac 81 a1 ec 85 0000');
  const [seek, ...more] = listElements(bytes);
  expect(more).toEqual([]);
  expect(childrenOf(bytes, seek!).map(({ id }) => id)).toEqual([0x53ab, 0x53ac]);
  expect(childrenOf(bytes, seek!).map((child) => readUint(bytes, child))).toEqual([0x1549a966, 0xa1]);
});

test('integers of variable length', () => {
  expect(readVint(hex('81'), 0)).toEqual({ value: 1, length: 1 });
  expect(readVint(hex('00 4123'), 1)).toEqual({ value: 0x123, length: 2 });
  expect(readVint(hex('01 1fffffffffffff'), 0)).toEqual({ value: Number.MAX_SAFE_INTEGER, length: 8 });
  expect(readVint(hex('01 20000000000000'), 0)).toBeNull();
  expect(readVint(hex('41'), 0)).toBeNull();
  expect(readVint(hex('00'), 0)).toBeNull();
});

test('values', () => {
  const read = <T>(
    bytes: string,
    reader: (bytes: Buffer, element: { id: number; start: number; bodyStart: number; end: number }) => T,
  ) => {
    const element = readElement(hex(bytes), 0);
    return isSized(element) ? reader(hex(bytes), element) : null;
  };
  expect(read('e7 80', readUint)).toBe(0);
  expect(read('e7 86 010203040506', readUint)).toBe(0x010203040506);
  expect(read('4489 84 3fc00000', readFloat)).toBe(1.5);
  expect(read('4489 88 bff8000000000000', readFloat)).toBe(-1.5);
  expect(read('4489 80', readFloat)).toBe(0);
  expect(read('4489 82 0000', readFloat)).toBeNull();
  expect(read('4282 84 77656200', readText)).toBe('web');
  expect(read('536e 83 c3a900', readText)).toBe('é');
});
