import { eq } from 'drizzle-orm';
import { DAY_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import { findAbandonedUploads, hideVideos } from '../videos/service.ts';
import { createUploadFiles } from './upload-files.ts';

/** Periodic: ends uploads nobody went on with, and removes files whose upload is gone. */
export async function sweepUploads(app: App): Promise<void> {
  const files = createUploadFiles(app);
  const abandoned = findAbandonedUploads(app, app.clock.nowMs() - app.config.uploads.expireDays * DAY_MS);
  app.db.write((tx) => hideVideos(app, tx, abandoned));
  for (const id of await files.list()) {
    const video = app.db.orm
      .select({ state: videos.state, deletedAtMs: videos.deletedAtMs })
      .from(videos)
      .where(eq(videos.id, id))
      .get();
    if (video?.state !== 'uploading' || video.deletedAtMs !== null) await files.forget(id);
  }
}
