import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  type EncodedPacket,
  type EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputVideoTrack,
  Output,
} from 'mediabunny';
import { annexBToLengthPrefixed, stripAdts } from '../media/container/bitstream.ts';
import { readTimescale, type Sample, writeFragment } from '../media/container/fragment.ts';
import { normaliseInit } from '../media/container/init-segment.ts';
import { type LeadIn, leadIn } from '../media/container/lead-in.ts';
import { deliveredCodecString } from '../media/plan/codecs.ts';
import { createPacketReader, type PacketReader } from './cut-track.ts';
import type { InputPool } from './input-pool.ts';
import { shownFromStart } from './segment-cutter.ts';
import { boundariesOf, packagerShiftSec, type StreamRendition, type StreamSource } from './source.ts';

/**
 * Cuts copied renditions out of a source just in time: no ffmpeg, nothing stored. Samples keep their bytes; only the
 * wrapping is ours.
 */
export interface Packager {
  /** The init segment (CMAF header) of a copied rendition. */
  init(source: StreamSource, rendition: StreamRendition): Promise<Buffer>;
  /** Segment `index` of a copied rendition. The caller has checked the range. */
  segment(source: StreamSource, rendition: StreamRendition, index: number): Promise<Buffer>;
  /**
   * The key frames at or before some moments of the presentation (in microseconds, rising), as a small film: an init
   * segment, then a fragment each. Frame n is shown at `n` seconds; where two moments share a key frame only the first
   * has one. Nothing but these frames is read. Throws where the packager cannot read the track.
   */
  keyFrames(source: StreamSource, trackIndex: number, momentsUs: readonly number[]): AsyncGenerator<Buffer>;
  /** The key frame of segment `index` alone, shown for as long as told. */
  keyFrame(source: StreamSource, rendition: StreamRendition, index: number, durationUs: number): Promise<Buffer>;
}

interface CopyTrack {
  track: InputVideoTrack | InputAudioTrack;
  sink: EncodedPacketSink;
  init: Buffer;
  timescale: number;
  timing: LeadIn;
  unwrap: (data: Uint8Array) => Uint8Array;
  reader: PacketReader;
}

const EPSILON_SEC = 0.0005;

export function createPackager(pool: InputPool): Packager {
  const tracks = new WeakMap<EncodedPacketSink, Promise<CopyTrack>>();

  async function openTrack(
    source: StreamSource,
    { kind, trackIndex }: Pick<StreamRendition['spec'], 'kind' | 'trackIndex'>,
  ): Promise<CopyTrack> {
    const input = await pool.open(source.path);
    const ordinal = source.info[kind].find((track) => track.index === trackIndex)?.ordinal ?? -1;
    const open = input[kind][ordinal];
    if (!open) throw new Error(`the source has no ${kind} track ${trackIndex} any more`);
    const hasPicture = source.info.video.length > 0;
    let prepared = tracks.get(open.sink);
    if (!prepared) {
      prepared = prepareTrack(open.track, open.sink, packagerShiftSec(source.timeline, trackIndex), hasPicture);
      tracks.set(open.sink, prepared);
      prepared.catch(() => tracks.delete(open.sink));
    }
    return prepared;
  }

  return {
    async init(source, rendition) {
      return (await openTrack(source, rendition.spec)).init;
    },
    async segment(source, rendition, index) {
      const copy = await openTrack(source, rendition.spec);
      const samples: Sample[] = [];
      const packets =
        rendition.spec.kind === 'video'
          ? videoPackets(copy.sink, source, index)
          : audioPackets(copy.sink, source, rendition, index);
      const ticks = (seconds: number) => Math.round(seconds * copy.timescale);
      const shiftSec = packagerShiftSec(source.timeline, rendition.spec.trackIndex);
      for await (const packet of packets) {
        samples.push({
          ptsTicks: ticks(packet.timestamp + shiftSec),
          durationTicks: ticks(packet.duration) || lastStep(samples, packet.timestamp + shiftSec, copy.timescale),
          // Containers are mistaken about key frames; a player that believes them shows rubbish.
          key: packet.type === 'key' && (await copy.reader.isEntry(packet)),
          data: copy.unwrap(packet.data),
        });
      }
      if (rendition.spec.kind === 'audio') return writeFragment(samples, index + 1, copy.timing);
      const shown = index === 0 ? shownFromStart(squeezeHidden(samples), copy.timescale) : samples;
      const untilTicks = ticks(boundariesOf(source.timeline, 'source')[index + 1]! / 1e6);
      return writeFragment(shown, index + 1, { ...copy.timing, untilTicks });
    },
    async *keyFrames(source, trackIndex, momentsUs) {
      const copy = await openTrack(source, { kind: 'video', trackIndex });
      yield copy.init;
      let last: number | null = null;
      for (const [n, momentUs] of momentsUs.entries()) {
        const atSec = source.timeline.packagerOriginSec + momentUs / 1e6 + EPSILON_SEC;
        const packet = (await copy.sink.getKeyPacket(atSec)) ?? (n === 0 ? await copy.sink.getFirstKeyPacket() : null);
        if (!packet || packet.timestamp === last) continue;
        last = packet.timestamp;
        const sample = { ptsTicks: n * copy.timescale, durationTicks: copy.timescale, key: true };
        yield writeFragment([{ ...sample, data: copy.unwrap(packet.data) }], n + 1, copy.timing);
      }
    },
    async keyFrame(source, rendition, index, durationUs) {
      const copy = await openTrack(source, rendition.spec);
      const packet = await keyPacket(copy.sink, source.timeline, index);
      if (!packet) throw new Error(`the source has no key frame for segment ${index} any more`);
      const seconds = packet.timestamp + packagerShiftSec(source.timeline, rendition.spec.trackIndex);
      const sample: Sample = {
        ptsTicks: Math.round(seconds * copy.timescale),
        durationTicks: Math.round((durationUs / 1e6) * copy.timescale),
        key: true,
        data: copy.unwrap(packet.data),
      };
      return writeFragment([sample], index + 1, copy.timing);
    },
  };
}

