import { createClockSections } from '../../media/container/clock-sections.ts';
import {
  moveClock,
  packetBytesOf,
  type ReadStamps,
  readProgramStamps,
  readTransportStamps,
  ticksBetween,
} from '../../media/container/clock-stamps.ts';
import type { Container } from '../../media/types.ts';
import { openPath, readParts } from '../reading/open-path.ts';

/** Files whose clock jumps are played from a copy in which it does not: the same bytes but for the times. */

export interface ClockRepair {
  /** The copy, as long as the file. */
  bytes(onShare: (share: number) => void, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface RepairOptions {
  signal: AbortSignal;
  /** Files up to this size are read as a whole; in larger ones the clock is looked at here and there first. */
  wholeBytes?: number;
  looks?: number;
}

const WHOLE_BYTES = 256 * 1024 * 1024;
const LOOKS = 256;
const LOOK_BYTES = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const HEAD_BYTES = 4096;
const SEC = 90_000;
/** The rate of a film varies; what takes so many times longer than usual for its bytes is worth reading it all. */
const ODD_FACTOR = 4;
const ODD_SEC = 10;
const BACK_SEC = 2;

/** Readers want to see that something follows a packet. */
const LAST = Buffer.alloc(68 * 1024);
LAST[0] = 0x47;

type Reader = (bytes: Uint8Array) => ReadStamps;

/**
 * Finds out whether the clock of a file jumps; null where not, and for containers that have tables instead of a clock.
 * A large file is read as a whole only where some of its times are out of proportion: a jump by less than the time between two looks,
 * by which nothing runs backwards from one look to the next, stays unseen there.
 */
export async function findClockJumps(
  path: string,
  container: Container,
  { signal, wholeBytes = WHOLE_BYTES, looks = LOOKS }: RepairOptions,
): Promise<ClockRepair | null> {
  const reader = await readerOf(path, container);
  if (!reader) return null;
  if (!(await looksOdd(path, reader, { signal, wholeBytes, looks }))) return null;
  const sections = createClockSections();
  for await (const { stamps } of readAll(path, reader, signal)) for (const stamp of stamps) sections.place(stamp);
  const moves = sections.moves();
  if (!moves) return null;
  return {
    async *bytes(onShare, signal) {
      // The same stamps in the same order fall into the same sections.
      const again = createClockSections();
      for await (const { stamps, bytes, share } of readAll(path, reader, signal)) {
        for (const stamp of stamps) {
          const byTicks = moves[again.place(stamp)] ?? 0;
          if (byTicks !== 0) for (const field of stamp.fields) moveClock(bytes, field, byTicks);
        }
        onShare(share);
        yield bytes;
      }
    },
  };
}

async function readerOf(path: string, { name }: Container): Promise<Reader | null> {
  if (name === 'mpegps') return readProgramStamps;
  if (name !== 'mpegts') return null;
  const packetBytes = packetBytesOf(await readAt(path, 0, HEAD_BYTES));
  return packetBytes && ((bytes) => readTransportStamps(bytes, packetBytes));
}

/** Looks at the clock in places spread over a large file; small ones are always worth reading. */
async function looksOdd(path: string, reader: Reader, options: Required<RepairOptions>): Promise<boolean> {
  const file = await openPath(path);
  try {
    const { sizeBytes: size } = file;
    if (size <= options.wholeBytes) return true;
    const passed: number[] = [];
    let beforeTicks: number | null = null;
    for (let n = 0; n < options.looks; n++) {
      options.signal.throwIfAborted();
      const at = Math.floor((Math.max(0, size - LOOK_BYTES) / (options.looks - 1)) * n);
      const { stamps } = reader(await file.read(at, LOOK_BYTES));
      const stamp = stamps.find(({ isShown }) => isShown) ?? stamps[0];
      if (!stamp) continue;
      if (beforeTicks !== null) passed.push(ticksBetween(stamp.dtsTicks, beforeTicks) / SEC);
      beforeTicks = stamp.dtsTicks;
    }
    const usual = passed.toSorted((a, b) => a - b)[passed.length >> 1] ?? 0;
    return passed.some((sec) => sec < -BACK_SEC || sec > usual * ODD_FACTOR + ODD_SEC);
  } finally {
    await file.close();
  }
}

async function* readAll(path: string, reader: Reader, signal: AbortSignal) {
  let left: Uint8Array = Buffer.alloc(0);
  let done = 0;
  const sizeBytes = await sizeOf(path);
  for await (const chunk of readParts(path, CHUNK_BYTES, signal)) {
    const all = left.length > 0 ? Buffer.concat([left, chunk]) : chunk;
    const { stamps, consumed } = reader(all);
    left = all.subarray(consumed);
    done += consumed;
    yield { stamps, bytes: all.subarray(0, consumed), share: done / sizeBytes };
  }
  const all = Buffer.concat([left, LAST]);
  yield { stamps: reader(all).stamps, bytes: all.subarray(0, left.length), share: 1 };
}

async function sizeOf(path: string): Promise<number> {
  const file = await openPath(path);
  try {
    return file.sizeBytes;
  } finally {
    await file.close();
  }
}

async function readAt(path: string, at: number, length: number): Promise<Buffer> {
  const file = await openPath(path);
  try {
    return await file.read(at, length);
  } finally {
    await file.close();
  }
}
