import type { InputTrack } from 'mediabunny';
import { countBefore } from '../../core/search.ts';
import { createTsDemuxer, pictureOf } from '../../media/container/ts-demux.ts';
import { TICKS_PER_SEC, UnusualStream } from '../../media/container/ts-packets.ts';
import type { TsStream } from '../../media/container/ts-scan.ts';
import { frameTicks, sampleRateAt, soundFrames, type TsSoundCodec } from '../../media/container/ts-sound.ts';
import type { LightPacket, PacketSink } from './packet-sink.ts';
import type { TsFile } from './ts-file.ts';

/** Packets of one stream of a transport stream, found by what a pass over it has noted. */
export interface TsSink extends PacketSink {
  /** When the last packet ends, in seconds. */
  endSec(): Promise<number>;
  /** Key frames, by their number among the PES packets, in the order of their times. */
  keys: Uint32Array;
  codec: 'h264' | 'hevc' | TsSoundCodec;
  /** Of sound; zero of pictures. */
  sampleRate: number;
}

interface TsPacket extends LightPacket {
  pes: number;
  /** Of sound: which of its frames. */
  frame: number;
}

type Options = { metadataOnly?: boolean } | undefined;

const CODECS: Record<string, TsSink['codec']> = {
  ...{ avc: 'h264', hevc: 'hevc' },
  ...{ aac: 'aac', mp3: 'mp3', ac3: 'ac3', eac3: 'eac3' },
};
/** A picture is shown at most so many later than those stored around it. */
const MOST_REORDERED = 32;
const EMPTY = new Uint8Array(0);

/** Null where the stream is better left to mediabunny. */
export async function createTsSink(file: TsFile, track: InputTrack): Promise<TsSink | null> {
  const stream = file.scan.streams.get(track.id);
  const codec = CODECS[(await track.getCodec()) ?? ''];
  if (!stream || !codec) return null;
  try {
    return codec === 'h264' || codec === 'hevc'
      ? await pictureSink(file, stream, codec)
      : await soundSink(file, stream, codec);
  } catch (error) {
    if (error instanceof UnusualStream) return null;
    throw error;
  }
}

async function pictureSink(file: TsFile, stream: TsStream, codec: 'h264' | 'hevc'): Promise<TsSink | null> {
  const { ptsTicks, isRandomAccess } = stream;
  // Where the first is not marked, mediabunny looks into all of them.
  if (isRandomAccess[0] !== 1) return null;
  const keys = Uint32Array.from([...isRandomAccess.keys()].filter((n) => isRandomAccess[n] === 1));
  if (!keys.every((key, n) => n === 0 || ptsTicks[key]! > ptsTicks[keys[n - 1]!]!)) return null;
  for (const pes of lookedAt(stream)) {
    const bytes = await readPes(file, stream, pes);
    pictureOf(bytes, codec, { start: 0, dataStart: 0, dataEnd: bytes.length });
  }

  /** Ticks until the next picture is shown, or what came before where there is none. */
  function lengthOf(pes: number): number {
    let [next, before] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let n = Math.max(0, pes - MOST_REORDERED); n < Math.min(ptsTicks.length, pes + MOST_REORDERED); n++) {
      if (ptsTicks[n]! > ptsTicks[pes]!) next = Math.min(next, ptsTicks[n]!);
      if (ptsTicks[n]! < ptsTicks[pes]!) before = Math.max(before, ptsTicks[n]!);
    }
    if (Number.isFinite(next)) return next - ptsTicks[pes]!;
    return Number.isFinite(before) ? ptsTicks[pes]! - before : 0;
  }

  async function packetOf(pes: number | undefined, options: Options): Promise<TsPacket | null> {
    if (pes === undefined || pes < 0 || pes >= ptsTicks.length) return null;
    return {
      pes,
      frame: 0,
      timestamp: ptsTicks[pes]! / TICKS_PER_SEC,
      duration: lengthOf(pes) / TICKS_PER_SEC,
      type: isRandomAccess[pes] === 1 ? 'key' : 'delta',
      data: options?.metadataOnly ? EMPTY : await readPes(file, stream, pes),
    };
  }

  const lastShown = (atTicks: number) => {
    let found = -1;
    for (const [n, ticks] of ptsTicks.entries()) {
      if (ticks <= atTicks && (found < 0 || ticks >= ptsTicks[found]!)) found = n;
    }
    return found;
  };

  return {
    codec,
    sampleRate: 0,
    keys,
    getFirstPacket: (options) => packetOf(0, options),
    getFirstKeyPacket: (options) => packetOf(keys[0], options),
    getKeyPacket(seconds, options) {
      const atTicks = ticksOf(seconds);
      return packetOf(keys[countBefore(keys.length, (n) => ptsTicks[keys[n]!]! <= atTicks) - 1], options);
    },
    getNextPacket: (packet, options) => packetOf((packet as TsPacket).pes + 1, options),
    getPacket: (seconds, options) => packetOf(lastShown(ticksOf(seconds)), options),
    async endSec() {
      const last = lastShown(Number.POSITIVE_INFINITY);
      return endOf(ptsTicks[last]!, lengthOf(last));
    },
  };
}

