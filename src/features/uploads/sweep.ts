import { eq } from 'drizzle-orm';
import { DAY_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import { findAbandonedUploads, hideVideos } from '../videos/service.ts';
import { createUploadFiles } from './files.service.ts';

/** Periodic: ends uploads nobody went on with, and removes files whose upload is gone. */
export async function sweepUploads(app: App): Promise<void> {
  const files = createUploadFiles(app);
  const abandonedMs = app.clock.nowMs() - app.config.uploads.expireDays * DAY_MS;
  const abandoned = findAbandonedUploads(app, abandonedMs);
  app.db.write((tx) => hideVideos(app, tx, abandoned));
  for (const id of await files.list()) {
    const video = app.db.orm
      .select({
        origin: videos.origin,
        state: videos.state,
        updatedAtMs: videos.updatedAtMs,
        deletedAtMs: videos.deletedAtMs,
      })
      .from(videos)
      .where(eq(videos.id, id))
      .get();
    // What has been fetched of a link is still of use when somebody tries again.
    const failedLately = video?.origin === 'import' && video.state === 'failed' && video.updatedAtMs >= abandonedMs;
    if ((video?.state !== 'uploading' && !failedLately) || video?.deletedAtMs !== null) await files.forget(id);
  }
}
