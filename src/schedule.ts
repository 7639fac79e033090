import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './core/time.ts';
import { sweepSessions } from './features/accounts/sessions.service.ts';
import { watchDisk } from './features/instance/disk.service.ts';
import { scanAllLibraries } from './features/libraries/service.ts';
import { countCache, keepCacheBudget } from './features/playback/cache-budget.ts';
import { sweepUploads } from './features/uploads/sweep.ts';
import { renewOutdated } from './features/videos/renewal.ts';
import { sweepVideos } from './features/videos/sweep.ts';
import type { App } from './ports.ts';

export interface Periodic {
  name: string;
  everyMs: number;
  /** Also when the server starts. */
  atStart?: boolean;
  run(app: App): unknown;
}

/** LIST 4: everything periodic. */
export const SCHEDULE: Periodic[] = [
  { name: 'count the segment cache', everyMs: DAY_MS, atStart: true, run: countCache },
  { name: 'keep the segment cache within its budget', everyMs: MINUTE_MS, run: keepCacheBudget },
  { name: 'look at the disk', everyMs: 5 * SECOND_MS, atStart: true, run: watchDisk },
  { name: 'scan libraries', everyMs: HOUR_MS, atStart: true, run: scanAllLibraries },
  { name: 'renew what an older version made', everyMs: 10 * MINUTE_MS, atStart: true, run: renewOutdated },
  { name: 'sweep deleted videos', everyMs: HOUR_MS, atStart: true, run: sweepVideos },
  { name: 'sweep abandoned uploads', everyMs: HOUR_MS, atStart: true, run: sweepUploads },
  {
    name: 'sweep half-written files',
    everyMs: HOUR_MS,
    atStart: true,
    run: ({ storage }) => storage.sweepTemp(HOUR_MS),
  },
  { name: 'forget ended sessions', everyMs: HOUR_MS, run: sweepSessions },
  {
    name: 'forget ended jobs',
    everyMs: DAY_MS,
    run: ({ queue, clock }) => void queue.sweep(clock.nowMs() - 14 * DAY_MS),
  },
];

/** Runs the schedule until the returned function is called. One that fails is logged, and tried again in its time. */
export function startSchedule(app: App): () => void {
  const cancels = new Map<string, () => void>();
  let stopped = false;
  const runLater = (task: Periodic, afterMs: number) => {
    if (stopped) return;
    cancels.set(
      task.name,
      app.clock.setTimeout(afterMs, () => void runNow(task)),
    );
  };
  const runNow = async (task: Periodic) => {
    try {
      await task.run(app);
    } catch (error) {
      app.log.error({ error }, `Could not ${task.name}.`);
    }
    runLater(task, task.everyMs);
  };
  for (const task of SCHEDULE) task.atStart ? void runNow(task) : runLater(task, task.everyMs);
  return () => {
    stopped = true;
    for (const cancel of cancels.values()) cancel();
  };
}
