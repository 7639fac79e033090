import { asc, eq } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { renditions } from '../videos/schema.ts';

/**
 * Periodic: keeps segments made on demand within `cache.segmentsGb`. What they take is measured, not remembered, so that no
 * crash can make the sum wrong. Renditions watched least recently go first, whole; a session that is at it goes on.
 */
export async function keepCacheBudget(app: App): Promise<void> {
  const budgetBytes = app.config.cache.segmentsGb * 1e9;
  const rows = app.db.orm
    .select({ id: renditions.id, videoId: renditions.videoId, spec: renditions.spec })
    .from(renditions)
    .where(eq(renditions.policy, 'lazy'))
    .orderBy(asc(renditions.watchedAtMs))
    .all()
    .filter(({ spec }) => spec.mode === 'encoded');
  const held: { rendition: (typeof rows)[number]; sizeBytes: number }[] = [];
  for (const rendition of rows) {
    const sizeBytes = await app.streaming.store.sizeBytes(rendition);
    if (sizeBytes > 0) held.push({ rendition, sizeBytes });
  }
  let totalBytes = held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const busy = new Set(app.streaming.sessions().map(({ renditionId }) => renditionId));
  for (const { rendition, sizeBytes } of held) {
    if (totalBytes <= budgetBytes) break;
    if (busy.has(rendition.id)) continue;
    await app.streaming.store.drop(rendition);
    totalBytes -= sizeBytes;
  }
}
