import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { STREAM_FORMAT } from '../../streaming/source.ts';
import { probeJob } from './job-definitions.ts';
import { sources, videos } from './schema.ts';
import { BEHIND_EVERYTHING, requestWork } from './work.service.ts';

/** How many outdated sources are taken up at once. */
const RENEWED_AT_ONCE = 2000;

/**
 * Periodic: videos whose segments an older version of Kinora made are understood anew,
 * behind everything else that waits. One that cannot be read now is tried again the next time.
 */
export function renewOutdated(app: App): void {
  const outdated = app.db.orm
    .select({ videoId: sources.videoId })
    .from(sources)
    // Sources first, by their index: the other way round SQLite may walk all of them for each video that is ready.
    .crossJoin(videos)
    .where(
      and(
        eq(videos.id, sources.videoId),
        lt(sources.format, STREAM_FORMAT),
        isNotNull(sources.timeline),
        eq(sources.missing, false),
        // Not by the index of states, of which nearly all are this one.
        sql`+${videos.state} = 'ready'`,
        isNull(videos.deletedAtMs),
      ),
    )
    .limit(RENEWED_AT_ONCE)
    .all();
  if (outdated.length === 0) return;
  app.db.write((tx) => {
    for (const { videoId } of outdated) {
      requestWork(app, tx, probeJob, { videoId }, { priority: BEHIND_EVERYTHING });
    }
  });
}
