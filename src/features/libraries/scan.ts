import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { and, eq } from 'drizzle-orm';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { findVideo } from '../videos/queries.ts';
import { sources, videos } from '../videos/schema.ts';
import {
  addSource,
  addVideo,
  hideVideos,
  moveSource,
  replaceSource,
  setMissing,
  showVideo,
} from '../videos/service.ts';
import { followCaptionFiles } from './captions.ts';
import { knownBelow, knownFiles } from './known.queries.ts';
import { followMoved } from './moved.ts';
import { isInside } from './places.ts';
import { type FolderRow, getLibrary, type LibraryRow, listFolders } from './queries.ts';
import { type Changes, compareFiles, type KnownFile } from './reconcile.ts';
import { noteScanned, setFolderOnline } from './service.ts';
import { type FoundFile, walkFolder } from './walk.ts';

/** Rows written in one transaction: short, so that viewers' requests are never kept waiting. */
const BATCH = 100;

export interface ScanContext {
  signal: AbortSignal;
  progress(percent: number): void;
  log(text: string): void;
}

/** Reconciles a library with its folders. Done again, it changes nothing. */
export async function scanLibrary(app: App, libraryId: string, context: ScanContext): Promise<void> {
  const library = getLibrary(app.db.orm, libraryId);
  const folders = listFolders(app.db.orm, libraryId);
  for (const [n, folder] of folders.entries()) {
    await scanFolder(app, library, folder, context);
    context.progress((100 * (n + 1)) / folders.length);
  }
  hideStrays(app, library);
  noteScanned(app, libraryId);
}

/**
 * Videos of folders that are the library's no more go with them, and come back with their history when they are. Not while a folder is
 * offline, or holds nothing: it may be where their files will be.
 */
function hideStrays(app: App, { id }: LibraryRow): void {
  const folders = listFolders(app.db.orm, id);
  const known = knownFiles(app, id);
  const isEmpty = (folder: FolderRow) => !known.some(({ path }) => isInside(path, folder.path));
  if (folders.some((folder) => !folder.online || isEmpty(folder))) return;
  const strays = known.filter(({ path }) => !folders.some((folder) => isInside(path, folder.path)));
  const videoIds = strays.map(({ videoId }) => videoId);
  if (videoIds.length > 0) app.db.write((tx) => hideVideos(app, tx, videoIds));
}

async function scanFolder(app: App, library: LibraryRow, folder: FolderRow, context: ScanContext): Promise<void> {
  const known = knownBelow(app, library.id, folder.path);
  let found: FoundFile[];
  const captions: FoundFile[] = [];
  try {
    const onUnreadable = (path: string, error: unknown) => context.log(`${path}: ${(error as Error).message}\n`);
    const onCaptions = (file: FoundFile) => captions.push(file);
    const except = app.dataDir.path;
    if (isInside(await realpath(folder.path), await realpath(except))) throw new Error('it lies in the data folder');
    found = await walkFolder(folder.path, { signal: context.signal, onUnreadable, onCaptions, except });
  } catch (error) {
    context.signal.throwIfAborted();
    context.log(`${folder.path} cannot be read: ${(error as Error).message}\n`);
    goOffline(app, folder, known);
    return;
  }
  // A mount that is not there looks like an empty folder: nothing is deleted on its word.
  if (found.length === 0 && known.length > 0) {
    context.log(`${folder.path} is empty though it held ${known.length} videos: treated as offline.\n`);
    goOffline(app, folder, known);
    return;
  }
  if (!folder.online) setFolderOnline(app, folder.id, library.id, true);
  const changes = await followMoved(app, compareFiles(known, found));
  await applyChanges(app, library, changes, context.signal);
  const isSame = changes.added.length + changes.moved.length === 0;
  await followCaptionFiles(app, isSame ? known : knownBelow(app, library.id, folder.path), captions);
}

function goOffline(app: App, folder: FolderRow, known: KnownFile[]): void {
  app.db.write((tx) =>
    setMissing(
      tx,
      known.map(({ sourceId }) => sourceId),
      true,
    ),
  );
  setFolderOnline(app, folder.id, folder.libraryId, false);
}

/** Writes what a comparison found, in small transactions. */
export async function applyChanges(
  app: App,
  library: LibraryRow,
  changes: Changes,
  signal?: AbortSignal,
): Promise<void> {
  const { added, changed, moved, missing, back } = changes;
  const steps = [
    ...added.map((file) => () => addFile(app, library, file)),
    ...changed.map(
      ({ known, found }) =>
        () =>
          app.db.write((tx) => replaceSource(app, tx, known.videoId, known.sourceId, found)),
    ),
    ...moved.map(({ known, found }) => () => {
      const to = { location: found.path, filename: basename(found.path) };
      app.db.write((tx) => moveSource(app, tx, known.videoId, known.sourceId, { ...to, libraryId: library.id }));
    }),
  ];
  for (let at = 0; at < steps.length; at += BATCH) {
    signal?.throwIfAborted();
    app.db.write(() => {
      for (const step of steps.slice(at, at + BATCH)) step();
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  app.db.write((tx) => {
    setMissing(
      tx,
      missing.map(({ sourceId }) => sourceId),
      true,
    );
    setMissing(
      tx,
      back.map(({ sourceId }) => sourceId),
      false,
    );
  });
  for (const file of back) probeAgain(app, file);
  const touched = [...missing, ...back].map(({ videoId }) => videoId);
  for (const videoId of touched) app.events.emit('video.changed', { videoId });
}

/** What failed while its file was out of reach is tried again. */
function probeAgain(app: App, { videoId, sourceId, sizeBytes, modifiedAtMs }: KnownFile): void {
  if (findVideo(app.db.orm, videoId)?.state !== 'failed') return;
  app.db.write((tx) => replaceSource(app, tx, videoId, sourceId, { sizeBytes, modifiedAtMs }));
}

/** A new file becomes a video. One that was a video before, of a library that was removed, comes back with its history. */
function addFile(app: App, library: LibraryRow, file: FoundFile): void {
  const { path, sizeBytes, modifiedAtMs } = file;
  const filename = basename(path);
  app.db.write((tx) => {
    const before = findByLocation(tx, path);
    if (before) {
      // It belongs to another library with an overlapping folder.
      const { deletedAtMs, libraryId } = before.video;
      if (deletedAtMs === null && libraryId !== null && holds(tx, libraryId, path)) return;
      showVideo(app, tx, before.video, library.id);
      const { source } = before;
      if (source.sizeBytes !== sizeBytes || source.modifiedAtMs !== modifiedAtMs) {
        replaceSource(app, tx, before.video.id, source.id, { sizeBytes, modifiedAtMs });
      }
      return;
    }
    const videoId = addVideo(app, tx, {
      title: titleFromFilename(filename),
      filename,
      sizeBytes,
      origin: 'library',
      state: 'processing',
      visibility: 'internal',
      libraryId: library.id,
    });
    addSource(app, tx, videoId, { kind: 'inPlace', location: path, sizeBytes, modifiedAtMs });
  });
}

const holds = (tx: Tx, libraryId: string, path: string) =>
  listFolders(tx, libraryId).some((folder) => isInside(path, folder.path));

function findByLocation(tx: Tx, path: string) {
  return tx
    .select({ video: videos, source: sources })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(sources.location, path), eq(sources.kind, 'inPlace')))
    .get();
}