async function soundSink(file: TsFile, stream: TsStream, codec: TsSoundCodec): Promise<TsSink | null> {
  const { ptsTicks } = stream;
  if (!ptsTicks.every((ticks, n) => n === 0 || ticks > ptsTicks[n - 1]!)) return null;
  const sampleRate = sampleRateAt(await readPes(file, stream, 0), codec, 0);

  /** The frames of a PES packet: their bytes, and when they are heard. */
  async function framesOf(pes: number): Promise<{ data: Buffer; ticks: number }[]> {
    const bytes = await readPes(file, stream, pes);
    let ticks = ptsTicks[pes]!;
    return soundFrames(bytes, codec, 0, bytes.length).map(({ start, end, samples }) => {
      const frame = { data: bytes.subarray(start, end), ticks };
      ticks += frameTicks(samples, sampleRate);
      return frame;
    });
  }

  async function packetOf(pes: number, frame: number, options: Options): Promise<TsPacket | null> {
    if (pes >= ptsTicks.length) return null;
    const frames = await framesOf(pes);
    const own = frames[frame];
    if (!own) return packetOf(pes + 1, 0, options);
    const nextTicks = frames[frame + 1]?.ticks ?? ptsTicks[pes + 1];
    return {
      ...{ pes, frame, type: 'key' },
      timestamp: own.ticks / TICKS_PER_SEC,
      duration: Math.max(0, (nextTicks ?? own.ticks + (await lengthBefore(pes, frame))) - own.ticks) / TICKS_PER_SEC,
      data: options?.metadataOnly ? EMPTY : own.data,
    };
  }

  /** How long the frame before one lasts. */
  async function lengthBefore(pes: number, frame: number): Promise<number> {
    const own = await framesOf(pes);
    if (frame > 0) return own[frame]!.ticks - own[frame - 1]!.ticks;
    return pes > 0 ? own[0]!.ticks - (await framesOf(pes - 1)).at(-1)!.ticks : 0;
  }

  for (const pes of lookedAt(stream)) await framesOf(pes);

  return {
    codec,
    sampleRate,
    keys: new Uint32Array(0),
    getFirstPacket: (options) => packetOf(0, 0, options),
    getFirstKeyPacket: (options) => packetOf(0, 0, options),
    getKeyPacket: (seconds, options) => packetAt(seconds, options),
    getPacket: (seconds, options) => packetAt(seconds, options),
    async getNextPacket(packet, options) {
      const { pes, frame } = packet as TsPacket;
      return packetOf(pes, frame + 1, options);
    },
    async endSec() {
      const pes = ptsTicks.length - 1;
      const frames = await framesOf(pes);
      const frame = frames.length - 1;
      return endOf(frames[frame]!.ticks, await lengthBefore(pes, frame));
    },
  };

  async function packetAt(seconds: number, options: Options): Promise<TsPacket | null> {
    const atTicks = ticksOf(seconds);
    const pes = countBefore(ptsTicks.length, (n) => ptsTicks[n]! <= atTicks) - 1;
    if (pes < 0) return null;
    const frames = await framesOf(pes);
    return packetOf(pes, countBefore(frames.length, (n) => frames[n]!.ticks <= atTicks) - 1, options);
  }
}

/** A packet in the middle of the film, the first and the last: others are looked at when they are cut. */
function lookedAt({ positions: { length } }: TsStream): number[] {
  return [0, length >> 1, length - 1];
}

/** The data of a PES packet. */
async function readPes({ source, scan }: TsFile, stream: TsStream, pes: number): Promise<Buffer> {
  const position = stream.positions[pes]!;
  const end = stream.positions[pes + 1] ?? scan.endPosition;
  const bytes = await source.read(position, end - position);
  const demuxer = createTsDemuxer(bytes, 0, stream.pid, scan.form);
  demuxer.push(0, bytes.length);
  const [found] = demuxer.finish();
  if (!found) throw new UnusualStream('a packet that is not there');
  return bytes.subarray(found.dataStart, found.dataEnd);
}

/** A time that was made of ticks is those ticks again, whatever floating point made of it. */
function ticksOf(seconds: number): number {
  const ticks = seconds * TICKS_PER_SEC;
  const rounded = Math.round(ticks);
  return Math.abs(ticks / rounded - 1) < 10 * Number.EPSILON ? rounded : ticks;
}

const endOf = (ticks: number, lengthTicks: number) =>
  Math.round((ticks / TICKS_PER_SEC + lengthTicks / TICKS_PER_SEC) * TICKS_PER_SEC) / TICKS_PER_SEC;
