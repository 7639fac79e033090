import { EncodedPacket, type InputTrack } from 'mediabunny';
import { hasSkippedLeading, isEntryPoint, nalLengthOf } from '../../media/container/entry-points.ts';
import type { AudioTrack } from '../../media/types.ts';
import type { LightPacket, PacketSink } from './packet-sink.ts';

export interface EntryCodec {
  codec: 'h264' | 'hevc' | 'vp9' | 'av1';
  /** See `isEntryPoint`. */
  nalLengthBytes: number;
}

/** A track that the packager can read. */
export interface CutTrack<T extends InputTrack = InputTrack> {
  open: T;
  sink: PacketSink;
  /** When its last packet ends, on the packager's clock; null where that cannot be read (a file cut off). */
  endSec(): Promise<number | null>;
  codecString: string;
}
export type CutAudio = CutTrack & { info: AudioTrack };

/** What the bitstream of a packet says, whatever its container does. */
export interface PacketReader {
  /** Whether decoding can begin with it. */
  isEntry(packet: LightPacket): Promise<boolean>;
  /** Whether pictures stored behind it, but shown before it, are left out when decoding begins with it. */
  skipsLeading(packet: LightPacket): boolean;
}

/** Reads packets of a video track. Needs their data, not their metadata alone. */
export async function createPacketReader(track: InputTrack): Promise<PacketReader> {
  if (!track.isVideoTrack()) return { isEntry: async () => true, skipsLeading: () => false };
  const named = await track.getCodec();
  const codec = named === 'avc' ? 'h264' : named === 'hevc' ? 'hevc' : null;
  if (!codec) {
    return {
      isEntry: async ({ data, type }) =>
        (await track.determinePacketType(new EncodedPacket(data, type, 0, 0))) === 'key',
      skipsLeading: () => false,
    };
  }
  const description = (await track.getDecoderConfig())?.description;
  const nalLengthBytes = nalLengthOf(codec, description ? bytesOf(description) : null);
  return {
    isEntry: async (packet) => isEntryPoint(codec, packet.data, nalLengthBytes),
    skipsLeading: (packet) => codec === 'hevc' && hasSkippedLeading(packet.data, nalLengthBytes),
  };
}

/**
 * What tells of a track where decoding can begin; null for sound, and `unknown` for codecs that only mediabunny reads.
 * `unwrappedBytes`: how long NAL unit lengths are in what is made of start codes.
 */
export async function entryCodecOf(
  track: InputTrack,
  unwrappedBytes: number | null = null,
): Promise<EntryCodec | null | 'unknown'> {
  if (!track.isVideoTrack()) return null;
  const named = await track.getCodec();
  if (named === 'vp9' || named === 'av1') return { codec: named, nalLengthBytes: 0 };
  const codec = named === 'avc' ? 'h264' : named === 'hevc' ? 'hevc' : null;
  const description = codec ? (await track.getDecoderConfig())?.description : undefined;
  const nalLengthBytes = codec && description ? nalLengthOf(codec, bytesOf(description)) : unwrappedBytes;
  return codec && nalLengthBytes !== null ? { codec, nalLengthBytes } : 'unknown';
}

export function bytesOf(source: AllowSharedBufferSource): Buffer {
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
