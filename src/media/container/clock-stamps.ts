/** The clocks in MPEG transport and program streams (ISO/IEC 13818-1): where they stand in the bytes, and how they are set anew. */

export interface ClockField {
  /** Where it begins in the bytes that were read. */
  at: number;
  /** `pes`: a PTS or DTS (section 2.4.3.7). `pcr`: section 2.4.3.5. `scr`: section 2.5.3.4. */
  form: 'pes' | 'pcr' | 'scr';
}

/** The times at one place of a stream, in ticks of 90 kHz, of 33 bits. */
export interface ClockStamp {
  /** Which stream it belongs to; the reference clock is one, too. */
  stream: number;
  /** Whether it times a picture or a sound, and is not the reference clock. */
  isShown: boolean;
  dtsTicks: number;
  ptsTicks: number;
  /** How much the packet that it times carries, where that is told; 0 where not. */
  bytes: number;
  fields: ClockField[];
}

export interface ReadStamps {
  stamps: ClockStamp[];
  /** The bytes before are done with; those from here on are to be read again, with what follows them. */
  consumed: number;
}

/** 33 bits at 90 kHz. */
export const WRAP_TICKS = 2 ** 33;
const SYNC = 0x47;
/** A PES header with both times, and a pack header. */
const HEADER_BYTES = 19;
/** Streams of private data carry one of many kinds each: the first byte of the payload says which. */
const PRIVATE = 0xbd;

/** How large the packets of a transport stream are: with a time before each (M2TS), or a checksum behind (DVB-ASI). */
export function packetBytesOf(head: Uint8Array): 188 | 192 | 204 | null {
  const sizes = [188, 192, 204] as const;
  const fits = (size: number, from: number) => [0, 1, 2, 3, 4].every((n) => head[from + n * size] === SYNC);
  for (let from = 0; from < 204; from++) {
    const size = sizes.find((candidate) => from < candidate && fits(candidate, from));
    if (size) return size;
  }
  return null;
}

/** Reads a run of transport packets. Where the bytes are out of step, the next packet is looked for. */
export function readTransportStamps(bytes: Uint8Array, packetBytes: number): ReadStamps {
  const stamps: ClockStamp[] = [];
  let at = 0;
  let inStep = false;
  while (at + packetBytes + 1 <= bytes.length) {
    // The last packet before a break has none behind it; within one, a byte that looks like a beginning has neither.
    const isPacket: boolean = bytes[at] === SYNC && (inStep || bytes[at + packetBytes] === SYNC);
    if (isPacket) readPacket(bytes, at, stamps);
    inStep = isPacket;
    at += isPacket ? packetBytes : 1;
  }
  return { stamps, consumed: at };
}

/** One transport packet (section 2.4.3.2), from its sync byte on. */
function readPacket(bytes: Uint8Array, at: number, stamps: ClockStamp[]): void {
  const pid = ((bytes[at + 1]! & 0x1f) << 8) | bytes[at + 2]!;
  const control = bytes[at + 3]!;
  const isScrambled = (control & 0xc0) !== 0;
  let payload = at + 4;
  if (control & 0x20) {
    const length = bytes[payload]!;
    if (length >= 7 && length <= 183 && bytes[payload + 1]! & 0x10) {
      const field: ClockField = { at: payload + 2, form: 'pcr' };
      const ticks = readTicks(bytes, field);
      stamps.push({
        stream: 0x10000 + pid,
        isShown: false,
        dtsTicks: ticks,
        ptsTicks: ticks,
        bytes: 0,
        fields: [field],
      });
    }
    payload += 1 + length;
  }
  const begins = (bytes[at + 1]! & 0x40) !== 0 && (control & 0x10) !== 0 && !isScrambled;
  if (begins && payload + HEADER_BYTES <= at + 188) pushStamp(stamps, readPes(bytes, payload, pid));
}

/** Reads a run of packs of a program stream, each as long as it says (section 2.5.3). */
export function readProgramStamps(bytes: Uint8Array): ReadStamps {
  const stamps: ClockStamp[] = [];
  let at = 0;
  while (at + HEADER_BYTES + 6 <= bytes.length) {
    const lengthBytes = 6 + bytes[at + 4]! * 256 + bytes[at + 5]!;
    const isStart = bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1;
    const id = bytes[at + 3]!;
    if (!isStart || id < 0xb9) {
      at++;
    } else if (id === 0xb9) {
      at += 4;
    } else if (id === 0xba) {
      const isSecond = (bytes[at + 4]! & 0xc0) === 0x40;
      const field: ClockField = { at: at + 4, form: isSecond ? 'scr' : 'pes' };
      const ticks = readTicks(bytes, field);
      stamps.push({ stream: 0x10000, isShown: false, dtsTicks: ticks, ptsTicks: ticks, bytes: 0, fields: [field] });
      at += isSecond ? 14 + (bytes[at + 13]! & 7) : 12;
    } else if (at + lengthBytes > bytes.length) {
      break;
    } else {
      pushStamp(stamps, readPes(bytes, at, id));
      at += lengthBytes;
    }
  }
  return { stamps, consumed: at };
}