/**
 * Pictures that an edit list hides are decoded for the sake of those after them. Players drop what lies before time zero and
 * all that depends on it, so these are shown, one tick each: for less time than a screen has.
 */
function squeezeHidden(samples: Sample[]): Sample[] {
  const hidden = samples.filter(({ ptsTicks }) => ptsTicks < 0).sort((a, b) => a.ptsTicks - b.ptsTicks);
  if (hidden.length === 0) return samples;
  return samples.map((sample) => {
    const place = hidden.indexOf(sample);
    if (place !== -1) return { ...sample, ptsTicks: place, durationTicks: 1 };
    return { ...sample, ptsTicks: Math.max(sample.ptsTicks, hidden.length) };
  });
}

/** Matroska does not say how long a track's last packet lasts: as long as the one before. */
function lastStep(samples: readonly Sample[], ptsSec: number, timescale: number): number {
  const before = samples.at(-1);
  return before ? Math.max(0, Math.round(ptsSec * timescale) - before.ptsTicks) : 0;
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

async function prepareTrack(
  track: InputVideoTrack | InputAudioTrack,
  sink: EncodedPacketSink,
  shiftSec: number,
  hasPicture: boolean,
): Promise<CopyTrack> {
  const first = track.isVideoTrack() ? await sink.getFirstKeyPacket() : await sink.getFirstPacket();
  if (!first) throw new Error('the track is empty');
  const target = new BufferTarget();
  const initTarget = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target, initTarget } as ConstructorParameters<
    typeof Output
  >[0]);
  // A first packet at time zero: the muxer refuses negative ones, and only the header is wanted.
  const packet = first.clone({ timestamp: 0 });
  let needsUnwrap: boolean;
  if (track.isVideoTrack()) {
    const decoderConfig = await track.getDecoderConfig();
    const codec = await track.getCodec();
    if (!codec || !decoderConfig) throw new Error('the packager does not know this codec');
    const feed = new EncodedVideoPacketSource(codec);
    output.addVideoTrack(feed);
    await output.start();
    // The muxer names the sample entry by this.
    const codecString = deliveredCodecString(decoderConfig.codec);
    await feed.add(packet, { decoderConfig: { ...decoderConfig, codec: codecString } });
    needsUnwrap = (codec === 'avc' || codec === 'hevc') && !decoderConfig.description;
  } else {
    const decoderConfig = await track.getDecoderConfig();
    const codec = await track.getCodec();
    if (!codec || !decoderConfig) throw new Error('the packager does not know this codec');
    const feed = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(feed);
    await output.start();
    await feed.add(packet, { decoderConfig });
    needsUnwrap = codec === 'aac' && !decoderConfig.description;
  }
  await output.finalize();
  const raw = Buffer.from(initTarget.buffer!);
  const timescale = readTimescale(raw);
  const earlySec = track.isVideoTrack() ? 0 : Math.max(0, -(first.timestamp + shiftSec));
  const primingTicks = earlySec < 1 ? Math.round(earlySec * timescale) : 0;
  const unwrapping = track.isVideoTrack() ? annexBToLengthPrefixed : stripAdts;
  const unwrap = needsUnwrap ? unwrapping : (data: Uint8Array) => data;
  const kind = track.isVideoTrack() ? 'video' : 'audio';
  const timing = leadIn({ kind, hasPicture, timescale, primingTicks });
  const reader = await createPacketReader(track);
  return { track, sink, init: normaliseInit(raw, timing.editTicks), timescale, timing, unwrap, reader };
}
