import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { watch } from 'chokidar';
import type { App } from '../../ports.ts';
import { captionFilesOf, filmFolders, followCaptionFiles } from './captions.ts';
import { knownAlike, knownAt, knownIn } from './known.queries.ts';
import { followMoved } from './moved.ts';
import { isFoundHere, isInside, isPassedOver, isSameFile, looksLikeCaptions, looksLikeMedia } from './places.ts';
import { getLibrary, listFolders, listLibraryRows } from './queries.ts';
import { compareFiles } from './reconcile.ts';
import { applyChanges } from './scan.ts';
import { requestScan } from './service.ts';
import { type FoundFile, findFile } from './walk.ts';

/** A file counts as closed when its size has stood still for so long. */
const SETTLED = { stabilityThreshold: 800, pollInterval: 200 };
/** Removals are collected this long: a rename is a removal and an addition, and a mount that goes takes thousands along. */
const REMOVALS_MS = 1500;

/** Watches the folders of all libraries, and follows libraries that come and go. */
export interface LibraryWatch {
  start(): void;
  stop(): Promise<void>;
}

export function createLibraryWatch(app: App): LibraryWatch {
  const watchers = new Map<string, { key: string; close: () => Promise<void> }>();
  let unsubscribe = () => {};
  let stopped = false;

  function follow(libraryId: string): void {
    const library = listLibraryRows(app.db.orm).find(({ id }) => id === libraryId);
    const folders = library ? listFolders(app.db.orm, libraryId) : [];
    const paths = folders.map(({ path }) => path);
    // What the system watches is the disk that was there: once a folder is back it is another one.
    const key = JSON.stringify(folders.map(({ path, online }) => [path, online]));
    const running = watchers.get(libraryId);
    if (running?.key === key || stopped) return;
    void running?.close();
    watchers.delete(libraryId);
    if (paths.length > 0) watchers.set(libraryId, { key, close: watchFolders(app, libraryId, paths) });
  }

  return {
    start() {
      unsubscribe = app.events.on('library.changed', ({ libraryId }) => follow(libraryId));
      for (const { id } of listLibraryRows(app.db.orm)) follow(id);
    },
    async stop() {
      stopped = true;
      unsubscribe();
      await Promise.all([...watchers.values()].map(({ close }) => close()));
    },
  };
}

/** Watches until the returned function is called. */
function watchFolders(app: App, libraryId: string, paths: string[]): () => Promise<void> {
  const watcher = watch(paths, {
    ignoreInitial: true,
    awaitWriteFinish: SETTLED,
    ignored: (path, stats) => isNothingOfOurs(path, stats),
  });
  const data = statSync(app.dataDir.path);
  function isNothingOfOurs(path: string, stats: Stats | undefined): boolean {
    if (paths.some((folder) => isInside(path, folder) && path !== folder && isPassedOver(path, folder))) return true;
    if (stats?.isDirectory()) return stats.dev === data.dev && stats.ino === data.ino;
    return (stats?.isFile() ?? false) && !isOurs(path);
  }
  let cancelScan = () => {};
  const scanSoon = () => {
    cancelScan();
    cancelScan = app.clock.setTimeout(REMOVALS_MS, () => app.db.write((tx) => requestScan(app, tx, libraryId)));
  };
  const appeared = (path: string) => {
    addOne(app, libraryId, path).catch((error) => app.log.error({ error, path }, 'A new file could not be taken in.'));
  };
  watcher.on('add', appeared);
  watcher.on('change', appeared);
  watcher.on('unlink', scanSoon);
  watcher.on('unlinkDir', scanSoon);
  // Out of inotify watches, mostly: the periodic scan finds what is not told.
  watcher.on('error', (error) =>
    app.log.warn({ error, libraryId }, 'A library folder cannot be watched; it is scanned from time to time.'),
  );
  return () => {
    cancelScan();
    return watcher.close();
  };
}

const isOurs = (path: string) => looksLikeMedia(path) || looksLikeCaptions(path);

/** Captions have appeared or changed, or a film beside which there may be some: what lies beside those films is compared. */
async function followCaptionsBeside(app: App, libraryId: string, path: string): Promise<void> {
  for (const folder of looksLikeMedia(path) ? [dirname(path)] : filmFolders(path)) {
    const films = knownIn(app, libraryId, folder);
    if (films.length > 0) return followCaptionFiles(app, films, await captionFilesOf(folder));
  }
}

/** One file has appeared or changed: the same comparison as a scan's, over that file alone. */
async function addOne(app: App, libraryId: string, path: string): Promise<void> {
  const folders = listFolders(app.db.orm, libraryId);
  const paths = folders.map((folder) => folder.path);
  if (!(await isFoundHere(path, paths, app.dataDir.path).catch(() => false))) return;
  if (!looksLikeMedia(path)) return followCaptionsBeside(app, libraryId, path);
  const found = await findFile(path);
  if (!found) return;
  // A folder that is back is looked at as a whole.
  if (folders.some((folder) => !folder.online && isInside(path, folder.path))) {
    return app.db.write((tx) => requestScan(app, tx, libraryId));
  }
  const library = getLibrary(app.db.orm, libraryId);
  const known = knownAt(app, libraryId, path);
  if (known.length === 0 && (await isKnownByAnotherName(app, libraryId, found))) return;
  await applyChanges(app, library, await followMoved(app, compareFiles(known, [found])));
  await followCaptionsBeside(app, libraryId, path);
}

/** Whether it is a file of this library that is linked to, or has been renamed where small and capital letters are the same. */
async function isKnownByAnotherName(app: App, libraryId: string, found: FoundFile): Promise<boolean> {
  const own = knownAlike(app, [found]).filter((file) => file.libraryId === libraryId && file.path !== found.path);
  for (const { path } of own) if (await isSameFile(path, found.path)) return true;
  return false;
}