function pushStamp(stamps: ClockStamp[], stamp: ClockStamp | null): void {
  if (stamp) stamps.push(stamp);
}

/** The times of a PES packet of pictures or sound; null where it has none (ISO/IEC 13818-1 section 2.4.3.6, 11172-1 section 2.4.3.3). */
function readPes(bytes: Uint8Array, start: number, stream: number): ClockStamp | null {
  if (bytes[start] !== 0 || bytes[start + 1] !== 0 || bytes[start + 2] !== 1) return null;
  const id = bytes[start + 3]!;
  if (!(id >= 0xc0 && id <= 0xef) && id !== PRIVATE && id !== 0xfd) return null;
  let at = start + 6;
  let shown: number;
  let body: number;
  if ((bytes[at]! & 0xc0) === 0x80) {
    shown = bytes[at + 1]! >> 6;
    body = at + 3 + bytes[at + 2]!;
    at += 3;
  } else {
    for (let n = 0; n < 16 && bytes[at] === 0xff; n++) at++;
    if ((bytes[at]! & 0xc0) === 0x40) at += 2;
    shown = bytes[at]! >> 4;
    body = at + (shown === 3 ? 10 : 5);
  }
  if (shown !== 2 && shown !== 3) return null;
  const fields: ClockField[] = [{ at, form: 'pes' }];
  if (shown === 3) fields.push({ at: at + 5, form: 'pes' });
  const isMarked = fields.every(
    (field) => bytes[field.at]! & 1 && bytes[field.at + 2]! & 1 && bytes[field.at + 4]! & 1,
  );
  if (!isMarked) return null;
  const kind = id === PRIVATE ? (bytes[body] ?? 0) << 16 : 0;
  const ptsTicks = readTicks(bytes, fields[0]!);
  const dtsTicks = readTicks(bytes, fields.at(-1)!);
  const length = bytes[start + 4]! * 256 + bytes[start + 5]!;
  return { stream: stream + kind, isShown: true, ptsTicks, dtsTicks, bytes: length, fields };
}

function readTicks(bytes: Uint8Array, { at, form }: ClockField): number {
  const b = (n: number) => bytes[at + n]!;
  if (form === 'pcr') return b(0) * 2 ** 25 + ((b(1) << 17) | (b(2) << 9) | (b(3) << 1) | (b(4) >> 7));
  if (form === 'pes')
    return ((b(0) >> 1) & 7) * 2 ** 30 + ((b(1) << 22) | ((b(2) >> 1) << 15) | (b(3) << 7) | (b(4) >> 1));
  const high = (b(0) >> 3) & 7;
  const middle = ((b(0) & 3) << 13) | (b(1) << 5) | (b(2) >> 3);
  return high * 2 ** 30 + middle * 2 ** 15 + (((b(2) & 3) << 13) | (b(3) << 5) | (b(4) >> 3));
}

/** Moves a clock by so many ticks; what else is in its bytes stays. */
export function moveClock(bytes: Uint8Array, field: ClockField, byTicks: number): void {
  const { at, form } = field;
  const ticks = (((readTicks(bytes, field) + byTicks) % WRAP_TICKS) + WRAP_TICKS) % WRAP_TICKS;
  const high = Math.floor(ticks / 2 ** 30);
  const middle = Math.floor(ticks / 2 ** 15) & 0x7fff;
  const low = ticks % 2 ** 15;
  const set = (n: number, kept: number, value: number) => {
    bytes[at + n] = (bytes[at + n]! & kept) | value;
  };
  if (form === 'pcr') {
    const top = Math.floor(ticks / 2);
    for (const n of [0, 1, 2, 3]) set(n, 0, Math.floor(top / 2 ** (24 - 8 * n)) & 0xff);
    set(4, 0x7f, (ticks % 2) << 7);
  } else if (form === 'pes') {
    set(0, 0xf1, high << 1);
    set(1, 0, middle >> 7);
    set(2, 0x01, (middle & 0x7f) << 1);
    set(3, 0, low >> 7);
    set(4, 0x01, (low & 0x7f) << 1);
  } else {
    set(0, 0xc4, (high << 3) | (middle >> 13));
    set(1, 0, (middle >> 5) & 0xff);
    set(2, 0x04, ((middle & 0x1f) << 3) | (low >> 13));
    set(3, 0, (low >> 5) & 0xff);
    set(4, 0x07, (low & 0x1f) << 3);
  }
}

/** How much later `a` is than `b` on a clock that wraps around. */
export function ticksBetween(a: number, b: number): number {
  const apart = (((a - b) % WRAP_TICKS) + WRAP_TICKS) % WRAP_TICKS;
  return apart < WRAP_TICKS / 2 ? apart : apart - WRAP_TICKS;
}
