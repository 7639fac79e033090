import { allocateCounted } from '../../core/counted-bytes.ts';
import { stripAdts } from '../../media/container/bitstream.ts';
import { ticksBetween } from '../../media/container/clock-stamps.ts';
import { createTsDemuxer, type Pes, pictureOf } from '../../media/container/ts-demux.ts';
import type { TsIndex } from '../../media/container/ts-index.ts';
import { SYNC, TICKS_PER_SEC, TS_PACKET_BYTES, UnusualStream } from '../../media/container/ts-packets.ts';
import { between, createTsSieve, type SiftedPackets, siftStream } from '../../media/container/ts-sieve.ts';
import { frameTicks, soundFrames, type TsSoundCodec } from '../../media/container/ts-sound.ts';
import type { IndexedPacket } from '../reading/packet-sink.ts';
import type { ByteSource } from '../reading/source-files.ts';
import type { ReadSegment } from './matroska-segments.ts';
import { dropAside, findAside, type SettingAside, setAside, wantSound } from './ts-aside.ts';

/** A segment is put together in memory as a whole. Larger ones are for the thread that reads packets. */
const MOST_SEGMENT_BYTES = 64 * 1024 * 1024;
/** So much is done before others have their turn: about a millisecond. */
const STEP_PACKETS = 4096;
/** Of sound most of what is read is passed over. */
const SOUND_PACKETS = 8192;
const STEP_PICTURES = 32;
/** What sound is read into, used again by the next who reads some. */
const spare: Buffer[] = [];
const MOST_SPARE = 4;
const MOST_STRIDE = 204;
/** Packets that most key frames have. */
const KEY_PACKETS = 2048;

/**
 * The packets of segment `n`. `whole` as in `ReadSegment`, with `roomBytes` in front. Throws `UnusualStream` where they are
 * not of the usual form, and others have to read them.
 */
export async function readTsSegment(
  source: ByteSource,
  index: TsIndex,
  n: number,
  roomBytes: number,
): Promise<ReadSegment> {
  return index.codec === 'h264' || index.codec === 'hevc'
    ? readPictures(source, index, index.codec, n, roomBytes)
    : readSound(source, index, index.codec, n, roomBytes);
}

/** The key frame that segment `n` of pictures begins with, and nothing else. */
export async function readTsKey(source: ByteSource, index: TsIndex, n: number): Promise<IndexedPacket> {
  const until = index.positions[n + 1] ?? index.endPosition;
  for (let packets = KEY_PACKETS; ; packets *= 4) {
    const pieceEnd = index.positions[n]! + packets * index.form.stride;
    const { whole, found } = await demuxWhole(source, index, n, Math.min(until, pieceEnd), 0);
    const [key, next] = found;
    if (!key) throw new UnusualStream('a segment without a picture');
    // It is whole where the next one has begun.
    if (!next && pieceEnd < until) continue;
    const [ticks] = timesOf(index, n, [key]);
    const data = pictureOf(whole, index.codec as 'h264' | 'hevc', key);
    return { timestampSec: ticks! / TICKS_PER_SEC, durationSec: 0, key: true, data };
  }
}

async function readPictures(
  source: ByteSource,
  index: TsIndex,
  codec: 'h264' | 'hevc',
  n: number,
  roomBytes: number,
): Promise<ReadSegment> {
  const until = index.positions[n + 1] ?? index.endPosition;
  const aside = setAside(source, index.positions[n]!, until);
  const demuxed = demuxWhole(source, index, n, until, roomBytes, aside);
  demuxed.then(
    () => aside?.finish(true),
    () => aside?.finish(false),
  );
  const { whole, found } = await demuxed;
  const ticks = timesOf(index, n, found);
  const lengths = lengthsOf(ticks);
  const packets: IndexedPacket[] = [];
  for (const [i, pes] of found.entries()) {
    if (i % STEP_PICTURES === STEP_PICTURES - 1) await turn();
    const data = pictureOf(whole, codec, pes);
    packets.push({ ...timed(ticks[i]!, lengths[i]!), key: pes.isRandomAccess, data });
  }
  return { packets, whole };
}

async function readSound(
  source: ByteSource,
  index: TsIndex,
  codec: TsSoundCodec,
  n: number,
  roomBytes: number,
): Promise<ReadSegment> {
  const isLast = n + 1 >= index.positions.length;
  const own = { from: index.skippedFrames[n]!, nextPosition: index.positions[n + 1] ?? index.endPosition };
  const more = isLast ? 0 : index.skippedFrames[n + 1]!;
  const until = more > 0 ? index.nextPositions[n + 1]! : own.nextPosition;
  if (index.positions[n]! >= until) return { packets: [], whole: null };
  const { whole, found } = await demuxSound(source, index, n, until, roomBytes);
  dropAside(source, index.pid, own.nextPosition);
  const times = timesOf(index, n, found);
  const heard: { ticks: number; data: Buffer }[] = [];
  for (const [i, pes] of found.entries()) {
    const frames = soundFrames(whole, codec, pes.dataStart, pes.dataEnd);
    const isBoundary = more > 0 && i === found.length - 1;
    // The index has counted them by their usual length.
    if ((i === 0 && own.from > 0 && own.from >= frames.length) || (isBoundary && more >= frames.length)) {
      throw new UnusualStream('frames of sound of another length');
    }
    let ticks = times[i]!;
    for (const [frame, { start, end, samples }] of frames.entries()) {
      const isOwn = (i > 0 || frame >= own.from) && !(isBoundary && frame > more);
      if (isOwn) heard.push({ ticks, data: whole.subarray(start, end) });
      ticks += frameTicks(samples, index.sampleRate);
    }
  }
  // The first frame behind the segment says how long its last one is.
  const next = more > 0 ? heard.pop()!.ticks : isLast ? null : index.ptsTicks[n + 1]!;
  const packets = heard.map(({ ticks, data }, i) => {
    const until = heard[i + 1]?.ticks ?? next ?? ticks + (ticks - (heard[i - 1]?.ticks ?? ticks));
    return { ...timed(ticks, until - ticks), key: true, data: codec === 'aac' ? stripAdts(data) : data };
  });
  return { packets, whole };
}

