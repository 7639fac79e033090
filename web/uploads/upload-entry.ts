import { type Signal, signal } from '@preact/signals';
import type { VideoWire } from '../../src/features/videos/api.ts';

/**
 * queued: waits for its turn. sending. paused: by the person. waiting: the connection is gone, it goes on by itself.
 * finishing: all bytes are there. done: the server has taken over. failed: a person must act.
 */
export type UploadPhase = 'queued' | 'sending' | 'paused' | 'waiting' | 'finishing' | 'done' | 'failed';

export interface UploadEntry {
  key: number;
  file: File;
  phase: Signal<UploadPhase>;
  sentBytes: Signal<number>;
  bytesPerSecond: Signal<number | null>;
  etaMs: Signal<number | null>;
  error: Signal<string | null>;
  /** Null until the server has given the upload its video. */
  video: Signal<VideoWire | null>;
}

let lastKey = 0;

export function newUploadEntry(file: File, video: VideoWire | null): UploadEntry {
  return {
    key: ++lastKey,
    file,
    phase: signal<UploadPhase>('queued'),
    sentBytes: signal(video?.receivedBytes ?? 0),
    bytesPerSecond: signal<number | null>(null),
    etaMs: signal<number | null>(null),
    error: signal<string | null>(null),
    video: signal<VideoWire | null>(video),
  };
}
