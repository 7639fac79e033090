/** A packet as it is looked at when a source is inspected: of mediabunny's, what that needs. Seconds on the container's own clock. */
export interface LightPacket {
  timestamp: number;
  /** As far as it is known without reading on; else zero. */
  duration: number;
  type: 'key' | 'delta';
  /** Empty where only metadata was asked for. */
  data: Uint8Array;
}

interface PacketOptions {
  metadataOnly?: boolean;
}

/** Finding packets of one track, as mediabunny's `EncodedPacketSink` does. */
export interface PacketSink<P extends LightPacket = LightPacket> {
  /** The first one stored. */
  getFirstPacket(options?: PacketOptions): Promise<P | null>;
  getFirstKeyPacket(options?: PacketOptions): Promise<P | null>;
  /** The last key packet shown at or before a time. */
  getKeyPacket(seconds: number, options?: PacketOptions): Promise<P | null>;
  /** The packet stored behind one that came from this sink. */
  getNextPacket(packet: P, options?: PacketOptions): Promise<P | null>;
  /** The last packet shown at or before a time. */
  getPacket(seconds: number, options?: PacketOptions): Promise<P | null>;
}

/** One packet as it lies in a file. */
export interface IndexedPacket {
  /** Seconds on the container's own clock, as mediabunny counts it. */
  timestampSec: number;
  durationSec: number;
  key: boolean;
  data: Buffer;
}
