import {
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacket,
  type EncodedPacketSink,
  EncodedVideoPacketSource,
  type InputAudioTrack,
  type InputVideoTrack,
  Output,
} from 'mediabunny';
import { annexBToLengthPrefixed, stripAdts } from '../../media/container/bitstream.ts';
import { readTimescale } from '../../media/container/fragment.ts';
import { normaliseInit } from '../../media/container/init-segment.ts';
import { type LeadIn, leadIn } from '../../media/container/lead-in.ts';
import { deliveredCodecString } from '../../media/plan/codecs.ts';
import { createPacketReader, type PacketReader } from '../reading/cut-track.ts';
import type { InputPool, OpenTrack } from '../reading/input-pool.ts';
import type { TrackTables } from '../reading/light-tracks.ts';
import type { PacketSink } from '../reading/packet-sink.ts';
import { packagerShiftSec, type StreamRendition, type StreamSource } from '../source.ts';

/** A track that can be copied, with the header of its segments. */
export interface CopyTrack {
  track: InputVideoTrack | InputAudioTrack;
  /** See `OpenTrack`. */
  packets: EncodedPacketSink;
  sink: PacketSink;
  tables: TrackTables | null;
  init: Buffer;
  timescale: number;
  timing: LeadIn;
  /** Brings a packet's bytes into the form of MP4; null where they have it. */
  unwrap: ((data: Uint8Array) => Uint8Array) | null;
  reader: PacketReader;
}

export type TrackOf = Pick<StreamRendition['spec'], 'kind' | 'trackIndex'>;

/** Opens tracks, and keeps them as long as their files stay open. */
export function createCopyTracks(pool: InputPool): (source: StreamSource, of: TrackOf) => Promise<CopyTrack> {
  const tracks = new WeakMap<EncodedPacketSink, Promise<CopyTrack>>();
  return async (source, { kind, trackIndex }) => {
    const input = await pool.open(source.path);
    const ordinal = source.info[kind].find((track) => track.index === trackIndex)?.ordinal ?? -1;
    const open = input[kind][ordinal];
    if (!open) throw new Error(`the source has no ${kind} track ${trackIndex} any more`);
    const hasPicture = source.info.video.length > 0;
    let prepared = tracks.get(open.packets);
    if (!prepared) {
      prepared = prepareTrack(open, packagerShiftSec(source.timeline, trackIndex), hasPicture);
      tracks.set(open.packets, prepared);
      prepared.catch(() => tracks.delete(open.packets));
    }
    return prepared;
  };
}

async function prepareTrack(
  { track, packets, sink, tables }: OpenTrack<InputVideoTrack> | OpenTrack<InputAudioTrack>,
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
  const packet = new EncodedPacket(first.data, first.type, 0, first.duration);
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
  const unwrap = needsUnwrap ? unwrapping : null;
  const kind = track.isVideoTrack() ? 'video' : 'audio';
  const timing = leadIn({ kind, hasPicture, timescale, primingTicks });
  const reader = await createPacketReader(track);
  return {
    track,
    packets,
    sink,
    tables,
    init: normaliseInit(raw, timing.editTicks),
    timescale,
    timing,
    unwrap,
    reader,
  };
}
