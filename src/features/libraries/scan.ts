import { basename, dirname } from 'node:path';
import { and, eq, isNull, type SQL } from 'drizzle-orm';
import { titleFromFilename } from '../../media/probe/titles.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { sources, videos } from '../videos/schema.ts';
import { addSource, addVideo, moveSource, replaceSource, setMissing, showVideo } from '../videos/service.ts';
import { followCaptionFiles } from './captions.ts';
import { type FolderRow, getLibrary, type LibraryRow, listFolders } from './queries.ts';
import { type Changes, compareFiles, type KnownFile } from './reconcile.ts';
import { isInside, noteScanned, setFolderOnline } from './service.ts';
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
  noteScanned(app, libraryId);
}

async function scanFolder(app: App, library: LibraryRow, folder: FolderRow, context: ScanContext): Promise<void> {
  const known = knownBelow(app, library.id, folder.path);
  let found: FoundFile[];
  const captions: FoundFile[] = [];
  try {
    const onUnreadable = (path: string, error: unknown) => context.log(`${path}: ${(error as Error).message}\n`);
    const onCaptions = (file: FoundFile) => captions.push(file);
    found = await walkFolder(folder.path, { signal: context.signal, onUnreadable, onCaptions });
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
  const changes = compareFiles(known, found);
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
      app.db.write((tx) => moveSource(app, tx, known.videoId, known.sourceId, to));
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
  const touched = [...missing, ...back].map(({ videoId }) => videoId);
  for (const videoId of touched) app.events.emit('video.changed', { videoId });
}

/** A new file becomes a video. One that was a video before, of a library that was removed, comes back with its history. */
function addFile(app: App, library: LibraryRow, file: FoundFile): void {
  const { path, sizeBytes, modifiedAtMs } = file;
  const filename = basename(path);
  app.db.write((tx) => {
    const before = findByLocation(tx, path);
    if (before) {
      // It belongs to another library with an overlapping folder.
      if (before.video.deletedAtMs === null) return;
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

function findByLocation(tx: Tx, path: string) {
  return tx
    .select({ video: videos, source: sources })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(sources.location, path), eq(sources.kind, 'inPlace')))
    .get();
}

/** What is known of the files below a folder. */
function knownBelow(app: App, libraryId: string, folderPath: string): KnownFile[] {
  return knownFiles(app, libraryId).filter(({ path }) => isInside(path, folderPath));
}

/** What is known of the films that lie right in a folder. */
export function knownIn(app: App, libraryId: string, folderPath: string): KnownFile[] {
  return knownBelow(app, libraryId, folderPath).filter(({ path }) => dirname(path) === folderPath);
}

/** What is known of the file at a path: one row at most. */
export function knownAt(app: App, libraryId: string, path: string): KnownFile[] {
  return knownFiles(app, libraryId, eq(sources.location, path));
}

/** What is known of files of the same size and time: the same file under other names. */
export function knownAlike(app: App, libraryId: string, { sizeBytes, modifiedAtMs }: FoundFile): KnownFile[] {
  return knownFiles(app, libraryId, and(eq(sources.sizeBytes, sizeBytes), eq(sources.modifiedAtMs, modifiedAtMs)));
}

function knownFiles(app: App, libraryId: string, where?: SQL): KnownFile[] {
  return app.db.orm
    .select({
      sourceId: sources.id,
      videoId: sources.videoId,
      path: sources.location,
      sizeBytes: sources.sizeBytes,
      modifiedAtMs: sources.modifiedAtMs,
      missing: sources.missing,
    })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(videos.libraryId, libraryId), eq(sources.kind, 'inPlace'), isNull(videos.deletedAtMs), where))
    .all();
}
