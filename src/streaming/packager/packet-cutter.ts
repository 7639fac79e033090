import type { EncodedPacket, EncodedPacketSink } from 'mediabunny';
import { type Sample, writeFragment } from '../../media/container/fragment.ts';
import { shownFromStart } from '../segment-cutter.ts';
import { boundariesOf, packagerShiftSec, type StreamRendition, type StreamSource } from '../source.ts';
import type { CopyTrack } from './copy-track.ts';

/** Cutting copied tracks packet by packet, as mediabunny reads them: the way for all containers without an index of ours. */

const EPSILON_SEC = 0.0005;

/** Segment `index` of a copied rendition. */
export async function cutPackets(
  copy: CopyTrack,
  source: StreamSource,
  rendition: StreamRendition,
  index: number,
): Promise<Buffer> {
  const samples: Sample[] = [];
  const packets =
    rendition.spec.kind === 'video'
      ? videoPackets(copy.packets, source, index)
      : audioPackets(copy.packets, source, rendition, index);
  const ticks = (seconds: number) => Math.round(seconds * copy.timescale);
  const shiftSec = packagerShiftSec(source.timeline, rendition.spec.trackIndex);
  for await (const packet of packets) {
    const ptsTicks = ticks(packet.timestamp + shiftSec);
    samples.push({
      ptsTicks,
      durationTicks: ticks(packet.duration) || lastStep(samples, ptsTicks),
      // Containers are mistaken about key frames; a player that believes them shows rubbish.
      key: packet.type === 'key' && (await copy.reader.isEntry(packet)),
      data: copy.unwrap?.(packet.data) ?? packet.data,
    });
  }
  if (rendition.spec.kind === 'audio') return writeFragment(samples, index + 1, copy.timing);
  const untilTicks = ticks(boundariesOf(source.timeline, 'source')[index + 1]! / 1e6);
  return writeFragment(shownPictures(samples, index, copy.timescale), index + 1, { ...copy.timing, untilTicks });
}

/** The pictures of a segment with the times they are shown at: of the first, all from the start. */
export function shownPictures<T extends Timed>(samples: T[], index: number, timescale: number): T[] {
  return index === 0 ? shownFromStart(squeezeHidden(samples), timescale) : samples;
}

/** The key frame of segment `index` alone; null where the source has none there any more. */
export async function cutKeyPacket(
  copy: CopyTrack,
  source: StreamSource,
  rendition: StreamRendition,
  index: number,
): Promise<Pick<Sample, 'ptsTicks' | 'data'> | null> {
  const packet = await keyPacket(copy.packets, source.timeline, index);
  if (!packet) return null;
  const seconds = packet.timestamp + packagerShiftSec(source.timeline, rendition.spec.trackIndex);
  return { ptsTicks: Math.round(seconds * copy.timescale), data: copy.unwrap?.(packet.data) ?? packet.data };
}

type Timed = Pick<Sample, 'ptsTicks' | 'durationTicks'>;

/**
 * Pictures that an edit list hides are decoded for the sake of those after them. Players drop what lies before time zero and
 * all that depends on it, so these are shown, one tick each: for less time than a screen has.
 */
function squeezeHidden<T extends Timed>(samples: T[]): T[] {
  const hidden = samples.filter(({ ptsTicks }) => ptsTicks < 0).sort((a, b) => a.ptsTicks - b.ptsTicks);
  if (hidden.length === 0) return samples;
  return samples.map((sample) => {
    const place = hidden.indexOf(sample);
    if (place !== -1) return { ...sample, ptsTicks: place, durationTicks: 1 };
    return { ...sample, ptsTicks: Math.max(sample.ptsTicks, hidden.length) };
  });
}

/** Matroska does not say how long a track's last packet lasts: as long as the one before. */
export function lastStep(samples: readonly Timed[], ptsTicks: number): number {
  const before = samples.at(-1);
  return before ? Math.max(0, ptsTicks - before.ptsTicks) : 0;
}

/** All packets decoded from one boundary's key frame up to the next one's. */
async function* videoPackets(
  sink: EncodedPacketSink,
  source: StreamSource,
  index: number,
): AsyncGenerator<EncodedPacket> {
  const isLast = index + 1 >= (source.timeline.source?.keysUs.length ?? 0);
  const first = await keyPacket(sink, source.timeline, index);
  const end = isLast ? null : await keyPacket(sink, source.timeline, index + 1, { metadataOnly: true });
  if (first) yield* sink.packets(first, end ?? undefined);
}

/** The key frame that segment `index` of the source's own grid begins with. */
async function keyPacket(
  sink: EncodedPacketSink,
  { packagerOriginSec, source: grid }: StreamSource['timeline'],
  index: number,
  options: { metadataOnly?: boolean } = {},
): Promise<EncodedPacket | null> {
  if (!grid) throw new Error('this source has no key frame grid to cut on');
  const packet = await sink.getKeyPacket(packagerOriginSec + grid.keysUs[index]! / 1e6 + EPSILON_SEC, options);
  return packet ?? (index === 0 ? sink.getFirstKeyPacket(options) : null);
}

/** All packets that start within the segment; the first also has those before time zero, the last all the rest. */
async function* audioPackets(
  sink: EncodedPacketSink,
  source: StreamSource,
  rendition: StreamRendition,
  index: number,
): AsyncGenerator<EncodedPacket> {
  const boundariesUs = boundariesOf(source.timeline, rendition.spec.grid);
  const shiftSec = packagerShiftSec(source.timeline, rendition.spec.trackIndex);
  const timeOf = (n: number) => boundariesUs[n]! / 1e6 - shiftSec;
  const atOrAfter = async (seconds: number, metadataOnly: boolean) => {
    const packet = await sink.getPacket(seconds, { metadataOnly });
    if (!packet) return sink.getFirstPacket({ metadataOnly });
    return packet.timestamp < seconds - 1e-6 ? sink.getNextPacket(packet, { metadataOnly }) : packet;
  };
  const first = index === 0 ? await sink.getFirstPacket() : await atOrAfter(timeOf(index), false);
  const isLast = index + 2 >= boundariesUs.length;
  const end = isLast ? null : await atOrAfter(timeOf(index + 1), true);
  if (first) yield* sink.packets(first, end ?? undefined);
}
