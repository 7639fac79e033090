import type { z } from 'zod';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { App } from '../../ports.ts';
import { mayUpload } from '../accounts/queries.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { videoNotFound } from '../videos/problems.ts';
import { findVideo, type VideoRow } from '../videos/queries.ts';
import { addSource, addVideo, getEditable } from '../videos/service.ts';
import type { InitUploadBody } from './api.ts';
import type { UploadFiles } from './files.service.ts';
import { uploadIncomplete, uploadingNotAllowed, uploadNotFound, uploadTooLarge } from './problems.ts';
import { measureRoom } from './room.service.ts';

const GB = 1e9;

/** Begins an upload: the video exists from here on, with state "uploading", and its bytes may come. */
export async function initUpload(
  app: App,
  files: UploadFiles,
  viewer: Viewer,
  body: z.output<typeof InitUploadBody>,
): Promise<string> {
  const ownerId = getUploader(app, viewer);
  const { filename, sizeBytes, title, visibility } = body;
  const maxBytes = app.config.uploads.maxSizeGb * GB;
  if (sizeBytes > maxBytes) {
    throw uploadTooLarge(`This file is larger than this instance takes: at most ${app.config.uploads.maxSizeGb} GB.`, {
      errors: [{ field: 'sizeBytes', message: `may be at most ${maxBytes}` }],
    });
  }
  const room = await measureRoom(app, files);
  const id = app.db.write((tx) => {
    room.check(tx, sizeBytes);
    return addVideo(app, tx, {
      title: title ?? titleFromFilename(filename),
      filename,
      sizeBytes,
      origin: 'upload',
      state: 'uploading',
      visibility: visibility ?? app.config.uploads.defaultVisibility,
      ownerId,
    });
  });
  await files.create(id, sizeBytes);
  return id;
}

/** Whose the new video will be. Throws `uploading-not-allowed`. */
export function getUploader(app: App, { user }: Viewer): string {
  if (!user || !mayUpload(app, user))
    throw uploadingNotAllowed('You may not upload here. Ask an admin of this instance.');
  return user.id;
}

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

const locationOf = (id: string) => `videos/${id}/source/original`;

/** What an interrupted `finishUpload` has put in its place already; null where the bytes are still in `uploads/`, or nowhere. */
export async function storedBytes(app: App, files: UploadFiles, id: string): Promise<number | null> {
  if ((await files.receivedBytes(id)) !== null) return null;
  return (await app.storage.stat(locationOf(id)))?.sizeBytes ?? null;
}

async function takeIn(app: App, files: UploadFiles, video: VideoRow): Promise<void> {
  const { id, sizeBytes } = video;
  const location = locationOf(id);
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
  });
  await files.forget(id);
}