const timed = (ticks: number, lengthTicks: number) => ({
  timestampSec: ticks / TICKS_PER_SEC,
  durationSec: Math.max(0, lengthTicks) / TICKS_PER_SEC,
});

/** Reads all from where a segment begins, and puts its stream's PES packets together in the same memory, behind some room. */
async function demuxWhole(
  source: ByteSource,
  index: TsIndex,
  n: number,
  until: number,
  roomBytes: number,
  aside: SettingAside | null = null,
): Promise<{ whole: Buffer; found: Pes[] }> {
  const length = lengthOf(source, index, n, until);
  if (length > MOST_SEGMENT_BYTES) throw new UnusualStream('a segment too large to be put together at once');
  const from = index.positions[n]!;
  const room = allocateCounted(roomBytes + length);
  const bytesRead = await readFully(source, from, room.subarray(roomBytes));
  const whole = room.subarray(0, roomBytes + bytesRead);
  checkFirst(whole, roomBytes, n);
  const other = aside ? (pid: number, at: number) => aside.take(pid, whole, at, from + at - roomBytes) : undefined;
  const demuxer = createTsDemuxer(whole, roomBytes, index.pid, index.form, other);
  const stepBytes = STEP_PACKETS * index.form.stride;
  for (let at = roomBytes; at + TS_PACKET_BYTES <= whole.length; at += stepBytes) {
    if (at > roomBytes) await turn();
    demuxer.push(at, at + stepBytes);
  }
  return { whole, found: demuxer.finish() };
}

/** Of sound, which lies between pictures: what of it was set aside when those were read, and the rest is looked for. */
async function demuxSound(
  source: ByteSource,
  index: TsIndex,
  n: number,
  until: number,
  roomBytes: number,
): Promise<{ whole: Buffer; found: Pes[] }> {
  lengthOf(source, index, n, until);
  wantSound(source, index.pid);
  const parts: SiftedPackets[] = [];
  for (let at = index.positions[n]!; at < until; ) {
    const run = findAside(source, index.pid, at);
    const end = Math.min(until, typeof run === 'number' ? run : run.to);
    const packets = typeof run === 'number' ? await siftApart(source, index, at, end) : await run.packets;
    if (!packets) continue;
    parts.push(between(packets, at, end));
    at = end;
  }
  if (parts[0]!.positions[0] !== index.positions[n]) throw elsewhere(n);
  const whole = allocateCounted(parts.reduce((sum, { bytes }) => sum + bytes.length, roomBytes));
  let end = roomBytes;
  for (const { bytes } of parts) end += bytes.copy(whole, end);
  checkFirst(whole, roomBytes, n);
  const demuxer = createTsDemuxer(whole, roomBytes, index.pid, { stride: TS_PACKET_BYTES });
  demuxer.push(roomBytes, end);
  return { whole, found: demuxer.finish() };
}

/** Reads all of a range, and throws all away but the packets of the stream. */
async function siftApart(source: ByteSource, index: TsIndex, from: number, until: number): Promise<SiftedPackets> {
  const { stride } = index.form;
  const sieve = createTsSieve();
  const piece = spare.pop() ?? Buffer.allocUnsafeSlow(SOUND_PACKETS * MOST_STRIDE);
  try {
    for (let at = from; at + TS_PACKET_BYTES <= until; at += SOUND_PACKETS * stride) {
      const wanted = piece.subarray(0, Math.min(SOUND_PACKETS * stride, until - at));
      const bytesRead = await readFully(source, at, wanted);
      siftStream(wanted.subarray(0, bytesRead), at, index, sieve);
    }
  } finally {
    if (spare.length < MOST_SPARE) spare.push(piece);
  }
  return sieve.finish();
}

function lengthOf(source: ByteSource, index: TsIndex, n: number, until: number): number {
  const position = index.positions[n]!;
  if (position < 0 || until <= position || until > source.sizeBytes + index.form.stride) {
    throw new Error('the file ends before this segment');
  }
  return until - position;
}

function checkFirst(bytes: Buffer, at: number, n: number): void {
  const isThere = bytes[at] === SYNC && (bytes[at + 1]! & 0x40) !== 0;
  if (!isThere) throw elsewhere(n);
}

function elsewhere(n: number): Error {
  return new Error(`the file is not the one that was looked at: segment ${n} begins elsewhere`);
}

async function readFully(source: ByteSource, position: number, target: Buffer): Promise<number> {
  let at = 0;
  while (at < target.length) {
    const bytesRead = await source.readInto(position + at, [target.subarray(at)]);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** When PES packets are shown, counted on from where the segment begins. */
function timesOf(index: TsIndex, n: number, found: readonly Pes[]): number[] {
  let before = index.ptsTicks[n]!;
  return found.map(({ ptsTicks }) => {
    before += ticksBetween(ptsTicks, before);
    return before;
  });
}

/** Until the next picture is shown. */
function lengthsOf(ticks: readonly number[]): number[] {
  const shown = ticks.toSorted((a, b) => a - b);
  const placeOf = new Map(shown.map((time, place) => [time, place]));
  let before = 0;
  return ticks.map((time) => {
    const next = shown[placeOf.get(time)! + 1];
    if (next !== undefined) before = next - time;
    return before;
  });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
