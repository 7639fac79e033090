import { allocateCounted, discardCounted } from '../../core/counted-bytes.ts';
import { countBefore } from '../../core/search.ts';
import { TS_PACKET_BYTES, type TsForm } from './ts-packets.ts';

/** Packets of one stream, taken out of a run of packets of many. */
export interface SiftedPackets {
  /** Where in the file each began, in rising order. */
  positions: Float64Array;
  /** The packets side by side, of 188 bytes each, whatever lay between them. */
  bytes: Buffer;
}

export interface TsSieve {
  /** Takes the packet whose sync byte is at a place of some bytes, and at a position of the file. */
  take(bytes: Buffer, at: number, position: number): void;
  finish(): SiftedPackets;
}

interface StreamPlace {
  pid: number;
  form: TsForm;
}

const FIRST_ROOM = 1024;

/** Sets packets of a stream aside, in room that grows. */
export function createTsSieve(): TsSieve {
  let room = allocateCounted(FIRST_ROOM * TS_PACKET_BYTES);
  let positions = new Float64Array(FIRST_ROOM);
  let count = 0;
  return {
    take(bytes, at, position) {
      if (count === positions.length) {
        const [small, few] = [room, positions];
        room = allocateCounted(small.length * 2);
        small.copy(room);
        discardCounted(small);
        positions = new Float64Array(count * 2);
        positions.set(few);
      }
      bytes.copy(room, count * TS_PACKET_BYTES, at, at + TS_PACKET_BYTES);
      positions[count++] = position;
    },
    finish() {
      // The room is larger than what is kept.
      const bytes = Buffer.from(room.subarray(0, count * TS_PACKET_BYTES));
      discardCounted(room);
      return { positions: positions.slice(0, count), bytes };
    },
  };
}

/** Takes the packets of one stream out of bytes that begin at a position of the file. */
export function siftStream(bytes: Buffer, position: number, { pid, form }: StreamPlace, sieve: TsSieve): void {
  const [high, low] = [(pid >> 8) & 0x1f, pid & 0xff];
  for (let at = 0; at + TS_PACKET_BYTES <= bytes.length; at += form.stride) {
    if (bytes[at + 2] === low && (bytes[at + 1]! & 0x1f) === high) sieve.take(bytes, at, position + at);
  }
}

/** Those of the packets that begin from one position of the file on, and before another. */
export function between({ positions, bytes }: SiftedPackets, from: number, until: number): SiftedPackets {
  const placeOf = (position: number) => countBefore(positions.length, (n) => positions[n]! < position);
  const [first, end] = [placeOf(from), placeOf(until)];
  return {
    positions: positions.subarray(first, end),
    bytes: bytes.subarray(first * TS_PACKET_BYTES, end * TS_PACKET_BYTES),
  };
}
