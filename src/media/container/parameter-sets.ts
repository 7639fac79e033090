import { findBox, listBoxes, makeBox } from './boxes.ts';
import { moveNal, type NalCodec, nalKind, setName } from './parameter-set-ids.ts';

/**
 * One rendition, several encoders. A rendition has one init segment, which holds the parameter sets of H.264 or HEVC that its
 * segments were encoded with, and those of two encoders (a device and the software that takes over when it fails, or ffmpeg
 * before and after an update) differ. Both ISO/IEC 14496-15 and the codecs allow for that: an init segment may hold
 * many parameter sets, told apart by their ids, and each slice names the one it needs. So every encoder gets an id of its
 * own, a *slot*: the first one's stays as written (0), those of others are moved to 15 and on.
 */

/** Slots in the order in which they are given out. 15 to 30 are all nine bits long where 0 is one: see `moveNal`. */
const SLOTS: Readonly<Record<NalCodec, readonly number[]>> = {
  h264: [0, ...Array.from({ length: 16 }, (_, n) => 15 + n)],
  // An SPS of HEVC has an id of at most 15 (ITU-T H.265 section 7.4.3.2.1).
  hevc: [0, 15],
};

/** How the samples of a run go with a rendition's init segment. */
export interface Fit {
  /** The init segment the rendition has from now on. */
  init: Buffer;
  /** Null where nothing has to be done to samples. */
  move: { codec: NalCodec; slot: number; sets: Buffer[]; lengthBytes: number } | null;
}

/**
 * Fits a run, told by the init segment its encoder wrote, to the init segment its rendition has (null: none yet), adding to
 * it where need be. Where no slot is left the last one is used again, and its sets are in the key frames alone. Codecs other
 * than H.264 and HEVC carry what they need in their key frames anyway.
 */
export function fitInit(stored: Buffer | null, run: Buffer): Fit {
  if (stored === null) return { init: run, move: null };
  const own = readRecord(run);
  const theirs = readRecord(stored);
  if (!own || !theirs || own.codec !== theirs.codec) return { init: stored, move: null };
  const { codec, lengthBytes } = own;
  const names = new Set(theirs.sets.map((set) => setName(codec, set)));
  const moved = SLOTS[codec].map((slot) => ({ slot, sets: own.sets.map((set) => moveNal(codec, set, slot)) }));
  const fits = moved.find(({ sets }) => sets.every((set) => theirs.sets.some((other) => other.equals(set))));
  const free = moved.find(({ sets }) => sets.every((set) => !names.has(setName(codec, set))));
  const { slot, sets } = fits ?? free ?? moved.at(-1)!;
  return {
    init: !fits && free ? replaceRecord(stored, codec, [...theirs.sets, ...sets]) : stored,
    move: slot === 0 ? null : { codec, slot, sets, lengthBytes },
  };
}

/** A box that no player heeds, behind an init segment that a device's encoder was the first to write. */
const DEVICE_MARK = makeBox('free', Buffer.from('first written by a device', 'latin1'));

export function markDevice(init: Buffer): Buffer {
  return Buffer.concat([init, DEVICE_MARK]);
}

/** Whether a rendition was begun by a device: only then do its software segments keep pictures in order, as devices do. */
export function isByDevice(init: Buffer): boolean {
  return init.subarray(-DEVICE_MARK.length).equals(DEVICE_MARK);
}

/** Whether an init segment holds the sets of more than one encoder, or need not. */
export function holdsSpare(init: Buffer): boolean {
  const record = readRecord(init);
  return record === null || new Set(record.sets.map((set) => setName(record.codec, set).split(' ')[1])).size > 1;
}

/**
 * A sample whose slices name a slot's parameter sets. Key frames carry the sets too: a player that loaded the init segment
 * before the slot was added to it goes on.
 */
export function moveSample(
  data: Uint8Array,
  key: boolean,
  { codec, slot, sets, lengthBytes }: NonNullable<Fit['move']>,
): Buffer {
  const input = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const parts: Buffer[] = [];
  const push = (unit: Buffer) => {
    const size = Buffer.alloc(lengthBytes);
    size.writeUIntBE(unit.length, 0, lengthBytes);
    parts.push(size, unit);
  };
  let inBand = !key;
  for (let at = 0; at + lengthBytes <= input.length; ) {
    const length = input.readUIntBE(at, lengthBytes);
    const unit = input.subarray(at + lengthBytes, at + lengthBytes + length);
    at += lengthBytes + length;
    const kind = nalKind(codec, unit);
    // Timing of a hypothetical buffer: it names parameter sets too, and no player heeds it.
    if (kind === 'set' || kind === 'timing') continue;
    if (!inBand && kind !== 'delimiter') {
      sets.forEach(push);
      inBand = true;
    }
    push(kind === 'slice' ? moveNal(codec, unit, slot) : unit);
  }
  return Buffer.concat(parts);
}

