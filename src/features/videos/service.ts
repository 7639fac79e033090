import { and, eq, inArray, isNotNull, isNull, lt } from 'drizzle-orm';
import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { Loudness } from '../../media/sound/loudness.ts';
import type { MediaInfo, Rendition } from '../../media/types.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { STREAM_FORMAT, type StreamRendition, type Timeline } from '../../streaming/source.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { noteEmbedded } from '../captions/service.ts';
import type { EditVideoBody, Visibility } from './api.ts';
import { fillJob, imagesJob, probeJob, soundJob } from './job-definitions.ts';
import { mayEdit } from './permissions.queries.ts';
import { videoNotFound, videoNotYours } from './problems.ts';
import { findVideo, getWatchable, type VideoRow } from './queries.ts';
import { renditions, sources, videos } from './schema.ts';

/** The only writer of videos, sources and renditions. */

/** A position behind all rungs. */
const BESIDE_THE_LADDER = 1000;

export interface NewVideo {
  title: string;
  filename: string;
  sizeBytes: number;
  origin: VideoRow['origin'];
  state: 'uploading' | 'processing';
  visibility: Visibility;
  ownerId?: string;
  libraryId?: string;
}

export function addVideo(app: App, tx: Tx, video: NewVideo): string {
  const id = newId();
  const nowMs = app.clock.nowMs();
  tx.insert(videos)
    .values({ ...video, id, description: '', createdAtMs: nowMs, updatedAtMs: nowMs })
    .run();
  app.db.afterCommit(() => app.events.emit('video.added', { videoId: id, libraryId: video.libraryId ?? null }));
  return id;
}

