import { unsure } from './facts.ts';

/** Reads bits from the first to the last. What ends too early is nothing to be sure of. */
export interface Bits {
  /** Up to 32 bits as an unsigned number. */
  read(count: number): number;
  flag(): boolean;
  skip(count: number): void;
  /** Exp-Golomb numbers (ITU-T H.264 section 9.1). */
  ue(): number;
  se(): number;
  left(): number;
}

export function createBits(bytes: Uint8Array): Bits {
  let at = 0;
  const end = bytes.length * 8;
  const read = (count: number) => {
    if (at + count > end) unsure('a header ends too early');
    let value = 0;
    for (let left = count; left > 0; ) {
      const free = 8 - (at & 7);
      const take = Math.min(free, left);
      value = value * 2 ** take + ((bytes[at >> 3]! >> (free - take)) & (2 ** take - 1));
      at += take;
      left -= take;
    }
    return value;
  };
  const ue = () => {
    let zeros = 0;
    while (read(1) === 0) if (++zeros > 31) unsure('a number too large');
    return 2 ** zeros - 1 + read(zeros);
  };
  return {
    read,
    flag: () => read(1) === 1,
    skip(count) {
      if (at + count > end) unsure('a header ends too early');
      at += count;
    },
    ue,
    se() {
      const code = ue();
      return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
    },
    left: () => end - at,
  };
}

/** A NAL unit without its header and without emulation prevention (ITU-T H.264 section 7.4.1). */
export function rbspOf(unit: Uint8Array, headerBytes: number): Uint8Array {
  const out = new Uint8Array(unit.length);
  let length = 0;
  let zeros = 0;
  for (let at = headerBytes; at < unit.length; at++) {
    const byte = unit[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}
