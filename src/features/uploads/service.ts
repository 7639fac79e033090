import { and, eq, gt, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { DAY_MS } from '../../core/time.ts';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { storageFull } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import { mayUpload } from '../accounts/queries.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { roomBytes } from '../instance/disk.service.ts';
import { videoNotFound } from '../videos/problems.ts';
import { findVideo, type VideoRow } from '../videos/queries.ts';
import { videos } from '../videos/schema.ts';
import { addSource, addVideo, getEditable } from '../videos/service.ts';
import type { InitUploadBody } from './api.ts';
import { uploadIncomplete, uploadingNotAllowed, uploadNotFound, uploadTooLarge } from './problems.ts';
import type { UploadFiles } from './upload-files.ts';

const GB = 1e9;

/** Begins an upload: the video exists from here on, with state "uploading", and its bytes may come. */
export async function initUpload(
  app: App,
  files: UploadFiles,
  viewer: Viewer,
  body: z.output<typeof InitUploadBody>,
): Promise<string> {
  const { user } = viewer;
  if (!user || !mayUpload(app, user))
    throw uploadingNotAllowed('You may not upload here. Ask an admin of this instance.');
  const { filename, sizeBytes, title, visibility } = body;
  const maxBytes = app.config.uploads.maxSizeGb * GB;
  if (sizeBytes > maxBytes) {
    throw uploadTooLarge(`This file is larger than this instance takes: at most ${app.config.uploads.maxSizeGb} GB.`, {
      errors: [{ field: 'sizeBytes', message: `may be at most ${maxBytes}` }],
    });
  }
  const room = await roomBytes(app);
  const received = await receivedByUpload(app, files);
  const id = app.db.write((tx) => {
    // Counted where the new one is written: of two that begin at once, the second knows of the first.
    if (room !== null && sizeBytes > room - awaitedBytes(app, tx, received)) throw noRoom(sizeBytes <= room);
    return addVideo(app, tx, {
      title: title ?? titleFromFilename(filename),
      filename,
      sizeBytes,
      origin: 'upload',
      state: 'uploading',
      visibility: visibility ?? app.config.uploads.defaultVisibility,
      ownerId: user.id,
    });
  });
  await files.create(id, sizeBytes);
  return id;
}

/** An upload that nobody has gone on with for so long keeps no room free, or announcing would be enough to keep everybody out. */
const KEEPS_ROOM_MS = DAY_MS;

function unfinishedUploads(app: App, db: Db['orm'] | Tx) {
  return db
    .select({ id: videos.id, sizeBytes: videos.sizeBytes })
    .from(videos)
    .where(
      and(
        eq(videos.state, 'uploading'),
        isNull(videos.deletedAtMs),
        gt(videos.updatedAtMs, app.clock.nowMs() - KEEPS_ROOM_MS),
      ),
    )
    .all();
}

async function receivedByUpload(app: App, files: UploadFiles): Promise<Map<string, number>> {
  const uploads = unfinishedUploads(app, app.db.orm);
  const sizes = await Promise.all(uploads.map(async ({ id }) => [id, (await files.receivedBytes(id)) ?? 0] as const));
  return new Map(sizes);
}

/** What the unfinished uploads of everybody have announced and not sent yet. */
function awaitedBytes(app: App, tx: Tx, received: ReadonlyMap<string, number>): number {
  return unfinishedUploads(app, tx).reduce(
    (sum, { id, sizeBytes }) => sum + Math.max(0, sizeBytes - (received.get(id) ?? 0)),
    0,
  );
}

const noRoom = (becauseOfOthers: boolean) =>
  storageFull(
    becauseOfOthers
      ? "There is not enough room on the server's disk for this file beside the uploads that are under way. Try again when they are done, or ask its admin to make room."
      : "There is not enough room on the server's disk for this file. Ask its admin to make room.",
  );

/** The upload behind a tus URL: only its owner finds it. */
export function getUpload(app: App, viewer: Viewer, id: string): VideoRow {
  const video = findVideo(app.db.orm, id);
  if (video?.origin !== 'upload' || !viewer.user || video.ownerId !== viewer.user.id) {
    throw uploadNotFound('There is no such upload of yours. It may have been cancelled or have expired.');
  }
  return video;
}

/**
 * Takes a finished upload in: its bytes become the video's source and it is probed. Idempotent, also after a crash between
 * the two steps. Throws `upload-incomplete` with what is missing.
 */
export async function completeUpload(app: App, files: UploadFiles, viewer: Viewer, id: string): Promise<void> {
  const video = getEditable(app, viewer, id);
  if (video.state !== 'uploading') return;
  if (video.origin !== 'upload') throw videoNotFound('There is no such upload.');
  await finishUpload(app, files, video);
}

/** One at a time for each upload: the last PATCH and `complete` may come together. */
const finishing = new Map<string, Promise<void>>();

export async function finishUpload(app: App, files: UploadFiles, video: VideoRow): Promise<void> {
  const running = finishing.get(video.id);
  if (running) return running;
  const work = takeIn(app, files, video);
  finishing.set(video.id, work);
  try {
    await work;
  } finally {
    finishing.delete(video.id);
  }
}

async function takeIn(app: App, files: UploadFiles, video: VideoRow): Promise<void> {
  const { id, sizeBytes } = video;
  const location = `videos/${id}/source/original`;
  const received = await files.receivedBytes(id);
  const stored = received === null ? await app.storage.stat(location) : null;
  if (!stored && received !== sizeBytes) {
    const missing = sizeBytes - (received ?? 0);
    throw uploadIncomplete(
      `${missing} of ${sizeBytes} bytes have not arrived yet. Go on with the upload, then complete it.`,
    );
  }
  // Put the file, then write the row: a crash in between finds the file in its place the next time.
  if (!stored) await app.storage.putFile(location, files.pathOf(id), { move: true });
  const modifiedAtMs = app.clock.nowMs();
  app.db.write((tx) => {
    if (findVideo(tx, id)?.state !== 'uploading') return;
    addSource(app, tx, id, { kind: 'stored', location, sizeBytes, modifiedAtMs });
    app.db.afterCommit(() => app.events.emit('upload.finished', { videoId: id }));
  });
  await files.forget(id);
}