export interface NewSource {
  id?: string;
  kind: 'stored' | 'inPlace';
  location: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

/** Gives a video its source and has it probed: from here on it is processing. */
export function addSource(app: App, tx: Tx, videoId: string, source: NewSource): void {
  const nowMs = app.clock.nowMs();
  tx.insert(sources)
    .values({ ...source, id: source.id ?? newId(), videoId, createdAtMs: nowMs })
    .onConflictDoNothing()
    .run();
  changeVideo(app, tx, videoId, {
    state: 'processing',
    failure: null,
    receivedBytes: null,
    sizeBytes: source.sizeBytes,
  });
  app.queue.enqueue(tx, probeJob, { videoId }, { videoId, dedupeKey: `probe ${videoId}` });
}

/** A file in place has changed: what was made of the old one goes, and it is probed anew. */
export function replaceSource(
  app: App,
  tx: Tx,
  videoId: string,
  sourceId: string,
  facts: { sizeBytes: number; modifiedAtMs: number },
): void {
  tx.delete(renditions).where(eq(renditions.sourceId, sourceId)).run();
  tx.update(sources)
    .set({ ...facts, info: null, timeline: null, loudness: null, repairedKey: null, missing: false })
    .where(eq(sources.id, sourceId))
    .run();
  changeVideo(app, tx, videoId, {
    state: 'processing',
    failure: null,
    playableAtMs: null,
    readyAtMs: null,
    sizeBytes: facts.sizeBytes,
  });
  app.queue.cancelFor(tx, videoId);
  app.queue.enqueue(tx, probeJob, { videoId }, { videoId, dedupeKey: `probe ${videoId}` });
}

export interface Probed {
  sourceId: string;
  /** See `sources.repairedKey`. */
  repairedKey: string | null;
  info: MediaInfo;
  timeline: Timeline;
  renditions: Rendition[];
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
  app.queue.enqueue(tx, imagesJob, { videoId }, { videoId, dedupeKey: `images ${videoId}` });
  noteEmbedded(app, tx, { videoId, sourceId, tracks: info.subtitles });
  if (info.audio.length > 0) app.queue.enqueue(tx, soundJob, { videoId }, { videoId, dedupeKey: `sound ${videoId}` });
  if (hasWork) app.queue.enqueue(tx, fillJob, { videoId }, { videoId, dedupeKey: `fill ${videoId}` });
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

export function markReady(app: App, tx: Tx, videoId: string): void {
  changeVideo(app, tx, videoId, { state: 'ready', readyAtMs: app.clock.nowMs(), encodePercent: null, failure: null });
  app.db.afterCommit(() => app.events.emit('video.becameReady', { videoId }));
}

export function markProcessing(app: App, tx: Tx, videoId: string): void {
  changeVideo(app, tx, videoId, { state: 'processing', failure: null });
}

/** `reason`: a sentence its owner can act on. */
export function markFailed(app: App, tx: Tx, videoId: string, reason: string): void {
  changeVideo(app, tx, videoId, { state: 'failed', failure: reason, encodePercent: null });
  app.db.afterCommit(() => app.events.emit('video.failed', { videoId, reason }));
}

export interface ImageSet {
  imageSet: string;
  storyboardSheets: number;
  posterChoices: number;
  posterBest: number;
}

/** New pictures have been made. A poster that somebody chose stays, though it is none of the new choices. */
export function setImages(app: App, tx: Tx, videoId: string, images: ImageSet): void {
  const video = findVideo(tx, videoId);
  const anew = video?.imageSet !== images.imageSet;
  changeVideo(app, tx, videoId, { ...images, ...(anew ? { posterChoice: null } : {}) });
}

/** Somebody chose a poster, sent one (`choice` null), or wants the best of the choices again (null). */
export function setPoster(
  app: App,
  tx: Tx,
  videoId: string,
  poster: { set: string; choice: number | null } | null,
): void {
  changeVideo(app, tx, videoId, { posterSet: poster?.set ?? null, posterChoice: poster?.choice ?? null });
}

/** How loud a source's tracks are, and where the waveform is that was drawn on the way. */
export function setSound(
  app: App,
  tx: Tx,
  videoId: string,
  sound: { sourceId: string; loudness: Record<number, Loudness>; waveformSet: string | null },
): void {
  tx.update(sources).set({ loudness: sound.loudness }).where(eq(sources.id, sound.sourceId)).run();
  changeVideo(app, tx, videoId, { waveformSet: sound.waveformSet });
}

export function noteEncodePercent(app: App, videoId: string, encodePercent: number): void {
  app.db.write((tx) => tx.update(videos).set({ encodePercent }).where(eq(videos.id, videoId)).run());
}

export function noteReceived(app: App, videoId: string, receivedBytes: number): void {
  app.db.write((tx) =>
    tx.update(videos).set({ receivedBytes, updatedAtMs: app.clock.nowMs() }).where(eq(videos.id, videoId)).run(),
  );
}

/** A file in place cannot be found (any more), or is there again. */
export function setMissing(tx: Tx, sourceIds: string[], missing: boolean): void {
  if (sourceIds.length === 0) return;
  tx.update(sources).set({ missing }).where(inArray(sources.id, sourceIds)).run();
}

/** A file in place has been found under another name: the video keeps its id, its history and everything made of it. */
export function moveSource(
  app: App,
  tx: Tx,
  videoId: string,
  sourceId: string,
  moved: { location: string; filename: string },
): void {
  tx.update(sources).set({ location: moved.location, missing: false }).where(eq(sources.id, sourceId)).run();
  changeVideo(app, tx, videoId, { filename: moved.filename });
}

/** What a viewer may change of a video is for its owner and admins. */
export function getEditable(app: App, viewer: Viewer, id: string): VideoRow {
  const video = getWatchable(app, viewer, id);
  if (!mayEdit(viewer, video)) throw videoNotYours('Only its owner or an admin may change this video.');
  return video;
}

export function editVideo(app: App, viewer: Viewer, id: string, changes: z.output<typeof EditVideoBody>): void {
  getEditable(app, viewer, id);
  app.db.write((tx) => changeVideo(app, tx, id, changes));
}

/** Hides a video at once; it can be brought back until it is swept. Work on it stops. */
export function removeVideo(app: App, viewer: Viewer, id: string): void {
  getEditable(app, viewer, id);
  app.db.write((tx) => hideVideos(app, tx, [id]));
}

/** Soft-deletes without asking whose they are: for libraries that are removed, and files that are gone. */
export function hideVideos(app: App, tx: Tx, ids: string[]): void {
  for (const id of ids) {
    app.queue.cancelFor(tx, id);
    changeVideo(app, tx, id, { deletedAtMs: app.clock.nowMs() });
    app.db.afterCommit(() => app.events.emit('video.removed', { videoId: id }));
  }
}

/** Undo. Takes up the work where it was left. */
export function restoreVideo(app: App, viewer: Viewer, id: string): void {
  const video = app.db.orm
    .select()
    .from(videos)
    .where(and(eq(videos.id, id), isNotNull(videos.deletedAtMs)))
    .get();
  if (!video || !mayEdit(viewer, video)) {
    if (findVideo(app.db.orm, id)) return;
    throw videoNotFound('This video has been deleted for good, or is not yours.');
  }
  app.db.write((tx) => showVideo(app, tx, video));
}

/** Brings a hidden video back, in another library if one is given. */
export function showVideo(app: App, tx: Tx, video: VideoRow, libraryId = video.libraryId): void {
  const videoId = video.id;
  changeVideo(app, tx, videoId, { deletedAtMs: null, libraryId });
  if (video.state === 'processing') {
    const job = video.playableAtMs === null ? probeJob : fillJob;
    app.queue.enqueue(
      tx,
      job,
      { videoId },
      { videoId, dedupeKey: `${job === probeJob ? 'probe' : 'fill'} ${videoId}` },
    );
  }
  app.db.afterCommit(() => app.events.emit('video.added', { videoId, libraryId }));
}

/** Videos that were deleted before a time and are still here with their files. */
export function findSwept(app: App, deletedBeforeMs: number): string[] {
  const rows = app.db.orm
    .select({ id: videos.id })
    .from(videos)
    .where(lt(videos.deletedAtMs, deletedBeforeMs))
    .limit(200)
    .all();
  return rows.map(({ id }) => id);
}

/** The last step of deletion, when the files are gone. */
export function forgetVideo(app: App, id: string): void {
  app.db.write((tx) => tx.delete(videos).where(eq(videos.id, id)).run());
}

/** Uploads begun before a time and never finished. */
export function findAbandonedUploads(app: App, begunBeforeMs: number): string[] {
  return app.db.orm
    .select({ id: videos.id })
    .from(videos)
    .where(and(eq(videos.state, 'uploading'), isNull(videos.deletedAtMs), lt(videos.updatedAtMs, begunBeforeMs)))
    .all()
    .map(({ id }) => id);
}

function changeVideo(app: App, tx: Tx, videoId: string, changes: Partial<VideoRow>): void {
  tx.update(videos)
    .set({ ...changes, updatedAtMs: app.clock.nowMs() })
    .where(eq(videos.id, videoId))
    .run();
  app.db.afterCommit(() => app.events.emit('video.changed', { videoId }));
}
