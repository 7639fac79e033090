/**
 * The ids by which slices name their parameter sets, in NAL units of H.264 (ITU-T H.264 section 7.3) and HEVC (H.265 section
 * 7.3). They are Exp-Golomb numbers in the middle of bits, so changing one would shift all that follows; but where 0 takes
 * one bit, 15 to 30 take nine: exactly one byte more. Everything behind keeps its place within its byte, and with it the
 * alignment that arithmetic coding relies on, so that nothing behind the id has to be understood.
 */
export type NalCodec = 'h264' | 'hevc';

type NalKind = 'slice' | 'set' | 'timing' | 'delimiter' | 'other';

/** What a NAL unit is, as far as ids go. */
export function nalKind(codec: NalCodec, unit: Uint8Array): NalKind {
  const payload = unit[headerBytes(codec)] ?? 0;
  if (codec === 'h264') {
    const type = unit[0]! & 0x1f;
    if (type === 1 || type === 5) return 'slice';
    if (type === 7 || type === 8) return 'set';
    if (type === 9) return 'delimiter';
    // Buffering period and picture timing (annex D).
    return type === 6 && payload <= 1 ? 'timing' : 'other';
  }
  const type = (unit[0]! >> 1) & 0x3f;
  if (type <= 9 || (type >= 16 && type <= 21)) return 'slice';
  if (type >= 32 && type <= 34) return 'set';
  if (type === 35) return 'delimiter';
  return type === 39 && (payload <= 1 || payload === 129) ? 'timing' : 'other';
}

/** A slice or parameter set whose ids are 0, with all of them moved to `slot` (0, or 15 to 30). Throws where one is not 0. */
export function moveNal(codec: NalCodec, unit: Buffer, slot: number): Buffer {
  if (slot === 0) return unit;
  const { rbsp, rest } = openHead(unit);
  const bits = createBits(rbsp, headerBytes(codec) * 8);
  for (const id of idsOf(codec, unit, bits)) bits.setId(id, slot);
  return Buffer.concat([withEmulationPrevention(bits.bytes()), rest]);
}

/** Kind and id of a parameter set: no two in an init segment may have the same. */
export function setName(codec: NalCodec, unit: Buffer): string {
  const bits = createBits(openHead(unit).rbsp, headerBytes(codec) * 8);
  // The last id read is the set's own, but in a PPS, which names itself first.
  const type = codec === 'h264' ? unit[0]! & 0x1f : (unit[0]! >> 1) & 0x3f;
  const isPps = type === (codec === 'h264' ? 8 : 34);
  const ids = [...idsOf(codec, unit, bits)];
  const own = isPps ? ids[0]! : ids.at(-1)!;
  return `${type} ${bits.numberOf(own)}`;
}

/** Where an id is: a number of four bits (HEVC's VPS), or Exp-Golomb. */
interface Id {
  at: number;
  coded: 'u4' | 'ue';
}

function* idsOf(codec: NalCodec, unit: Buffer, bits: Bits): Generator<Id> {
  if (codec === 'h264') yield* h264Ids(unit[0]! & 0x1f, bits);
  else yield* hevcIds((unit[0]! >> 1) & 0x3f, bits);
}

function* h264Ids(type: number, bits: Bits): Generator<Id> {
  if (type === 7) {
    bits.skip(24); // profile, constraints, level
    yield bits.id();
  } else if (type === 8) {
    yield bits.id();
    yield bits.id();
  } else {
    bits.skipUe(); // first_mb_in_slice
    bits.skipUe(); // slice_type
    yield bits.id();
  }
}

function* hevcIds(type: number, bits: Bits): Generator<Id> {
  if (type === 32) yield bits.u4();
  else if (type === 33) {
    yield bits.u4();
    const subLayers = bits.read(3);
    bits.skip(1 + 96);
    skipSubLayers(bits, subLayers);
    yield bits.id();
  } else if (type === 34) {
    yield bits.id();
    yield bits.id();
  } else {
    bits.skip(type >= 16 ? 2 : 1); // first_slice_segment_in_pic_flag, no_output_of_prior_pics_flag
    yield bits.id();
  }
}

/** What `profile_tier_level` says of temporal layers (H.265 section 7.3.3). */
function skipSubLayers(bits: Bits, subLayers: number): void {
  if (subLayers === 0) return;
  let more = 0;
  for (let n = 0; n < 8; n++) {
    const flags = bits.read(2);
    if (n < subLayers) more += (flags & 2 ? 88 : 0) + (flags & 1 ? 8 : 0);
  }
  bits.skip(more);
}

function headerBytes(codec: NalCodec): number {
  return codec === 'h264' ? 1 : 2;
}

interface Bits {
  read(count: number): number;
  skip(count: number): void;
  skipUe(): void;
  u4(): Id;
  id(): Id;
  setId(id: Id, slot: number): void;
  numberOf(id: Id): number;
  bytes(): Buffer;
}

/** Reads bits, and changes ids behind which it has read already. */
function createBits(rbsp: Buffer, from: number): Bits {
  let text = '';
  for (const byte of rbsp) text += byte.toString(2).padStart(8, '0');
  let at = from;
  const ueEnd = (start: number) => {
    const one = text.indexOf('1', start);
    if (one < 0) throw new Error('a NAL unit ends before its ids');
    return one + 1 + (one - start);
  };
  const ueValue = (start: number) => Number.parseInt(text.slice(text.indexOf('1', start), ueEnd(start)), 2) - 1;
  const valueAt = ({ at: start, coded }: Id) =>
    coded === 'u4' ? Number.parseInt(text.slice(start, start + 4), 2) : ueValue(start);
  return {
    read(count) {
      at += count;
      return Number.parseInt(text.slice(at - count, at), 2);
    },
    skip(count) {
      at += count;
    },
    skipUe() {
      at = ueEnd(at);
    },
    u4() {
      at += 4;
      return { at: at - 4, coded: 'u4' };
    },
    id() {
      const start = at;
      at = ueEnd(start);
      return { at: start, coded: 'ue' };
    },
    setId(id, slot) {
      if (valueAt(id) !== 0) throw new Error('an encoder uses parameter sets other than 0');
      // An id of 0 to 15 has four bits in a VPS and where an SPS names it.
      const coded =
        id.coded === 'u4' ? Math.min(slot, 15).toString(2).padStart(4, '0') : `0000${(slot + 1).toString(2)}`;
      const length = id.coded === 'u4' ? 4 : 1;
      text = text.slice(0, id.at) + coded + text.slice(id.at + length);
      at += coded.length - length;
    },
    numberOf: valueAt,
    bytes: () => Buffer.from((text.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))),
  };
}

/** Longer than any header up to its ids. */
const HEAD_BYTES = 40;

/**
 * The beginning of a NAL unit without emulation prevention (H.264 section 7.4.1), and the rest as it is. It ends with a byte
 * that is not zero, so that what has to be escaped in the rest does not depend on the beginning.
 */
function openHead(unit: Buffer): { rbsp: Buffer; rest: Buffer } {
  const out: number[] = [];
  let zeros = 0;
  let at = 0;
  for (; at < unit.length; at++) {
    const byte = unit[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
    if (out.length >= HEAD_BYTES && byte !== 0) {
      at++;
      break;
    }
  }
  return { rbsp: Buffer.from(out), rest: unit.subarray(at) };
}

function withEmulationPrevention(rbsp: Buffer): Buffer {
  const out: number[] = [];
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Buffer.from(out);
}
