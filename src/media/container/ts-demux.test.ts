import { describe, expect, it } from 'vitest';
import { packet, packets, pes } from '../../../test/support/transport-packets.ts';
import { annexBToLengthPrefixed } from './bitstream.ts';
import { createTsDemuxer, pictureOf } from './ts-demux.ts';
import { UnusualStream } from './ts-packets.ts';

const FORM = { offset: 0, stride: 188 };
const PID = 0x100;
const OTHER = packet(0x200, Buffer.alloc(184, 1));
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const demuxed = (bytes: Buffer) => {
  const demuxer = createTsDemuxer(bytes, 0, PID, FORM);
  demuxer.push(0, bytes.length);
  return { bytes, found: demuxer.finish() };
};

describe('taking a stream out of packets', () => {
  const data = Buffer.from(Array.from({ length: 700 }, (_, n) => n % 251));
  const stream = () => {
    const parts = packets(PID, pes(0xe0, 123_456, data), { flags: 0x40 });
    const next = packets(PID, pes(0xe0, 127_056, data.subarray(0, 50)), { counter: parts.length });
    return Buffer.concat([...parts.flatMap((part) => [part, OTHER]), ...next]);
  };

  it('puts it together where it lies', () => {
    const { bytes, found } = demuxed(stream());
    expect(found.map(({ ptsTicks, isRandomAccess }) => [ptsTicks, isRandomAccess])).toEqual([
      [123_456, true],
      [127_056, false],
    ]);
    expect(bytes.subarray(found[0]!.dataStart, found[0]!.dataEnd)).toEqual(data);
    expect(bytes.subarray(found[1]!.dataStart, found[1]!.dataEnd)).toEqual(data.subarray(0, 50));
  });

  it('piece by piece, too, and shows what it passes over before that is written over', () => {
    const bytes = stream();
    const others: Buffer[] = [];
    const demuxer = createTsDemuxer(bytes, 0, PID, FORM, (pid, at) => {
      expect(pid).toBe(0x200);
      others.push(Buffer.from(bytes.subarray(at, at + 188)));
    });
    for (let at = 0; at < bytes.length; at += 376) demuxer.push(at, at + 376);
    const found = demuxer.finish();
    expect(bytes.subarray(found[0]!.dataStart, found[0]!.dataEnd)).toEqual(data);
    expect(found).toHaveLength(2);
    expect(others).toEqual(Array.from({ length: 4 }, () => OTHER));
  });

  it('refuses what does not begin with a beginning', () => {
    expect(() => demuxed(packet(PID, Buffer.alloc(184)))).toThrow(UnusualStream);
  });
});

describe('a picture of a PES packet', () => {
  const pictured = (codec: 'h264' | 'hevc', unit: Buffer) => {
    const bytes = Buffer.concat([Buffer.alloc(14, 0xee), unit]);
    return pictureOf(bytes, codec, { start: 0, dataStart: 14, dataEnd: bytes.length });
  };
  const AUD = '00000001 09f0';

  it.each<[string, 'h264' | 'hevc', string]>([
    ['start codes of four bytes', 'h264', `${AUD} 00000001 6742 00000001 658884`],
    ['start codes of three bytes', 'h264', `${AUD} 000001 6742 000001 68ce 000001 658884aabb`],
    ['zeros behind its units', 'h264', `${AUD} 000000 000001 658884 0000 000001 65240000 00`],
    ['several slices', 'h264', `${AUD} 000001 658884 000001 654844 000001 652444`],
    [
      'more start codes of three bytes than there is room for',
      'h264',
      `${AUD} ${'000001 0601'.repeat(20)} 000001 6588`,
    ],
    ['HEVC', 'hevc', '00000001 460150 000001 4001aa 000001 2601af 000001 26017f'],
    ['a unit of a higher layer', 'hevc', '00000001 460150 000001 2601af 000001 4009aa'],
  ])('has lengths in place of %s', (_, codec, text) => {
    const unit = hex(text);
    const expected = Buffer.from(annexBToLengthPrefixed(unit));
    expect(pictured(codec, unit)).toEqual(expected);
  });

  it.each<[string, 'h264' | 'hevc', string]>([
    ['no start code at its beginning', 'h264', `aa ${AUD} 000001 6588`],
    ['a short one', 'h264', '000001 09f0 000001 6588'],
    ['a slice at its beginning', 'h264', '00000001 658884'],
    ['no slice', 'h264', `${AUD} 000001 6742`],
    ['two pictures', 'h264', `${AUD} 000001 658884 ${AUD} 000001 418884`],
    ['two pictures with nothing between them', 'h264', `${AUD} 000001 658884 000001 418884`],
    ['two pictures of HEVC', 'hevc', '00000001 460150 000001 2601af 000001 2601af'],
    ['half a picture', 'hevc', '00000001 460150 000001 26012f'],
  ])('is refused with %s', (_, codec, text) => {
    expect(() => pictured(codec, hex(text))).toThrow(UnusualStream);
  });
});
