import { payloadStart, TS_PACKET_BYTES, UnusualStream } from './ts-packets.ts';

/** The tables of a transport stream (ISO/IEC 13818-1 section 2.4.4) that say which packets belong to its one program. */

export const PAT_PID = 0;
const PROGRAM_ASSOCIATION = 0;
const PROGRAM_MAP = 2;
const CRC_BYTES = 4;

/** A section that is whole within one packet; null where it is another table. Throws `UnusualStream` where it is longer. */
function readSection(bytes: Buffer, at: number, tableId: number): Buffer | null {
  const payload = payloadStart(bytes, at);
  const end = at + TS_PACKET_BYTES;
  const start = payload + 1 + (bytes[payload] ?? 0);
  if (start + 3 > end) throw new UnusualStream('a table in several packets');
  if (bytes[start] !== tableId) return null;
  const length = bytes.readUInt16BE(start + 1) & 0xfff;
  if (length < 9 || start + 3 + length > end) throw new UnusualStream('a table in several packets');
  return bytes.subarray(start, start + 3 + length);
}

/** The PID of the map of the one program there is; null where the packet holds another table. */
export function readProgramAssociation(bytes: Buffer, at: number): number | null {
  const section = readSection(bytes, at, PROGRAM_ASSOCIATION);
  if (!section) return null;
  const maps: number[] = [];
  for (let entry = 8; entry + 4 <= section.length - CRC_BYTES; entry += 4) {
    if (section.readUInt16BE(entry) !== 0) maps.push(section.readUInt16BE(entry + 2) & 0x1fff);
  }
  if (maps.length !== 1) throw new UnusualStream(`${maps.length} programs`);
  return maps[0]!;
}

/** The PIDs of a program's streams, and its map as it stands; null where the packet holds another table. */
export function readProgramMap(bytes: Buffer, at: number): { pids: number[]; section: Buffer } | null {
  const section = readSection(bytes, at, PROGRAM_MAP);
  if (!section) return null;
  const pids: number[] = [];
  const end = section.length - CRC_BYTES;
  for (let entry = 12 + (section.readUInt16BE(10) & 0xfff); entry + 5 <= end; ) {
    pids.push(section.readUInt16BE(entry + 1) & 0x1fff);
    entry += 5 + (section.readUInt16BE(entry + 3) & 0xfff);
  }
  return { pids, section };
}
