import { saveProgress } from '../lib/api/videos.ts';
import { patchVideo, removedIds } from '../lib/cache/videos.ts';
import { user } from '../lib/session.ts';

const EVERY_MS = 5000;
const FINISHED_SHARE = 0.95;

export interface ProgressSaver {
  /** Called as time passes while playing; saves every five seconds. */
  tick(positionMs: number, durationMs: number): void;
  /** Saves now: on pause, on leaving. `last` lets the request outlive the page. */
  flush(last?: boolean): void;
}

/** Remembers where one viewer is in one video. Visitors have nowhere to remember it. */
export function createProgressSaver(videoId: string): ProgressSaver {
  let position: number | null = null;
  let duration = 0;
  let saved = -1;
  let savedAt = performance.now();

  function flush(last = false): void {
    if (position === null || position === saved || !user.value || removedIds.peek().has(videoId)) return;
    saved = position;
    savedAt = performance.now();
    const positionMs = Math.round(position);
    const finished = duration > 0 && positionMs >= duration * FINISHED_SHARE;
    patchVideo(videoId, { progress: { positionMs, finished, updatedAtMs: Date.now() } });
    // A save that fails is made good by the next one.
    saveProgress(videoId, positionMs, last).catch(() => {});
  }
  return {
    tick(positionMs, durationMs) {
      position = positionMs;
      duration = durationMs;
      if (performance.now() - savedAt >= EVERY_MS) flush();
    },
    flush,
  };
}
