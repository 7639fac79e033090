import { and, eq } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { getWatchable } from '../videos/queries.ts';
import { watchProgress } from './schema.ts';

/** Watched this far counts as finished: what is left is credits. */
const FINISHED_SHARE = 0.95;
/** Less than this is a look, not a beginning. */
const BEGUN_MS = 5000;

/** Remembers how far a viewer got. The player tells every few seconds. */
export function saveProgress(app: App, viewer: Viewer, videoId: string, positionMs: number, address: string): void {
  const video = getWatchable(app, viewer, videoId);
  const userId = viewer.user!.id;
  const durationMs = video.durationMs ?? Number.POSITIVE_INFINITY;
  const clamped = Math.min(positionMs, durationMs);
  app.events.emit('watch.progressed', { userId, videoId, positionMs: clamped, address });
  const finished = clamped >= durationMs * FINISHED_SHARE;
  const isFirst = findProgress(app, userId, videoId) === null;
  if (isFirst && clamped < Math.min(BEGUN_MS, durationMs / 4)) return;
  const row = { positionMs: clamped, finished, updatedAtMs: app.clock.nowMs() };
  app.db.write((tx) => {
    const target = [watchProgress.userId, watchProgress.videoId];
    tx.insert(watchProgress)
      .values({ userId, videoId, ...row })
      .onConflictDoUpdate({ target, set: row })
      .run();
  });
}

export function removeProgress(app: App, viewer: Viewer, videoId: string): void {
  const own = and(eq(watchProgress.userId, viewer.user!.id), eq(watchProgress.videoId, videoId));
  app.db.write((tx) => tx.delete(watchProgress).where(own).run());
}

function findProgress(app: App, userId: string, videoId: string) {
  const own = and(eq(watchProgress.userId, userId), eq(watchProgress.videoId, videoId));
  return app.db.orm.select().from(watchProgress).where(own).get() ?? null;
}
