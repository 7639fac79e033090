import { SECOND_MS } from '../../core/time.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { noteReceived } from '../videos/service.ts';

/** Tells how far a file is: at most four times a second to whoever watches, every two seconds to the database. */
export interface Meter {
  reached(receivedBytes: number): void;
  /** The same, whatever the time. */
  finish(receivedBytes: number): void;
}

const TELL_EVERY_MS = 250;
const WRITE_EVERY_MS = 2 * SECOND_MS;
/** The speed is that of the last seconds: fresh enough to follow the network, smooth enough to read. */
const WINDOW_MS = 8 * SECOND_MS;
const LEAST_MS = SECOND_MS;

export function createMeter(
  app: App,
  videoId: string,
  totalBytes: number | null,
  progress: JobContext['progress'],
): Meter {
  let samples: { atMs: number; bytes: number }[] = [];
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let writtenAtMs = Number.NEGATIVE_INFINITY;

  function tell(nowMs: number, receivedBytes: number): void {
    toldAtMs = nowMs;
    samples = [...samples.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS), { atMs: nowMs, bytes: receivedBytes }];
    const [first] = samples;
    const ms = nowMs - first!.atMs;
    const bytesPerSecond = ms < LEAST_MS ? null : ((receivedBytes - first!.bytes) / ms) * SECOND_MS;
    app.events.emit('upload.progressed', { videoId, receivedBytes, sizeBytes: totalBytes ?? 0, bytesPerSecond });
    if (totalBytes === null || totalBytes === 0) return;
    const leftMs = bytesPerSecond ? ((totalBytes - receivedBytes) / bytesPerSecond) * SECOND_MS : null;
    progress((receivedBytes / totalBytes) * 100, leftMs);
  }

  function write(nowMs: number, receivedBytes: number): void {
    writtenAtMs = nowMs;
    noteReceived(app, videoId, receivedBytes);
  }

  return {
    reached(receivedBytes) {
      const nowMs = app.clock.nowMs();
      if (nowMs - toldAtMs >= TELL_EVERY_MS) tell(nowMs, receivedBytes);
      if (nowMs - writtenAtMs >= WRITE_EVERY_MS) write(nowMs, receivedBytes);
    },
    finish(receivedBytes) {
      const nowMs = app.clock.nowMs();
      tell(nowMs, receivedBytes);
      write(nowMs, receivedBytes);
    },
  };
}
