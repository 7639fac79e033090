import { annexBToLengthPrefixed } from './bitstream.ts';
import {
  hasRandomAccess,
  payloadStart,
  readPesHeader,
  TS_PACKET_BYTES,
  type TsForm,
  UnusualStream,
} from './ts-packets.ts';

/** Takes one stream out of a run of transport packets. */

/** Where in the bytes the header of a PES packet begins, and its data begins and ends. */
export interface PesPlace {
  start: number;
  dataStart: number;
  dataEnd: number;
}

/** A PES packet that has been put together. */
export interface Pes extends PesPlace {
  /** Of 33 bits. */
  ptsTicks: number;
  /** `random_access_indicator`. */
  isRandomAccess: boolean;
}

export interface TsDemuxer {
  /** Takes the packets that begin between two places of the bytes. */
  push(from: number, to: number): void;
  /** What was put together, and where. Throws `UnusualStream` for PES packets of unusual form. */
  finish(): Pes[];
}

/** Is shown every packet of other streams, by where its sync byte is, before anything is put in its place. */
export type OtherPacket = (pid: number, at: number) => void;

/**
 * Puts together what the packets of one stream carry, in the bytes they lie in themselves, from the place of the first on. The
 * stream begins with a PES packet.
 */
export function createTsDemuxer(
  bytes: Buffer,
  begin: number,
  pid: number,
  { stride }: Pick<TsForm, 'stride'>,
  other: OtherPacket = () => {},
): TsDemuxer {
  const high = (pid >> 8) & 0x1f;
  const low = pid & 0xff;
  const starts: number[] = [];
  const isRandomAccess: boolean[] = [];
  let end = begin;
  return {
    push(from, to) {
      const last = Math.min(to - 1, bytes.length - TS_PACKET_BYTES);
      for (let at = from; at <= last; at += stride) {
        const second = bytes[at + 1]!;
        if ((second & 0x1f) !== high || bytes[at + 2] !== low) {
          other(((second & 0x1f) << 8) | bytes[at + 2]!, at);
          continue;
        }
        if (second & 0x40) {
          starts.push(end);
          isRandomAccess.push(hasRandomAccess(bytes, at));
        } else if (starts.length === 0) {
          throw new UnusualStream('a packet that belongs to nothing');
        }
        const payload = payloadStart(bytes, at);
        const payloadEnd = at + TS_PACKET_BYTES;
        bytes.copyWithin(end, payload, payloadEnd);
        end += payloadEnd - payload;
      }
    },
    finish: () =>
      starts.map((start, n) => ({
        ...placePes(bytes, start, starts[n + 1] ?? end),
        isRandomAccess: isRandomAccess[n]!,
      })),
  };
}

function placePes(bytes: Buffer, start: number, end: number): Omit<Pes, 'isRandomAccess'> {
  const header = readPesHeader(bytes, start, end);
  const dataEnd = header.dataEnd > 0 ? Math.min(end, start + header.dataEnd) : end;
  const dataStart = start + header.dataStart;
  if (dataStart >= dataEnd) throw new UnusualStream('a PES packet without data');
  return { ptsTicks: header.ptsTicks, start, dataStart, dataEnd };
}

/** A NAL unit between its start code and the next one, trailing zeros taken off. */
interface Unit {
  /** Where its start code begins, of which a fourth byte is part where it is there. */
  codeStart: number;
  start: number;
  end: number;
}

const START_CODE = Buffer.from([0, 0, 1]);

function unitsIn(bytes: Buffer, from: number, to: number): Unit[] {
  const units: Unit[] = [];
  let before: Unit | null = null;
  for (let at = bytes.indexOf(START_CODE, from); at >= 0 && at + 3 <= to; at = bytes.indexOf(START_CODE, at + 3)) {
    if (before) before.end = trimmed(bytes, before.start, at);
    before = { codeStart: at > from && bytes[at - 1] === 0 ? at - 1 : at, start: at + 3, end: to };
    units.push(before);
  }
  if (before) before.end = trimmed(bytes, before.start, to);
  return units;
}

function trimmed(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === 0) at--;
  return at;
}

