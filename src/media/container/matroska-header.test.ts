import { expect, test } from 'vitest';
import { readBlockHead, readCues, readMatroskaTracks, readSeekHead, readTimestampScale } from './matroska-header.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** An element of fewer than 127 bytes. */
const make = (id: string, ...parts: (string | Buffer)[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? hex(part) : part)));
  return Buffer.concat([hex(id), Buffer.from([0x80 | body.length]), body]);
};

test('places of other elements', () => {
  const seek = make('4dbb', make('53ab', '1c53bb6b'), make('53ac', '0123'));
  const other = make('4dbb', make('53ab', '1549a966'));
  expect(readSeekHead(Buffer.concat([make('bf', '00000000'), seek, other]))).toEqual([
    { id: 0x1c53bb6b, offset: 0x123 },
  ]);
});

test('how long a tick is', () => {
  expect(readTimestampScale(make('2ad7b1', '0f4240'))).toBe(1_000_000);
  expect(readTimestampScale(make('2ad7b1', '03e8'))).toBe(1000);
  expect(readTimestampScale(Buffer.alloc(0))).toBe(1_000_000);
});

const track = (number: string, type: string, ...more: Buffer[]) =>
  make('ae', make('d7', number), make('83', type), make('86', Buffer.from('A_OPUS')), ...more);
const encoding = (...parts: Buffer[]) => make('6d80', make('6240', ...parts));

test('tracks', () => {
  const tracks = readMatroskaTracks(
    Buffer.concat([
      track('01', '01', make('23e383', '02625a00')),
      track('0102', '02', make('56aa', '632ea0')),
      track('03', '11'),
      make('ae', make('83', '01')),
    ]),
  );
  expect(tracks).toEqual([
    expect.objectContaining({ number: 1, kind: 'video', codecId: 'A_OPUS', defaultDurationNs: 40_000_000 }),
    expect.objectContaining({ number: 258, kind: 'audio', defaultDurationNs: null, codecDelayNs: 6_500_000 }),
    expect.objectContaining({ number: 3, kind: 'other', isPlain: true }),
  ]);
});

test.each([
  ['nothing', [], true, ''],
  ['stripped headers', [encoding(make('5034', make('4254', '03'), make('4255', 'abcd')))], true, 'abcd'],
  ['zlib', [encoding(make('5034', make('4254', '00')))], false, ''],
  ['compression that is not named', [encoding(make('5034', Buffer.alloc(0)))], false, ''],
  [
    'stripped headers of private data alone',
    [encoding(make('5032', '02'), make('5034', make('4254', '03')))],
    false,
    '',
  ],
  ['encryption', [encoding(make('5033', '01'), make('5035', make('47e1', '05')))], false, ''],
  [
    'two encodings',
    [make('6d80', make('6240', make('5034', make('4254', '03'))), make('6240', make('5034', make('4254', '03'))))],
    false,
    '',
  ],
] as const)('a track with %s', (_, more, isPlain, header) => {
  const [found] = readMatroskaTracks(track('01', '01', ...more));
  expect(found).toMatchObject({ isPlain });
  expect(found!.strippedHeader.toString('hex')).toBe(header);
});

test('cues in the order of their times, one for each', () => {
  const positions = (number: string, cluster: string, ...more: Buffer[]) =>
    make('b7', make('f7', number), make('f1', cluster), ...more);
  const cues = readCues(
    Buffer.concat([
      make('bb', make('b3', '07d0'), positions('01', '0200'), positions('02', '0210')),
      make('bb', make('b3', '00'), positions('01', '10', make('f0', '2a'))),
      make('bb', make('b3', '07d0'), positions('01', '0300')),
      make('bb', positions('01', '0400')),
      make('bb', make('b3', '0fa0'), make('b7', make('f7', '01'))),
    ]),
  );
  expect(cues.get(1)).toEqual([
    { ticks: 0, clusterOffset: 0x10, blockOffset: 0x2a },
    { ticks: 2000, clusterOffset: 0x200, blockOffset: null },
  ]);
  expect(cues.get(2)).toEqual([{ ticks: 2000, clusterOffset: 0x210, blockOffset: null }]);
});

test('what is in front of frames', () => {
  const bytes = hex('81 ffe2 84 aa');
  expect(readBlockHead(bytes, 0, 5)).toEqual({ trackNumber: 1, relativeTicks: -30, flags: 0x84, length: 4 });
  expect(readBlockHead(hex('4102 0010 80'), 0, 5)).toMatchObject({ trackNumber: 0x102, relativeTicks: 16, length: 5 });
  expect(readBlockHead(bytes, 0, 3)).toBeNull();
  expect(readBlockHead(hex('00'), 0, 1)).toBeNull();
});
