/** Makes transport streams of packets of 188 bytes into others: of another form, damaged, or with what broadcasters do. */

const PACKET = 188;

interface Packet {
  at: number;
  pid: number;
  begins: boolean;
  /** Where its payload begins. */
  payload: number;
}

function* packetsOf(bytes: Buffer): Generator<Packet> {
  for (let at = 0; at + PACKET <= bytes.length; at += PACKET) {
    const hasField = (bytes[at + 3]! & 0x20) !== 0;
    yield {
      at,
      pid: bytes.readUInt16BE(at + 1) & 0x1fff,
      begins: (bytes[at + 1]! & 0x40) !== 0,
      payload: at + 4 + (hasField ? 1 + bytes[at + 4]! : 0),
    };
  }
}

/** As ffmpeg numbers streams: pictures first, then sound. */
export const PICTURES = 0x100;
export const SOUND = 0x101;
const PROGRAM_MAP = 0x1000;

/** With a time before each packet, as on Blu-ray discs, or a checksum behind it. */
export function widened(bytes: Buffer, before: number, behind: number): Buffer {
  const packets = [...packetsOf(bytes)].map(({ at }) => [
    Buffer.alloc(before, 0x11),
    bytes.subarray(at, at + PACKET),
    Buffer.alloc(behind, 0x22),
  ]);
  return Buffer.concat(packets.flat());
}

/** Changes the n-th packet of a stream, of those that begin a PES packet or of all. */
function changed(bytes: Buffer, pid: number, n: number, change: (copy: Buffer, packet: Packet) => void): Buffer {
  const copy = Buffer.from(bytes);
  const packet = [...packetsOf(copy)].filter((one) => one.pid === pid)[n];
  if (!packet) throw new Error(`there is no packet ${n} of stream ${pid}`);
  change(copy, packet);
  return copy;
}

export const withoutPacket = (bytes: Buffer, pid: number, n: number) =>
  // What is left out becomes stuffing.
  changed(bytes, pid, n, (copy, { at }) => copy.writeUInt16BE(0x1fff, at + 1));
export const scrambled = (bytes: Buffer, pid: number, n: number) =>
  changed(bytes, pid, n, (copy, { at }) => {
    copy[at + 3]! |= 0x80;
  });
export const faulty = (bytes: Buffer, pid: number, n: number) =>
  changed(bytes, pid, n, (copy, { at }) => {
    copy[at + 1]! |= 0x80;
  });
/** The map of the program says something else from its n-th copy on. */
export const withOtherMap = (bytes: Buffer, n: number) =>
  changed(bytes, PROGRAM_MAP, n, (copy, { payload }) => {
    copy[payload + 6]! ^= 0x02;
  });

/** No picture is marked as one that decoding can begin with. */
export function unmarked(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, pid, payload } of packetsOf(copy)) {
    if (pid === PICTURES && payload > at + 5) copy[at + 5]! &= 0xbf;
  }
  return copy;
}

/** Two pictures, and the header between them, become the data of one PES packet: the n-th and the next. */
export function joinedPictures(bytes: Buffer, n: number): Buffer {
  const copy = Buffer.from(bytes);
  const next = [...packetsOf(copy)].filter(({ pid, begins }) => pid === PICTURES && begins)[n + 1]!;
  copy[next.at + 1]! &= 0xbf;
  return copy;
}

/** From one PES packet of sound to another, frames lie across packets: all bytes of the sound move on by some. */
export function straddling(bytes: Buffer, from: number, to: number, by = 11): Buffer {
  const copy = Buffer.from(bytes);
  const places: number[] = [];
  let pes = -1;
  for (const { at, pid, begins, payload } of packetsOf(bytes)) {
    if (pid !== SOUND) continue;
    if (begins) pes++;
    if (pes < from || pes >= to) continue;
    const data = begins ? payload + 9 + bytes[payload + 8]! : payload;
    for (let place = data; place < at + PACKET; place++) places.push(place);
  }
  for (const [n, place] of places.entries()) copy[place] = bytes[places[n + by] ?? place]!;
  return copy;
}
