import { and, eq, isNull } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { isMadeBySessions } from '../../streaming/source.ts';
import { renditions, videos } from '../videos/schema.ts';

/** At the start: finds what segments made on demand take on the disk, which is the truth whatever happened before. */
export async function countCache(app: App): Promise<void> {
  const rows = app.db.orm
    .select({ id: renditions.id, videoId: renditions.videoId, spec: renditions.spec, policy: renditions.policy })
    .from(renditions)
    .innerJoin(videos, eq(videos.id, renditions.videoId))
    .where(and(eq(renditions.policy, 'lazy'), isNull(videos.deletedAtMs)))
    .all();
  await app.streaming.cache.count(rows.filter(({ spec }) => isMadeBySessions(spec)));
  await app.streaming.cache.keep();
}

/**
 * Periodic: writes down what was watched, and keeps the segments made on demand within `cache.segmentsGb`, which also happens
 * whenever one is written.
 */
export async function keepCacheBudget({ streaming }: App): Promise<void> {
  await streaming.cache.save();
  await streaming.cache.keep();
}
