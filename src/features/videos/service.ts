import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import type { Loudness } from '../../media/sound/loudness.ts';
import { preparedFor, type Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { Actor, Viewer } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import { findChannelOf } from '../channels/queries.ts';
import type { EditVideoBody, Visibility } from './api.ts';
import { probeJob } from './job-definitions.ts';
import { mayEdit } from './permissions.queries.ts';
import { videoNotFound, videoNotYours } from './problems.ts';
import { findVideo, getWatchable, type VideoRow } from './queries.ts';
import { renditions, sources, trackIndexes, videos } from './schema.ts';
import { awaitedJob, requestWork } from './work.service.ts';

/** With `renditions.service.ts` the only writer of videos, sources and renditions. */

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

/** What somebody adds is published in their channel. */
export function addVideo(app: App, tx: Tx, video: NewVideo): string {
  const id = newId();
  const nowMs = app.clock.nowMs();
  const channelId = video.ownerId ? findChannelOf(tx, video.ownerId)?.id : null;
  tx.insert(videos)
    .values({ ...video, id, channelId, description: '', createdAtMs: nowMs, updatedAtMs: nowMs })
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
  requestWork(app, tx, probeJob, { videoId });
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
  tx.delete(trackIndexes).where(eq(trackIndexes.sourceId, sourceId)).run();
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
  requestWork(app, tx, probeJob, { videoId });
}

export function markReady(app: App, tx: Tx, videoId: string): void {
  changeVideo(app, tx, videoId, { state: 'ready', readyAtMs: app.clock.nowMs(), encodePercent: null, failure: null });
  app.db.afterCommit(() => app.events.emit('video.becameReady', { videoId }));
}

export function markProcessing(app: App, tx: Tx, videoId: string): void {
  changeVideo(app, tx, videoId, { state: 'processing', failure: null });
}

/** Its bytes are on their way, again or for the first time. */
export function markUploading(app: App, tx: Tx, videoId: string): void {
  changeVideo(app, tx, videoId, { state: 'uploading', failure: null });
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
export function setMissing(tx: Tx, sourceId: string, missing: boolean): void {
  markMissing(tx).run({ id: sourceId, missing: Number(missing) });
}

const markMissing = preparedFor((orm) =>
  orm
    .update(sources)
    .set({ missing: sql`${sql.placeholder('missing')}` })
    .where(eq(sources.id, sql.placeholder('id')))
    .prepare(),
);

/** A file in place has been found under another name: the video keeps its id, its history and everything made of it. */
export function moveSource(
  app: App,
  tx: Tx,
  videoId: string,
  sourceId: string,
  moved: { location: string; filename: string; libraryId: string },
): void {
  tx.update(sources).set({ location: moved.location, missing: false }).where(eq(sources.id, sourceId)).run();
  changeVideo(app, tx, videoId, { filename: moved.filename, libraryId: moved.libraryId });
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
export function removeVideo(app: App, viewer: Viewer, by: Actor, id: string): void {
  const video = getEditable(app, viewer, id);
  app.db.write((tx) => {
    hideVideos(app, tx, [id]);
    // What people do with their own is nobody else's business.
    if (video.ownerId !== by.user?.id) recordAct(app, tx, by, { act: 'video.removed', target: nameOf(video) });
  });
}

/** Soft-deletes without asking whose they are: for libraries that are removed, and files that are gone. */
export function hideVideos(app: App, tx: Tx, ids: string[], deletedAtMs = app.clock.nowMs()): void {
  for (const id of ids) {
    app.queue.cancelFor(tx, id);
    changeVideo(app, tx, id, { deletedAtMs });
    app.db.afterCommit(() => app.events.emit('video.removed', { videoId: id }));
  }
}

/** Hides all of an account's videos with it: they bear the time of its removal, by which `showVideosOf` knows them. */
export function hideVideosOf(app: App, tx: Tx, ownerId: string, removedAtMs: number): void {
  const theirs = and(eq(videos.ownerId, ownerId), isNull(videos.deletedAtMs));
  const ids = tx.select({ id: videos.id }).from(videos).where(theirs).all();
  hideVideos(
    app,
    tx,
    ids.map(({ id }) => id),
    removedAtMs,
  );
}

/** Undo of `hideVideosOf`, as far as they have not been swept. What was deleted before stays so. */
export function showVideosOf(app: App, tx: Tx, ownerId: string, removedAtMs: number): void {
  const theirs = and(eq(videos.ownerId, ownerId), eq(videos.deletedAtMs, removedAtMs));
  for (const video of tx.select().from(videos).where(theirs).all()) showVideo(app, tx, video);
}

/** Undo. Takes up the work where it was left. */
export function restoreVideo(app: App, viewer: Viewer, by: Actor, id: string): void {
  const video = app.db.orm
    .select()
    .from(videos)
    .where(and(eq(videos.id, id), isNotNull(videos.deletedAtMs)))
    .get();
  if (!video || !mayEdit(viewer, video)) {
    if (findVideo(app.db.orm, id)) return;
    throw videoNotFound('This video has been deleted for good, or is not yours.');
  }
  app.db.write((tx) => {
    showVideo(app, tx, video);
    if (video.ownerId !== by.user?.id) recordAct(app, tx, by, { act: 'video.restored', target: nameOf(video) });
  });
}

const nameOf = ({ id, title }: VideoRow) => ({ id, name: title });

/** Brings a hidden video back, in another library if one is given. */
export function showVideo(app: App, tx: Tx, video: VideoRow, libraryId = video.libraryId): void {
  const videoId = video.id;
  changeVideo(app, tx, videoId, { deletedAtMs: null, libraryId });
  if (video.state === 'processing') requestWork(app, tx, awaitedJob(video), { videoId });
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

/** Changes a video's row, and tells of it once that is committed. */
export function changeVideo(app: App, tx: Tx, videoId: string, changes: Partial<VideoRow>): void {
  tx.update(videos)
    .set({ ...changes, updatedAtMs: app.clock.nowMs() })
    .where(eq(videos.id, videoId))
    .run();
  app.db.afterCommit(() => app.events.emit('video.changed', { videoId }));
}
