/** Transport streams by hand, packet by packet (ISO/IEC 13818-1 section 2.4.3). */

const PACKET = 188;

interface Options {
  begins?: boolean;
  /** `random_access_indicator`, or the `discontinuity_indicator`. */
  flags?: number;
  counter?: number;
}

/** One packet; what its payload does not fill is stuffing in front of it. */
export function packet(pid: number, payload: Buffer, { begins = false, flags = 0, counter = 0 }: Options = {}): Buffer {
  const room = PACKET - 4 - payload.length;
  const hasField = room > 0 || flags > 0;
  const field = Buffer.alloc(room, 0xff);
  if (room > 0) field[0] = room - 1;
  if (room > 1) field[1] = flags;
  const head = Buffer.from([
    0x47,
    (begins ? 0x40 : 0) | (pid >> 8),
    pid & 0xff,
    (hasField ? 0x30 : 0x10) | (counter & 0x0f),
  ]);
  return Buffer.concat([head, field, payload]);
}

/** A table that says nothing of its checksum. */
function section(tableId: number, body: Buffer): Buffer {
  const length = 5 + body.length + 4;
  const head = Buffer.from([0, tableId, 0xb0 | (length >> 8), length & 0xff, 0, 1, 0xc1, 0, 0]);
  return Buffer.concat([head, body, Buffer.alloc(4)]);
}

export const MAP_PID = 0x1000;

export function programs(...pids: number[]): Buffer {
  const entries = pids.map((pid, n) => Buffer.from([0, n + 1, 0xe0 | (pid >> 8), pid & 0xff]));
  return packet(0, section(0, Buffer.concat(entries)), { begins: true });
}

/** The map of a program: type and PID of each stream. */
export function programMap(...streams: [number, number][]): Buffer {
  const entries = streams.map(([type, pid]) => Buffer.from([type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0]));
  return packet(MAP_PID, section(2, Buffer.concat([Buffer.from([0xe1, 0, 0xf0, 0]), ...entries])), { begins: true });
}

/** A PES packet with a presentation time. */
export function pes(streamId: number, ptsTicks: number, data: Buffer): Buffer {
  const [high, middle, low] = [
    Math.floor(ptsTicks / 2 ** 30) & 7,
    Math.floor(ptsTicks / 2 ** 15) & 0x7fff,
    ptsTicks % 2 ** 15,
  ];
  const time = [0x21 | (high << 1), middle >> 7, ((middle & 0x7f) << 1) | 1, low >> 7, ((low & 0x7f) << 1) | 1];
  return Buffer.concat([Buffer.from([0, 0, 1, streamId, 0, 0, 0x80, 0x80, 5, ...time]), data]);
}

/** A PES packet in as many packets as it takes, whose counters go on from one. */
export function packets(pid: number, payload: Buffer, { flags = 0, counter = 0 }: Options = {}): Buffer[] {
  const parts: Buffer[] = [];
  const firstRoom = flags > 0 ? PACKET - 6 : PACKET - 4;
  for (let at = 0; at < payload.length; ) {
    const part = payload.subarray(at, at + (at === 0 ? firstRoom : PACKET - 4));
    const own = at === 0 ? { begins: true, flags } : {};
    parts.push(packet(pid, part, { ...own, counter: counter + parts.length }));
    at += part.length;
  }
  return parts;
}
