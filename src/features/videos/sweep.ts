import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { findSwept, forgetVideo } from './service.ts';

/** How long a deleted video can be brought back. */
const UNDO_MS = 7 * DAY_MS;

/** Periodic: deletes for good what was deleted a while ago, files first, so that nothing is ever left over. */
export async function sweepVideos(app: App): Promise<void> {
  for (;;) {
    const ids = findSwept(app, app.clock.nowMs() - UNDO_MS);
    for (const id of ids) {
      await app.streaming.release(id);
      await app.storage.deletePrefix(`videos/${id}/`);
      forgetVideo(app, id);
    }
    if (ids.length === 0) break;
  }
  await sweepScratch(app);
}

/** Folders that a crash left behind while pictures or captions were made. */
async function sweepScratch(app: App): Promise<void> {
  const { tmpPath } = app.dataDir;
  const entries = await readdir(tmpPath, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter(({ name }) => /^(images|captions|part)-/.test(name))) {
    const path = join(tmpPath, entry.name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: app.clock.nowMs() }));
    if (app.clock.nowMs() - mtimeMs > HOUR_MS) await rm(path, { recursive: true, force: true });
  }
}
