import { expect, it } from 'vitest';
import { annexBToLengthPrefixed, stripAdts } from './bitstream.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it.each([
  ['one unit', '00000001 65aabb', '00000003 65aabb'],
  [
    'short and long start codes',
    '00000001 67aa 000001 68bb 00000001 65cc',
    '00000002 67aa 00000002 68bb 00000002 65cc',
  ],
  ['padding behind a unit', '000001 65aa 0000 000001 41bb', '00000002 65aa 00000002 41bb'],
  ['nothing', '', ''],
])('annexBToLengthPrefixed: %s', (_what, from, to) => {
  expect(hex(annexBToLengthPrefixed(Buffer.from(from.replaceAll(' ', ''), 'hex')))).toBe(to.replaceAll(' ', ''));
});

it.each([
  ['a header without checksum', 'fff15080 1c3ffc aabbcc', 'aabbcc'],
  ['a header with checksum', 'fff05080 1c3ffc 1234 aabbcc', 'aabbcc'],
  ['no header', '21102004 60 8c1c 00', '2110200460' + '8c1c00'],
])('stripAdts: %s', (_what, from, to) => {
  expect(hex(stripAdts(Buffer.from(from.replaceAll(' ', ''), 'hex')))).toBe(to.replaceAll(' ', ''));
});
