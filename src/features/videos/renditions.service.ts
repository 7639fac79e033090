import { eq } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { MediaInfo, Rendition } from '../../media/types.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { STREAM_FORMAT, type StreamRendition, type Timeline } from '../../streaming/source.ts';
import { noteEmbedded } from '../captions/service.ts';
import { fillJob, imagesJob, soundJob } from './job-definitions.ts';
import { renditions, sources, trackIndexes, videos } from './schema.ts';
import { changeVideo } from './service.ts';
import { requestWork } from './work.service.ts';

/** The ways to watch a video: those its source is given when it is understood, and those beside them. */

/** A position behind all rungs. */
const BESIDE_THE_LADDER = 1000;

export interface Probed {
  sourceId: string;
  /** See `sources.repairedKey`. */
  repairedKey: string | null;
  info: MediaInfo;
  timeline: Timeline;
  renditions: Rendition[];
  /** By stream index: see `trackIndexes`. */
  indexes: ReadonlyMap<number, Buffer>;
  policy: 'eager' | 'lazy';
}

/**
 * A source has been understood: the video can be played from this moment on. Where it could be before, in an older
 * format, its renditions are replaced and all else stays.
 */
export function markPlayable(app: App, tx: Tx, videoId: string, probed: Probed): void {
  const { sourceId, info, timeline, repairedKey, policy } = probed;
  const nowMs = app.clock.nowMs();
  const before = tx
    .select({ playableAtMs: videos.playableAtMs, title: videos.title, filename: videos.filename })
    .from(videos)
    .where(eq(videos.id, videoId))
    .get();
  tx.update(sources).set({ info, timeline, repairedKey, format: STREAM_FORMAT }).where(eq(sources.id, sourceId)).run();
  tx.delete(trackIndexes).where(eq(trackIndexes.sourceId, sourceId)).run();
  for (const [trackIndex, bytes] of probed.indexes)
    tx.insert(trackIndexes).values({ sourceId, trackIndex, bytes }).run();
  tx.delete(renditions).where(eq(renditions.sourceId, sourceId)).run();
  probed.renditions.forEach((spec, position) => {
    // What is only put into other wrapping is in the source already, and quickly made again: it is never kept for good.
    const kept = spec.cut === 'remux' ? 'lazy' : policy;
    tx.insert(renditions)
      .values({ id: newId(8), videoId, sourceId, position, spec, policy: kept, createdAtMs: nowMs })
      .run();
  });
  const picture = info.video[0];
  const durationMs = Math.round(timeline.durationUs / 1000);
  const shape = { durationMs, width: picture?.width ?? null, height: picture?.height ?? null };
  // Music says better what it is called than its file does ("03 - Track.mp3"); of films it is the other way round.
  const named =
    picture === undefined && before?.title === titleFromFilename(before?.filename ?? '') ? info.title : null;
  const hasWork = policy === 'eager' && probed.renditions.some(({ mode }) => mode === 'encoded');
  changeVideo(app, tx, videoId, {
    ...shape,
    ...(named ? { title: named } : {}),
    hasPicture: picture !== undefined,
    playableAtMs: before?.playableAtMs ?? nowMs,
    encodePercent: hasWork ? 0 : null,
    ...(hasWork ? { state: 'processing' } : { state: 'ready', readyAtMs: nowMs }),
  });
  requestWork(app, tx, imagesJob, { videoId });
  noteEmbedded(app, tx, { videoId, sourceId, tracks: info.subtitles });
  if (info.audio.length > 0) requestWork(app, tx, soundJob, { videoId });
  if (hasWork) requestWork(app, tx, fillJob, { videoId });
  app.db.afterCommit(() => {
    app.events.emit('video.probed', { videoId, ...shape });
    if (before?.playableAtMs) return;
    app.events.emit('video.becamePlayable', { videoId });
    if (!hasWork) app.events.emit('video.becameReady', { videoId });
  });
}

/** A rendition that is made when somebody asks for it, beside the ladder; returns its id. */
export function addBurntRendition(
  app: App,
  tx: Tx,
  rendition: { videoId: string; sourceId: string; spec: Rendition },
): string {
  const id = newId(8);
  tx.insert(renditions)
    .values({ ...rendition, id, position: BESIDE_THE_LADDER, policy: 'lazy', createdAtMs: app.clock.nowMs() })
    .run();
  return id;
}

/** Forgets renditions, and then their segments. */
export function dropRenditions(app: App, tx: Tx, dropped: readonly StreamRendition[]): void {
  for (const rendition of dropped) {
    tx.delete(renditions).where(eq(renditions.id, rendition.id)).run();
    app.db.afterCommit(() => {
      app.events.emit('video.changed', { videoId: rendition.videoId });
      app.streaming.store
        .drop(rendition)
        .catch((error) => app.log.warn({ error, rendition: rendition.id }, 'Segments could not be deleted.'));
    });
  }
}