interface DecoderRecord {
  codec: NalCodec;
  lengthBytes: number;
  sets: Buffer[];
}

/** The parameter sets of an init segment; null where it is of another codec. */
export function readRecord(init: Buffer): DecoderRecord | null {
  const box = recordBox(init);
  if (!box) return null;
  const body = init.subarray(box.bodyStart, box.end);
  return box.type === 'avcC'
    ? { codec: 'h264', lengthBytes: (body[4]! & 3) + 1, sets: readAvc(body).sets }
    : { codec: 'hevc', lengthBytes: (body[21]! & 3) + 1, sets: readHevc(body) };
}

function recordBox(init: Buffer) {
  const stsd = findBox(init, 'moov/trak/mdia/minf/stbl/stsd');
  const entry = stsd && listBoxes(init, stsd.bodyStart + 8, stsd.end)[0];
  // A visual sample entry has 78 bytes before the boxes in it (ISO/IEC 14496-12 section 12.1.3).
  if (!entry || entry.end - entry.bodyStart < 78) return null;
  return (
    listBoxes(init, entry.bodyStart + 78, entry.end).find(({ type }) => type === 'avcC' || type === 'hvcC') ?? null
  );
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1): the sets, and what comes behind them. */
function readAvc(body: Buffer): { sets: Buffer[]; rest: Buffer } {
  const sets: Buffer[] = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    let count = body[at++]! & mask;
    for (; count > 0; count--) {
      const length = body.readUInt16BE(at);
      sets.push(body.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { sets, rest: body.subarray(at) };
}

/** HEVCDecoderConfigurationRecord (section 8.3.3.1). Messages that some encoders leave here say nothing and are dropped. */
function readHevc(body: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let at = 23;
  for (let arrays = body[22]!; arrays > 0; arrays--) {
    let count = body.readUInt16BE(at + 1);
    at += 3;
    for (; count > 0; count--) {
      const length = body.readUInt16BE(at);
      units.push(body.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return units.filter((unit) => nalKind('hevc', unit) === 'set');
}

/** The init segment with another list of sets: all boxes around the record grow with it. */
function replaceRecord(init: Buffer, codec: NalCodec, sets: Buffer[]): Buffer {
  const record = recordBox(init)!;
  const body = init.subarray(record.bodyStart, record.end);
  const made = makeBox(record.type, codec === 'h264' ? writeAvc(body, sets) : writeHevc(body, sets));
  const out = Buffer.concat([init.subarray(0, record.start), made, init.subarray(record.end)]);
  const grownBytes = made.length - (record.end - record.start);
  const path = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd'];
  const around = path.map((_, n) => findBox(init, path.slice(0, n + 1).join('/'))!);
  const entry = listBoxes(init, around.at(-1)!.bodyStart + 8, around.at(-1)!.end)[0]!;
  for (const { start, end } of [...around, entry]) out.writeUInt32BE(end - start + grownBytes, start);
  return out;
}

function writeAvc(body: Buffer, sets: Buffer[]): Buffer {
  const isSps = (set: Buffer) => (set[0]! & 0x1f) === 7;
  const [sps, pps] = [sets.filter(isSps), sets.filter((set) => !isSps(set))];
  return Buffer.concat([
    body.subarray(0, 5),
    Buffer.from([0xe0 | sps.length]),
    ...sps.flatMap(sized),
    Buffer.from([pps.length]),
    ...pps.flatMap(sized),
    readAvc(body).rest,
  ]);
}

function writeHevc(body: Buffer, sets: Buffer[]): Buffer {
  const typeOf = (set: Buffer) => (set[0]! >> 1) & 0x3f;
  const types = [...new Set(sets.map(typeOf))];
  const arrays = types.flatMap((type) => {
    const own = sets.filter((set) => typeOf(set) === type);
    // The first bit: all sets of this type are here, and none is only in the samples.
    const head = Buffer.from([0x80 | type, own.length >> 8, own.length & 0xff]);
    return [head, ...own.flatMap(sized)];
  });
  return Buffer.concat([body.subarray(0, 22), Buffer.from([types.length]), ...arrays]);
}

function sized(set: Buffer): Buffer[] {
  return [Buffer.from([set.length >> 8, set.length & 0xff]), set];
}
