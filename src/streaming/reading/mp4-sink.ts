import { countBefore } from '../../core/search.ts';
import type { Mp4Track } from '../../media/container/mp4-track.ts';
import type { LightPacket, PacketSink } from './packet-sink.ts';
import { type ByteSource, readSample } from './source-files.ts';

/** A packet of `createMp4Sink`: it knows which sample it is. */
interface Mp4Packet extends LightPacket {
  sample: number;
}

const EMPTY = new Uint8Array();

/** Packets of a track by its tables, which are in memory: of the file nothing is read but the samples asked for. */
export function createMp4Sink(track: Mp4Track, source: ByteSource): PacketSink {
  const { ptsTicks, timescale, editTicks, sampleCount } = track;
  const keys = byTime(track.keys ?? Uint32Array.from({ length: sampleCount }, (_, n) => n), ptsTicks);
  let positions: Float64Array | null = null;

  async function packetOf(sample: number, metadataOnly = false): Promise<Mp4Packet> {
    if (!metadataOnly) positions ??= track.positions();
    return {
      sample,
      timestamp: (ptsTicks[sample]! - editTicks) / timescale,
      duration: track.deltaOf(sample) / timescale,
      type: !track.keys || isIn(track.keys, sample) ? 'key' : 'delta',
      data: metadataOnly ? EMPTY : await readSample(source, positions![sample]!, track.sizeOf(sample)),
    };
  }

  const ticksOf = (seconds: number) => roundIfClose(seconds * timescale) + editTicks;

  return {
    getFirstPacket: ({ metadataOnly } = {}) => packetOf(0, metadataOnly),
    async getFirstKeyPacket({ metadataOnly } = {}) {
      const first = track.keys ? track.keys[0] : 0;
      return first === undefined ? null : packetOf(first, metadataOnly);
    },
    async getKeyPacket(seconds, { metadataOnly } = {}) {
      const atTicks = ticksOf(seconds);
      const sample = keys[countBefore(keys.length, (n) => ptsTicks[keys[n]!]! <= atTicks) - 1];
      return sample === undefined ? null : packetOf(sample, metadataOnly);
    },
    async getNextPacket(packet, { metadataOnly } = {}) {
      const { sample } = packet as Mp4Packet;
      return sample + 1 < sampleCount ? packetOf(sample + 1, metadataOnly) : null;
    },
    async getPacket(seconds, { metadataOnly } = {}) {
      const atTicks = ticksOf(seconds);
      let found: number | null = null;
      ptsTicks.forEach((ticks, n) => {
        if (ticks <= atTicks && (found === null || ticks >= ptsTicks[found]!)) found = n;
      });
      return found === null ? null : packetOf(found, metadataOnly);
    },
  };
}

/** Samples in the order they are shown. */
function byTime(samples: Uint32Array, ptsTicks: Float64Array): Uint32Array {
  const isSorted = samples.every((sample, n) => n === 0 || ptsTicks[samples[n - 1]!]! <= ptsTicks[sample]!);
  return isSorted ? samples : samples.toSorted((a, b) => ptsTicks[a]! - ptsTicks[b]!);
}

function isIn(rising: Uint32Array, value: number): boolean {
  return rising[countBefore(rising.length, (n) => rising[n]! < value)] === value;
}

/** A time that was made of ticks is those ticks again, whatever floating point made of it. */
function roundIfClose(ticks: number): number {
  const rounded = Math.round(ticks);
  return Math.abs(ticks / rounded - 1) < 10 * Number.EPSILON ? rounded : ticks;
}
