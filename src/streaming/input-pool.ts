import { stat } from 'node:fs/promises';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';

/** A source opened for reading packets. Opening reads its tables; the pool keeps those of what is being watched. */
export interface OpenInput {
  video: { track: InputVideoTrack; sink: EncodedPacketSink }[];
  audio: { track: InputAudioTrack; sink: EncodedPacketSink }[];
}

export interface InputPool {
  /** Opens a file, or returns the open one. Throws where the packager cannot read the container. */
  open(path: string): Promise<OpenInput>;
  close(): void;
}

interface Entry {
  input: Input;
  opened: Promise<OpenInput>;
}

/** Keeps at most `size` files open, least recently used out first. A file that changes is opened anew. */
export function createInputPool(size = 24): InputPool {
  const entries = new Map<string, Entry>();
  const drop = (key: string) => {
    entries.get(key)?.input.dispose();
    entries.delete(key);
  };
  return {
    async open(path) {
      const { size: sizeBytes, mtimeMs } = await stat(path);
      const key = `${path}\0${sizeBytes}\0${mtimeMs}`;
      let entry = entries.get(key);
      if (entry) {
        entries.delete(key);
      } else {
        const source = new FilePathSource(path, { handleUnhandledError: () => {} });
        const input = new Input({ source, formats: ALL_FORMATS });
        entry = { input, opened: readTracks(input) };
        entry.opened.catch(() => drop(key));
      }
      entries.set(key, entry);
      for (const oldest of entries.keys()) {
        if (entries.size <= size) break;
        drop(oldest);
      }
      return entry.opened;
    },
    close() {
      for (const key of [...entries.keys()]) drop(key);
    },
  };
}

async function readTracks(input: Input): Promise<OpenInput> {
  const video = await input.getVideoTracks();
  const audio = await input.getAudioTracks();
  return {
    video: video.map((track) => ({ track, sink: new EncodedPacketSink(track) })),
    audio: audio.map((track) => ({ track, sink: new EncodedPacketSink(track) })),
  };
}
