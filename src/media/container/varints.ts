/**
 * Integers of variable length (LEB128: seven bits a byte, the lowest first), up to 2^53. Signed ones are folded, so that small
 * ones are short whatever their sign: 0, -1, 1, -2, ... are written as 0, 1, 2, 3, ...
 */

export interface VarintWriter {
  unsigned(value: number): void;
  signed(value: number): void;
  /** Its length, and then the bytes. */
  bytes(value: Uint8Array): void;
  finish(): Buffer;
}

export function createVarintWriter(): VarintWriter {
  let buffer = Buffer.alloc(1024);
  let length = 0;
  const reserve = (more: number) => {
    if (length + more <= buffer.length) return;
    buffer = Buffer.concat([buffer], Math.max(buffer.length * 2, length + more));
  };
  const unsigned = (value: number) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${value} is no unsigned integer`);
    reserve(8);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[length++] = (rest % 0x80) | 0x80;
    buffer[length++] = rest;
  };
  return {
    unsigned,
    signed: (value) => unsigned(value < 0 ? -2 * value - 1 : 2 * value),
    bytes(value) {
      unsigned(value.length);
      reserve(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    finish: () => buffer.subarray(0, length),
  };
}

/** All throw `RangeError` at the end of the bytes. */
export interface VarintReader {
  unsigned(): number;
  signed(): number;
  bytes(): Buffer;
  left(): number;
}

export function createVarintReader(buffer: Buffer): VarintReader {
  let at = 0;
  const unsigned = () => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
      const byte = buffer.readUInt8(at++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('an integer of more than 53 bits');
  };
  return {
    unsigned,
    signed() {
      const folded = unsigned();
      return folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
    },
    bytes() {
      const length = unsigned();
      if (length > buffer.length - at) throw new RangeError('more bytes than there are');
      at += length;
      return buffer.subarray(at - length, at);
    },
    left: () => buffer.length - at,
  };
}
