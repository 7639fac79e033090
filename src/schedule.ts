import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './core/time.ts';
import { sweepRegistrations } from './features/accounts/registrations.service.ts';
import { sweepResets } from './features/accounts/resets.service.ts';
import { sweepSessions } from './features/accounts/sessions.service.ts';
import { sweepActs } from './features/audit/service.ts';
import { enqueueDueBackup, noteMadeByHand } from './features/backups/service.ts';
import { sweepImports } from './features/imports/service.ts';
import { checkDatabase } from './features/instance/database-check.service.ts';
import { watchDisk } from './features/instance/disk.service.ts';
import { scanAllLibraries } from './features/libraries/service.ts';
import { checkNotices, sweepNotices } from './features/notices/service.ts';
import { countFiles, noteDisk, sumVideos } from './features/overview/usage.service.ts';
import { countCache, keepCacheBudget } from './features/playback/cache-budget.ts';
import { type Periodic, startTasks } from './features/tasks/runner.service.ts';
import { sweepUploads } from './features/uploads/sweep.ts';
import { renewOutdated } from './features/videos/renewal.ts';
import { recheckMissing } from './features/videos/restored.service.ts';
import { sweepVideos } from './features/videos/sweep.ts';
import { isSingleBinary } from './platform/installation.ts';
import { sweepUnpacked } from './platform/natives/natives.ts';
import type { App } from './ports.ts';

/** Only the single binary unpacks anything. */
const SWEEP_UNPACKED: Periodic = {
  name: 'sweep what old versions have unpacked',
  everyMs: DAY_MS,
  atStart: true,
  run: ({ clock }) => void sweepUnpacked(clock.nowMs()),
};

/** LIST 4: everything periodic. */
const SCHEDULE: Periodic[] = [
  { name: 'count the segment cache', everyMs: DAY_MS, nightly: true, atStart: true, run: countCache },
  { name: 'keep the segment cache within its budget', everyMs: MINUTE_MS, run: keepCacheBudget },
  { name: 'look at the disk', everyMs: 5 * SECOND_MS, atStart: true, run: watchDisk },
  { name: 'write down how full the disk is', everyMs: HOUR_MS, atStart: true, run: noteDisk },
  { name: 'count what files take', everyMs: DAY_MS, nightly: true, atStart: true, run: countFiles },
  { name: 'sum up videos', everyMs: 10 * MINUTE_MS, atStart: true, run: sumVideos },
  { name: 'back up when it is time', everyMs: MINUTE_MS, atStart: true, run: enqueueDueBackup },
  { name: 'write down backups made by hand', everyMs: MINUTE_MS, atStart: true, run: noteMadeByHand },
  { name: 'see whether admins are needed', everyMs: MINUTE_MS, atStart: true, run: checkNotices },
  { name: 'forget old notices', everyMs: DAY_MS, run: sweepNotices },
  { name: 'see how large tables are', everyMs: HOUR_MS, atStart: true, run: ({ db }) => db.keepStatistics() },
  // Its name is asked for by features/notices: what it finds wrong is a notice.
  { name: 'check the database', everyMs: 12 * HOUR_MS, run: checkDatabase },
  { name: 'scan libraries', everyMs: HOUR_MS, atStart: true, run: scanAllLibraries },
  { name: 'renew what an older version made', everyMs: 10 * MINUTE_MS, atStart: true, run: renewOutdated },
  { name: 'look for originals that were missing', everyMs: HOUR_MS, run: recheckMissing },
  { name: 'sweep deleted videos', everyMs: HOUR_MS, atStart: true, run: sweepVideos },
  { name: 'sweep abandoned uploads', everyMs: HOUR_MS, atStart: true, run: sweepUploads },
  { name: 'forget links that have been fetched', everyMs: HOUR_MS, atStart: true, run: sweepImports },
  {
    name: 'sweep half-written files',
    everyMs: HOUR_MS,
    atStart: true,
    run: ({ storage }) => storage.sweepTemp(HOUR_MS),
  },
  { name: 'forget old acts of the audit log', everyMs: DAY_MS, nightly: true, run: sweepActs },
  { name: 'forget ended sessions', everyMs: HOUR_MS, run: sweepSessions },
  { name: 'forget declined registrations', everyMs: DAY_MS, atStart: true, run: sweepRegistrations },
  { name: 'forget old links to new passwords', everyMs: DAY_MS, atStart: true, run: sweepResets },
  {
    name: 'forget ended jobs',
    everyMs: DAY_MS,
    nightly: true,
    run: ({ queue, clock }) => void queue.sweep(clock.nowMs() - 14 * DAY_MS),
  },
  ...(isSingleBinary ? [SWEEP_UNPACKED] : []),
];

/** Runs the schedule until the returned function is called. */
export function startSchedule(app: App): () => void {
  return startTasks(app, SCHEDULE).stop;
}
