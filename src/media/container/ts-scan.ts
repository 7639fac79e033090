import { WRAP_TICKS } from './clock-stamps.ts';
import {
  hasRandomAccess,
  payloadStart,
  readPesHeader,
  SYNC,
  TICKS_PER_SEC,
  TS_PACKET_BYTES,
  type TsForm,
  UnusualStream,
} from './ts-packets.ts';
import { PAT_PID, readProgramAssociation, readProgramMap } from './ts-tables.ts';

/**
 * One pass over the packets of a transport stream, which looks at their headers alone: where each PES packet begins, when it is
 * shown, and whether decoding can begin there.
 */
export interface TsScan {
  form: TsForm;
  /** Behind the last whole packet. */
  endPosition: number;
  /** By PID. */
  streams: Map<number, TsStream>;
}

/** The PES packets of one stream, in the order they are stored. */
export interface TsStream {
  pid: number;
  positions: Float64Array;
  /** Presentation times, counted on where the clock wraps around. */
  ptsTicks: Float64Array;
  /** `random_access_indicator`, 0 or 1. */
  isRandomAccess: Uint8Array;
}

export interface TsScanner {
  /** Takes a run of whole packets (and what lies between them), which begins at a position of the file. */
  push(bytes: Buffer, position: number): void;
  /** Throws `UnusualStream` where nothing came of it. `pids`: of the streams that are wanted. */
  finish(pids: readonly number[], endPosition: number): TsScan;
}

/** A stream while it is read. */
interface Collected {
  positions: number[];
  rawTicks: number[];
  isRandomAccess: number[];
  /** The continuity counter of its last packet; -1 before the first. */
  counter: number;
}

/** Two pictures or sounds one behind the other are never so far apart: the clock has jumped, or something is lost. */
const MOST_STEP_TICKS = 10 * TICKS_PER_SEC;
/** Times a little before the first are no wrapping around. */
const TOLERANCE_TICKS = 60 * TICKS_PER_SEC;
/** A day of film. */
const MOST_PES = 20_000_000;

/** All throw `UnusualStream` for what is scrambled, damaged, lacks packets, or changes what it consists of. */
export function createTsScanner(form: TsForm): TsScanner {
  const streams: (Collected | undefined)[] = new Array(8192);
  const collected = new Map<number, Collected>();
  let mapPid: number | null = null;
  let map: Buffer | null = null;
  let count = 0;

  function readTable(bytes: Buffer, at: number, pid: number): void {
    if (pid === PAT_PID) {
      const found = readProgramAssociation(bytes, at);
      if (found === null) return;
      if (mapPid !== null && mapPid !== found) throw new UnusualStream('a program that changes');
      mapPid = found;
      return;
    }
    const found = readProgramMap(bytes, at);
    if (!found) return;
    if (map && !map.equals(found.section)) throw new UnusualStream('a program that changes');
    if (map) return;
    map = Buffer.from(found.section);
    for (const own of found.pids) {
      streams[own] = { positions: [], rawTicks: [], isRandomAccess: [], counter: -1 };
      collected.set(own, streams[own]);
    }
  }

  function begin(stream: Collected, bytes: Buffer, at: number, position: number): void {
    const payload = payloadStart(bytes, at);
    const end = at + TS_PACKET_BYTES;
    const isMedia = bytes[payload] === 0 && bytes[payload + 1] === 0 && bytes[payload + 2] === 1;
    // Sections of private data, which nobody plays.
    if (!isMedia && stream.positions.length === 0) return;
    stream.positions.push(position);
    stream.isRandomAccess.push(hasRandomAccess(bytes, at) ? 1 : 0);
    // Text and the like may be timed in other ways: whoever wants the stream is told then.
    stream.rawTicks.push(timeOf(bytes, payload, end));
    if (++count > MOST_PES) throw new UnusualStream('more packets than a film has');
  }

  return {
    push(bytes, position) {
      const { stride } = form;
      for (let at = 0; at + TS_PACKET_BYTES <= bytes.length; at += stride) {
        if (bytes[at] !== SYNC) throw new UnusualStream('a packet that is out of step');
        const second = bytes[at + 1]!;
        const pid = ((second & 0x1f) << 8) | bytes[at + 2]!;
        const stream = streams[pid];
        if (stream === undefined) {
          if (second & 0x40 && (pid === PAT_PID || pid === mapPid)) readTable(bytes, at, pid);
          continue;
        }
        const control = bytes[at + 3]!;
        if (second & 0x80 || control & 0xc0) throw new UnusualStream('a packet that is damaged or scrambled');
        if (control & 0x20 && bytes[at + 4]! > 0 && bytes[at + 5]! & 0x80) throw new UnusualStream('a discontinuity');
        if (!(control & 0x10)) continue;
        const counter = control & 0x0f;
        if (stream.counter >= 0 && counter !== ((stream.counter + 1) & 0x0f)) throw new UnusualStream('a lost packet');
        stream.counter = counter;
        if (second & 0x40) begin(stream, bytes, at, position + at);
      }
    },
    finish(pids, endPosition) {
      const wanted = pids
        .map((pid) => ({ pid, stream: collected.get(pid) }))
        .filter((one): one is { pid: number; stream: Collected } => (one.stream?.positions.length ?? 0) > 0)
        .sort((a, b) => a.stream.positions[0]! - b.stream.positions[0]!);
      const anchorTicks = wanted[0]?.stream.rawTicks[0];
      if (anchorTicks === undefined) throw new UnusualStream('a program without pictures and sound');
      return {
        form,
        endPosition,
        streams: new Map(wanted.map(({ pid, stream }) => [pid, settle(pid, stream, anchorTicks)])),
      };
    },
  };
}

function timeOf(bytes: Buffer, payload: number, end: number): number {
  try {
    return readPesHeader(bytes, payload, end).ptsTicks;
  } catch (error) {
    if (error instanceof UnusualStream) return Number.NaN;
    throw error;
  }
}

/** Times as mediabunny counts them: on from the first in the file, where the clock wraps around. */
function settle(pid: number, { positions, rawTicks, isRandomAccess }: Collected, anchorTicks: number): TsStream {
  const [fromTicks, isNearEnd] = [anchorTicks - TOLERANCE_TICKS, anchorTicks >= WRAP_TICKS - TOLERANCE_TICKS];
  const ptsTicks = Float64Array.from(rawTicks, (ticks) => {
    if (isNearEnd) return ticks >= fromTicks ? ticks - WRAP_TICKS : ticks;
    return ticks < fromTicks ? ticks + WRAP_TICKS : ticks;
  });
  let before = isNearEnd ? anchorTicks - WRAP_TICKS : anchorTicks;
  for (const [n, ticks] of ptsTicks.entries()) {
    if (Number.isNaN(ticks)) throw new UnusualStream('a packet without a time');
    if (Math.abs(ticks - before) > (n === 0 ? TOLERANCE_TICKS : MOST_STEP_TICKS))
      throw new UnusualStream('a clock that jumps');
    before = ticks;
  }
  return { pid, positions: Float64Array.from(positions), ptsTicks, isRandomAccess: Uint8Array.from(isRandomAccess) };
}
