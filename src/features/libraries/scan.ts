import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { Tx } from '../../platform/db.ts';
import { writeInTurns } from '../../platform/write-in-turns.ts';
import type { App } from '../../ports.ts';
import { findVideo } from '../videos/queries.ts';
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
import { findByLocation, knownBelow, knownFiles } from './known.queries.ts';
import { followMoved } from './moved.ts';
import { isInside } from './places.ts';
import { type FolderRow, getLibrary, type LibraryRow, listFolders } from './queries.ts';
import { type Changes, compareFiles, type KnownFile } from './reconcile.ts';
import { noteScanned, setFolderOnline } from './service.ts';
import { type FoundFile, walkFolder } from './walk.ts';

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
  await hideStrays(app, library, context.signal);
  noteScanned(app, libraryId);
}

/**
 * Videos of folders that are the library's no more go with them, and come back with their history when they are. Not while a folder is
 * offline, or holds nothing: it may be where their files will be.
 */
async function hideStrays(app: App, { id }: LibraryRow, signal: AbortSignal): Promise<void> {
  const folders = listFolders(app.db.orm, id);
  const known = await knownFiles(app, id);
  const isEmpty = (folder: FolderRow) => !known.some(({ path }) => isInside(path, folder.path));
  if (folders.some((folder) => !folder.online || isEmpty(folder))) return;
  const strays = known.filter(({ path }) => !folders.some((folder) => isInside(path, folder.path)));
  await writeInTurns(app.db, strays, (tx, { videoId }) => hideVideos(app, tx, [videoId]), signal);
}

async function scanFolder(app: App, library: LibraryRow, folder: FolderRow, context: ScanContext): Promise<void> {
  const known = await knownBelow(app, library.id, folder.path);
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
    await goOffline(app, folder, known, context.signal);
    return;
  }
  // A mount that is not there looks like an empty folder: nothing is deleted on its word.
  if (found.length === 0 && known.length > 0) {
    context.log(`${folder.path} is empty though it held ${known.length} videos: treated as offline.\n`);
    await goOffline(app, folder, known, context.signal);
    return;
  }
  if (!folder.online) setFolderOnline(app, folder.id, library.id, true);
  const changes = await followMoved(app, compareFiles(known, found));
  await applyChanges(app, library, changes, context.signal);
  const isSame = changes.added.length + changes.moved.length === 0;
  await followCaptionFiles(app, isSame ? known : await knownBelow(app, library.id, folder.path), captions);
}

async function goOffline(app: App, folder: FolderRow, known: KnownFile[], signal: AbortSignal): Promise<void> {
  const there = known.filter(({ missing }) => !missing);
  await writeInTurns(app.db, there, (tx, { sourceId }) => setMissing(tx, sourceId, true), signal);
  setFolderOnline(app, folder.id, folder.libraryId, false);
}

/** Writes what a comparison found, in small transactions. */
export async function applyChanges(
  app: App,
  library: LibraryRow,
  changes: Changes,
  signal?: AbortSignal,
): Promise<void> {
  const note = (tx: Tx, file: KnownFile, missing: boolean) => {
    setMissing(tx, file.sourceId, missing);
    if (!missing) probeAgain(app, tx, file);
    app.db.afterCommit(() => app.events.emit('video.changed', { videoId: file.videoId }));
  };
  const replace = (tx: Tx, { known, found }: Changes['changed'][number]) =>
    replaceSource(app, tx, known.videoId, known.sourceId, found);
  const move = (tx: Tx, { known, found }: Changes['moved'][number]) => {
    const to = { location: found.path, filename: basename(found.path), libraryId: library.id };
    moveSource(app, tx, known.videoId, known.sourceId, to);
  };
  await writeInTurns(app.db, changes.added, (tx, file) => addFile(app, tx, library, file), signal);
  await writeInTurns(app.db, changes.changed, replace, signal);
  await writeInTurns(app.db, changes.moved, move, signal);
  await writeInTurns(app.db, changes.missing, (tx, file) => note(tx, file, true), signal);
  await writeInTurns(app.db, changes.back, (tx, file) => note(tx, file, false), signal);
}

/** What failed while its file was out of reach is tried again. */
function probeAgain(app: App, tx: Tx, { videoId, sourceId, sizeBytes, modifiedAtMs }: KnownFile): void {
  if (findVideo(tx, videoId)?.state !== 'failed') return;
  replaceSource(app, tx, videoId, sourceId, { sizeBytes, modifiedAtMs });
}

/** A new file becomes a video. One that was a video before, of a library that was removed, comes back with its history. */
function addFile(app: App, tx: Tx, library: LibraryRow, file: FoundFile): void {
  const { path, sizeBytes, modifiedAtMs } = file;
  const filename = basename(path);
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
}

const holds = (tx: Tx, libraryId: string, path: string) =>
  listFolders(tx, libraryId).some((folder) => isInside(path, folder.path));