/**
 * The picture of a PES packet as a sample of ISO BMFF: NAL units with four bytes of length before each (ISO/IEC 14496-15), in
 * the place of their start codes. Throws `UnusualStream` where it is not one picture and nothing else, as mediabunny tells
 * them apart.
 */
export function pictureOf(bytes: Buffer, codec: 'h264' | 'hevc', { start, dataStart, dataEnd }: PesPlace): Buffer {
  const units = unitsIn(bytes, dataStart, dataEnd);
  // A start code of three bytes would take a zero from what is before it.
  if (units[0]?.codeStart !== dataStart || units[0].start !== dataStart + 4) {
    throw new UnusualStream('a picture that begins elsewhere');
  }
  checkPicture(bytes, codec, units);
  return lengthPrefixed(bytes, start, units) ?? Buffer.from(annexBToLengthPrefixed(bytes.subarray(dataStart, dataEnd)));
}

function checkPicture(bytes: Buffer, codec: 'h264' | 'hevc', units: readonly Unit[]): void {
  let hasSlice = false;
  let lastMacroblock = 0;
  for (const [n, { start }] of units.entries()) {
    const kind = codec === 'h264' ? avcKind(bytes[start]!) : hevcKind(bytes[start]!, bytes[start + 1]!);
    if (n === 0 && kind !== 'start') throw new UnusualStream('a picture that begins with something else');
    if (kind === 'start' && hasSlice) throw new UnusualStream('several pictures in a packet');
    if (kind !== 'slice') continue;
    const macroblock = codec === 'h264' ? firstMacroblock(bytes, start + 1) : 0;
    const isFirst = codec === 'h264' ? macroblock <= lastMacroblock : (bytes[start + 2]! & 0x80) !== 0;
    if (hasSlice ? isFirst : codec === 'hevc' && !isFirst) throw new UnusualStream('several pictures in a packet');
    lastMacroblock = macroblock;
    hasSlice = true;
  }
  if (!hasSlice) throw new UnusualStream('a packet without a picture');
}

type UnitKind = 'slice' | 'start' | 'other';

/** ITU-T H.264 table 7-1: slices, and what comes before the first of them (section 7.4.1.2.3). */
function avcKind(header: number): UnitKind {
  const type = header & 0x1f;
  if (type === 1 || type === 2 || type === 5) return 'slice';
  return type >= 6 && type <= 9 ? 'start' : 'other';
}

/** ITU-T H.265 table 7-1, and section 7.4.2.4.4. Higher layers do not count. */
function hevcKind(header: number, next: number): UnitKind {
  const type = (header >> 1) & 0x3f;
  if (((header & 1) << 5) + (next >> 3) > 0) return 'other';
  if (type <= 9 || (type >= 16 && type <= 21)) return 'slice';
  const isStart = (type >= 32 && type <= 37) || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
  return isStart ? 'start' : 'other';
}

/** `first_mb_in_slice` (section 7.3.3), an unsigned Exp-Golomb code. */
function firstMacroblock(bytes: Buffer, at: number): number {
  const bit = (n: number) => ((bytes[at + (n >> 3)] ?? 0) >> (7 - (n & 7))) & 1;
  let zeros = 0;
  while (zeros < 24 && bit(zeros) === 0) zeros++;
  let value = 0;
  for (let n = 0; n <= zeros; n++) value = value * 2 + bit(zeros + n);
  return value - 1;
}

/** In place, beginning no earlier than `room`; null where there is too little. */
function lengthPrefixed(bytes: Buffer, room: number, units: readonly Unit[]): Buffer | null {
  // Codes of three bytes grow by one, so that what is before them moves towards the beginning by as many.
  const grown = units.reduce((sum, { start, codeStart }) => sum + (start - codeStart === 3 ? 1 : 0), 0);
  const begin = units[0]!.codeStart - grown;
  if (begin < room) return null;
  let to = begin;
  for (const { start, end } of units) {
    if (to + 4 < start) bytes.copyWithin(to + 4, start, end);
    bytes.writeUInt32BE(end - start, to);
    to += 4 + end - start;
  }
  return bytes.subarray(begin, to);
}
