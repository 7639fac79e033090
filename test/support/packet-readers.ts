import { closeSync, fstatSync, openSync, read, readv } from 'node:fs';
import {
  ALL_FORMATS,
  type EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import type { ByteSource } from '../../src/streaming/reading/source-files.ts';

/** Reading a source's packets in two ways, to hold our own against mediabunny's. */

export interface TestSource extends ByteSource {
  /** How much has been read so far. */
  readBytes: number;
  close(): void;
}

export function openSource(path: string): TestSource {
  const fd = openSync(path, 'r');
  const source: TestSource = {
    sizeBytes: fstatSync(fd).size,
    readBytes: 0,
    read: (position, length) =>
      new Promise((resolve, reject) => {
        source.readBytes += length;
        const buffer = Buffer.allocUnsafeSlow(length);
        read(fd, buffer, 0, length, position, (error, bytesRead) =>
          error ? reject(error) : resolve(buffer.subarray(0, bytesRead)),
        );
      }),
    readInto: (position, targets) =>
      new Promise((resolve, reject) => {
        readv(fd, targets, position, (error, bytesRead) => {
          source.readBytes += bytesRead ?? 0;
          if (error) reject(error);
          else resolve(bytesRead);
        });
      }),
    close: () => closeSync(fd),
  };
  return source;
}

/** The same from bytes in memory. */
export function memorySource(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    readInto: async (position, targets) => {
      let at = position;
      for (const target of targets) at += bytes.copy(target, 0, at);
      return Math.max(0, at - position);
    },
  };
}

export interface OpenTrack {
  track: InputVideoTrack | InputAudioTrack;
  sink: EncodedPacketSink;
}

export async function openWithMediabunny(path: string): Promise<{ tracks: OpenTrack[]; close: () => void }> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const found = [...(await input.getVideoTracks()), ...(await input.getAudioTracks())];
  const tracks = found.map((track) => ({ track, sink: new EncodedPacketSink(track) }));
  return { tracks, close: () => input.dispose() };
}

const METADATA = { metadataOnly: true } as const;

/** Segments of pictures, from key frame to key frame. */
export async function videoSegments(sink: EncodedPacketSink, startsSec: readonly number[]): Promise<EncodedPacket[][]> {
  const keyOf = async (n: number, options = {}) => {
    const packet = await sink.getKeyPacket(startsSec[n]! + 0.0005, options);
    return packet ?? (n === 0 ? sink.getFirstKeyPacket(options) : null);
  };
  const segments: EncodedPacket[][] = [];
  for (const n of startsSec.keys()) {
    const end = n + 1 < startsSec.length ? await keyOf(n + 1, METADATA) : null;
    segments.push(await allOf(sink, await keyOf(n), end));
  }
  return segments;
}

/** Segments of sound: all packets that start within each. */
export async function audioSegments(sink: EncodedPacketSink, startsSec: readonly number[]): Promise<EncodedPacket[][]> {
  const atOrAfter = async (seconds: number, options = {}) => {
    const packet = await sink.getPacket(seconds, options);
    if (!packet) return sink.getFirstPacket(options);
    return packet.timestamp < seconds - 1e-6 ? sink.getNextPacket(packet, options) : packet;
  };
  const segments: EncodedPacket[][] = [];
  for (const [n, startSec] of startsSec.entries()) {
    const first = n === 0 ? await sink.getFirstPacket() : await atOrAfter(startSec);
    const end = n + 1 < startsSec.length ? await atOrAfter(startsSec[n + 1]!, METADATA) : null;
    segments.push(await allOf(sink, first, end));
  }
  return segments;
}

async function allOf(
  sink: EncodedPacketSink,
  first: EncodedPacket | null,
  end: EncodedPacket | null,
): Promise<EncodedPacket[]> {
  const packets: EncodedPacket[] = [];
  if (first) for await (const packet of sink.packets(first, end ?? undefined)) packets.push(packet);
  return packets;
}
