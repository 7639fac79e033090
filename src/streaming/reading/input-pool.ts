import { stat } from 'node:fs/promises';
import {
  ALL_FORMATS,
  CustomSource,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
  type Source,
} from 'mediabunny';
import { isAddress } from '../../media/encode/input.ts';
import { openLight, type TrackTables } from './light-tracks.ts';
import { type Moov, readMoov } from './moov.ts';
import { openPath } from './open-path.ts';
import type { PacketSink } from './packet-sink.ts';
import { type ByteSource, byteSource, type OpenFile, type SourceFiles } from './source-files.ts';

/** A source opened for reading packets. */
export interface OpenInput {
  video: OpenTrack<InputVideoTrack>[];
  audio: OpenTrack<InputAudioTrack>[];
  moov: Moov | null;
}

export interface OpenTrack<T extends InputTrack = InputTrack> {
  /** What mediabunny says of the track. */
  track: T;
  /** Packets as mediabunny reads them. */
  packets: EncodedPacketSink;
  /** The same packets, found by our own reading of the file where that is possible. */
  sink: PacketSink;
  /** What they were found by; null where it is mediabunny. */
  tables: TrackTables | null;
  /** When the last packet ends, in seconds; null where that cannot be read. */
  endSec(): Promise<number | null>;
}

export interface InputPool {
  /** Opens a file, or returns the open one. Throws where the packager cannot read the container. */
  open(path: string): Promise<OpenInput>;
  /** The tables of an MP4 file that mediabunny does not open; null where there are none. */
  moov(path: string): Promise<Moov | null>;
  /** Until what it returns is called, nothing is closed for being idle: somebody reads for longer than that takes. */
  hold(): () => void;
  close(): void;
}

interface Entry {
  usedAtMs: number;
  input: Input;
  opened: Promise<OpenInput>;
  isOpen: boolean;
}

/** What is open takes memory, a film's tables some megabytes: it is dropped when nobody has asked for it for so long. */
const IDLE_MS = 60_000;

/**
 * Keeps at most `size` files open, least recently used out first. A file that changes is opened anew. Without `files` all packets
 * are mediabunny's.
 */
export function createInputPool(files: SourceFiles | null, { size = 12, idleMs = IDLE_MS } = {}): InputPool {
  const entries = new Map<string, Entry>();
  let holders = 0;
  let sweeping: NodeJS.Timeout | null = null;
  const sweepLater = () => {
    sweeping ??= setTimeout(() => {
      sweeping = null;
      for (const [key, { usedAtMs, isOpen }] of [...entries]) {
        if (isOpen && holders === 0 && performance.now() - usedAtMs > idleMs) drop(key);
      }
      if (entries.size > 0) sweepLater();
    }, idleMs / 2).unref();
  };
  const drop = (key: string) => {
    entries.get(key)?.input.dispose();
    entries.delete(key);
  };
  return {
    async open(path) {
      const { sizeBytes, modifiedAtMs } = await look(path, files);
      const key = `${path}\0${sizeBytes}\0${modifiedAtMs}`;
      let entry = entries.get(key);
      if (entry) {
        entries.delete(key);
      } else {
        const input = new Input({ source: sourceOf(path, sizeBytes, files), formats: ALL_FORMATS });
        const opened = readTracks(input, files && byteSource(files, path, sizeBytes));
        const opening: Entry = { usedAtMs: 0, input, opened, isOpen: false };
        entry = opening;
        // A transport stream is gone through as a whole when it is opened.
        opened.then(
          () => Object.assign(opening, { isOpen: true, usedAtMs: performance.now() }),
          () => drop(key),
        );
      }
      entry.usedAtMs = performance.now();
      entries.set(key, entry);
      sweepLater();
      for (const oldest of entries.keys()) {
        if (entries.size <= size) break;
        drop(oldest);
      }
      return entry.opened;
    },
    async moov(path) {
      const { sizeBytes } = await look(path, files);
      return files ? readMoov(byteSource(files, path, sizeBytes)).catch(() => null) : null;
    },
    hold() {
      let isHeld = true;
      holders++;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders--;
        // From now on they are idle.
        for (const entry of entries.values()) entry.usedAtMs = performance.now();
      };
    },
    close() {
      if (sweeping) clearTimeout(sweeping);
      for (const key of [...entries.keys()]) drop(key);
    },
  };
}

/** Addresses are read as all else is in this thread; in another one, by HTTP. */
function sourceOf(path: string, sizeBytes: number, files: SourceFiles | null): Source {
  if (!isAddress(path)) return new FilePathSource(path, { handleUnhandledError: () => {} });
  const here = files && byteSource(files, path, sizeBytes);
  let opened: ReturnType<typeof openPath> | null = null;
  return new CustomSource({
    getSize: () => sizeBytes,
    read: async (start, end) => (here ?? (await (opened ??= openPath(path)))).read(start, end - start),
    prefetchProfile: 'fileSystem',
  });
}

async function look(path: string, files: SourceFiles | null): Promise<Pick<OpenFile, 'sizeBytes' | 'modifiedAtMs'>> {
  if (!isAddress(path)) {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, modifiedAtMs: mtimeMs };
  }
  return files ? files.use(path, async (file) => file) : openPath(path);
}

async function readTracks(input: Input, source: ByteSource | null): Promise<OpenInput> {
  const video = await input.getVideoTracks();
  const audio = await input.getAudioTracks();
  const light = source && (await openLight(source, [...video, ...audio]));
  const opened = async <T extends InputTrack>(
    track: T,
    kind: 'video' | 'audio',
    ordinal: number,
  ): Promise<OpenTrack<T>> => {
    const packets = new EncodedPacketSink(track);
    const own = await light?.track(track, kind, ordinal);
    if (own) return { track, packets, ...own };
    return { track, packets, sink: packets as PacketSink, tables: null, endSec: () => endOf(track) };
  };
  return {
    video: await Promise.all(video.map((track, ordinal) => opened(track, 'video', ordinal))),
    audio: await Promise.all(audio.map((track, ordinal) => opened(track, 'audio', ordinal))),
    moov: light?.moov ?? null,
  };
}

/** Null where it cannot be read: a file cut off. */
async function endOf(track: InputTrack): Promise<number | null> {
  try {
    return await track.computeDuration({ metadataOnly: true });
  } catch {
    return null;
  }
}
