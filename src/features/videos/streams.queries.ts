import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Loudness } from '../../media/sound/loudness.ts';
import type { Rendition } from '../../media/types.ts';
import type { App } from '../../ports.ts';
import type { StreamRendition, StreamSource } from '../../streaming/source.ts';
import { renditions, sources, trackIndexes, videos } from './schema.ts';

/** What it takes to deliver a video: its source, and its renditions in the order of the manifest. */
export interface VideoStream {
  source: StreamSource;
  /** What is known of how loud its audio tracks are, by ffprobe's stream index. */
  loudness: Record<number, Loudness>;
  renditions: (StreamRendition & { policy: 'eager' | 'lazy' })[];
  /** Pictures with subtitles drawn into them: each has a playlist of its own. */
  burnt: StreamRendition[];
}

/**
 * Reads a video's stream; null until it has been probed. Segment requests ask for it again and again, so it is kept in
 * memory until the video changes: `forgetStream` is called by the reactions.
 */
export function findStream(app: App, videoId: string): VideoStream | null {
  const cache = cacheOf(app);
  const kept = cache.get(videoId);
  if (kept) {
    cache.delete(videoId);
    cache.set(videoId, kept);
    return kept;
  }
  const read = readStream(app, videoId);
  if (!read) return null;
  cache.set(videoId, read);
  for (const oldest of cache.keys()) {
    if (cache.size <= KEPT) break;
    cache.delete(oldest);
  }
  return read;
}

export function forgetStream(app: App, videoId: string): void {
  cacheOf(app).delete(videoId);
}

/** Where a source's file is read: its path, or its address where storage is a bucket. */
export function sourcePath(app: App, source: { kind: 'stored' | 'inPlace'; location: string }): string {
  return source.kind === 'inPlace' ? source.location : app.storage.addressOf(source.location);
}

/** The file that is played: the source's own, or its repaired copy. */
function playedFile(app: App, source: typeof sources.$inferSelect): { path: string; key?: string } {
  const key = source.repairedKey ?? (source.kind === 'stored' ? source.location : null);
  return key === null ? { path: source.location } : { path: app.storage.addressOf(key), key };
}

const KEPT = 200;
const caches = new WeakMap<App, Map<string, VideoStream>>();

function cacheOf(app: App): Map<string, VideoStream> {
  let cache = caches.get(app);
  if (!cache) caches.set(app, (cache = new Map()));
  return cache;
}

function readStream(app: App, videoId: string): VideoStream | null {
  const { orm } = app.db;
  const found = orm
    .select({ source: sources })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(sources.videoId, videoId), isNull(videos.deletedAtMs)))
    .orderBy(asc(sources.createdAtMs))
    .limit(1)
    .get();
  const { path, ...place } = found ? playedFile(app, found.source) : { path: null };
  if (!found?.source.info || !found.source.timeline || !path) return null;
  const { id, info, timeline } = found.source;
  const kept = orm.select().from(trackIndexes).where(eq(trackIndexes.sourceId, id)).all();
  const indexes = new Map(kept.map(({ trackIndex, bytes }) => [trackIndex, bytes]));
  const rows = orm.select().from(renditions).where(eq(renditions.sourceId, id)).orderBy(asc(renditions.position)).all();
  return {
    source: { id, videoId, path, ...place, info, timeline, indexes },
    loudness: found.source.loudness ?? {},
    renditions: rows
      .filter(({ spec }) => !burnsOf(spec))
      .map((row) => ({ id: row.id, videoId, spec: row.spec, policy: row.policy })),
    burnt: rows.flatMap(({ id: renditionId, spec, policy }) => {
      const burns = burnsOf(spec);
      const file = burns ? app.storage.addressOf(burns.key) : null;
      return burns && file ? [{ id: renditionId, videoId, spec, policy, burn: { ...burns, path: file } }] : [];
    }),
  };
}

const burnsOf = (spec: Rendition) => (spec.kind === 'video' ? spec.burns : undefined);
