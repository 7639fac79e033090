import { basename, dirname } from 'node:path';
import { watch } from 'chokidar';
import type { App } from '../../ports.ts';
import { captionFilesOf, filmFolders, followCaptionFiles } from './captions.ts';
import { getLibrary, listFolders, listLibraryRows } from './queries.ts';
import { compareFiles, type KnownFile } from './reconcile.ts';
import { applyChanges, knownAlike, knownAt, knownIn } from './scan.ts';
import { requestScan } from './service.ts';
import { type FoundFile, findFile, looksLikeCaptions, looksLikeMedia } from './walk.ts';

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
    const paths = library ? listFolders(app.db.orm, libraryId).map(({ path }) => path) : [];
    const key = paths.join('\n');
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
    ignored: (path, stats) => (stats?.isFile() ?? false) && !isOurs(basename(path)),
  });
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

const isOurs = (name: string) => looksLikeMedia(name) || looksLikeCaptions(name);

/** Captions have appeared or changed, or a film beside which there may be some: what lies beside those films is compared. */
async function followCaptionsBeside(app: App, libraryId: string, path: string): Promise<void> {
  for (const folder of looksLikeMedia(basename(path)) ? [dirname(path)] : filmFolders(path)) {
    const films = knownIn(app, libraryId, folder);
    if (films.length > 0) return followCaptionFiles(app, films, await captionFilesOf(folder));
  }
}

/** One file has appeared or changed: the same comparison as a scan's, over that file alone. */
async function addOne(app: App, libraryId: string, path: string): Promise<void> {
  if (!looksLikeMedia(basename(path))) return followCaptionsBeside(app, libraryId, path);
  const found = await findFile(path);
  if (!found) return;
  const library = getLibrary(app.db.orm, libraryId);
  const known = knownAt(app, libraryId, path);
  const gone = known.length === 0 ? await findGone(app, libraryId, found) : [];
  await applyChanges(app, library, { ...compareFiles([...known, ...gone], [found]), missing: [] });
  await followCaptionsBeside(app, libraryId, path);
}

/** Files of this library, alike to the one found, that are no longer where they were: it may be one of them, renamed. */
async function findGone(app: App, libraryId: string, found: FoundFile): Promise<KnownFile[]> {
  const gone: KnownFile[] = [];
  for (const file of knownAlike(app, libraryId, found)) if ((await findFile(file.path)) === null) gone.push(file);
  return gone;
}
