/** Packets of MPEG transport streams (ISO/IEC 13818-1 section 2.4.3), as far as it takes to find what is in them. */

export interface TsForm {
  /** Where the first packet begins, and how far it is to the next: 188 bytes, or more with a time before or a checksum behind each. */
  offset: number;
  stride: number;
}

export const TS_PACKET_BYTES = 188;
export const SYNC = 0x47;
/** Of every clock in a transport stream (section 2.4.3.7). */
export const TICKS_PER_SEC = 90_000;

/** How a file is laid out, by its first bytes; null where they are no packets of the usual kinds. */
export function tsFormOf(head: Uint8Array): TsForm | null {
  const forms: TsForm[] = [
    { offset: 0, stride: TS_PACKET_BYTES },
    { offset: 0, stride: TS_PACKET_BYTES + 16 },
    { offset: 4, stride: TS_PACKET_BYTES + 4 },
  ];
  return forms.find(({ offset, stride }) => head[offset] === SYNC && head[offset + stride] === SYNC) ?? null;
}

/** A transport stream that is not of the usual kind: it is read packet by packet by those who know all kinds. */
export class UnusualStream extends Error {}

/** Where the payload of a packet begins, which is its end where it has none; `at` is its sync byte. */
export function payloadStart(bytes: Uint8Array, at: number): number {
  const control = bytes[at + 3]!;
  if (!(control & 0x10)) return at + TS_PACKET_BYTES;
  if (!(control & 0x20)) return at + 4;
  const start = at + 5 + bytes[at + 4]!;
  if (start > at + TS_PACKET_BYTES) throw new UnusualStream('an adaptation field that is longer than its packet');
  return start;
}

/** `random_access_indicator` of the packet whose sync byte is at `at` (section 2.4.3.4). */
export function hasRandomAccess(bytes: Uint8Array, at: number): boolean {
  return (bytes[at + 3]! & 0x20) !== 0 && bytes[at + 4]! > 0 && (bytes[at + 5]! & 0x40) !== 0;
}

/** What the header of a PES packet says (section 2.4.3.6). */
export interface PesHeader {
  /** Of 33 bits. */
  ptsTicks: number;
  /** Where its data begins, counted from its first byte; and where it ends, 0 where that is not told. */
  dataStart: number;
  dataEnd: number;
}

const LEAST_HEADER_BYTES = 14;

/** Reads a PES header of pictures or sound that has a time; throws `UnusualStream` for any other. `end`: of the bytes there are. */
export function readPesHeader(bytes: Uint8Array, at: number, end: number): PesHeader {
  const id = bytes[at + 3]!;
  const isStart = bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1;
  const isMedia = (id >= 0xc0 && id <= 0xef) || id === 0xbd || id === 0xfd;
  if (end - at < LEAST_HEADER_BYTES || !isStart || !isMedia) throw new UnusualStream('no PES packet');
  const flags = bytes[at + 7]!;
  if ((bytes[at + 6]! & 0xf0) !== 0x80 || !(flags & 0x80)) throw new UnusualStream('a PES packet without a time');
  const length = bytes[at + 4]! * 256 + bytes[at + 5]!;
  return { ptsTicks: readPts(bytes, at + 9), dataStart: 9 + bytes[at + 8]!, dataEnd: length > 0 ? 6 + length : 0 };
}

function readPts(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! >> 1) & 7;
  const middle = (bytes[at + 1]! << 7) | (bytes[at + 2]! >> 1);
  return high * 2 ** 30 + middle * 2 ** 15 + ((bytes[at + 3]! << 7) | (bytes[at + 4]! >> 1));
}
