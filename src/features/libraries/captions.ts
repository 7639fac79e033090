import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { captionExtension, isCaptionFolder, matchCaption } from '../../media/captions/names.ts';
import { writeInTurns } from '../../platform/write-in-turns.ts';
import type { App } from '../../ports.ts';
import { sourcesWithSidecars } from '../captions/queries.ts';
import { type FoundSidecar, followSidecars } from '../captions/service.ts';
import type { KnownFile } from './reconcile.ts';
import { type FoundFile, findFile } from './walk.ts';

/** Caption files beside films: found by scans, followed by the watcher, never written to. */

/** The films of a folder, rather than of a library. */
const FEW = 500;

/** Gives each of the films the caption files that are its own, and takes away those that are gone. */
export async function followCaptionFiles(
  app: App,
  films: readonly KnownFile[],
  files: readonly FoundFile[],
): Promise<void> {
  const having = sourcesWithSidecars(app.db.orm, films.length > FEW ? null : films.map(({ sourceId }) => sourceId));
  if (files.length === 0 && having.size === 0) return;
  const found = ownersOf(films, files);
  const touched = films.filter(({ sourceId }) => found.has(sourceId) || having.has(sourceId));
  await writeInTurns(app.db, touched, (tx, { videoId, sourceId }) =>
    followSidecars(app, tx, { videoId, sourceId }, found.get(sourceId) ?? []),
  );
}

/** Caption files by the source they belong to. Pure. */
function ownersOf(films: readonly KnownFile[], files: readonly FoundFile[]): Map<string, FoundSidecar[]> {
  const byFolder = Map.groupBy(films, ({ path }) => dirname(path));
  const paths = new Set(files.map(({ path }) => path.toLowerCase()));
  const owners = new Map<string, FoundSidecar[]>();
  for (const file of files) {
    // The pictures of an .idx file: one track, not two.
    if (/\.sub$/i.test(file.path) && paths.has(file.path.toLowerCase().replace(/sub$/, 'idx'))) continue;
    for (const folder of filmFolders(file.path)) {
      const beside = byFolder.get(folder);
      if (!beside) continue;
      const match = matchCaption(
        relative(folder, file.path),
        beside.map(({ path }) => basename(path)),
      );
      const film = match && beside.find(({ path }) => basename(path) === match.film);
      if (!film) continue;
      owners.set(film.sourceId, [...(owners.get(film.sourceId) ?? []), { ...file, name: match.name }]);
      break;
    }
  }
  // The order of the menu is that of the names.
  for (const list of owners.values()) list.sort((a, b) => a.path.localeCompare(b.path, 'en'));
  return owners;
}

/** Where the film of a caption file may lie: beside it, or above a folder for captions. */
export function filmFolders(path: string): string[] {
  const own = dirname(path);
  const above = dirname(own);
  const folders = [own];
  if (isCaptionFolder(basename(own))) folders.push(above);
  if (isCaptionFolder(basename(above))) folders.push(dirname(above));
  return folders;
}

/** The caption files that may belong to films of one folder: in it, and in folders for captions in it. */
export async function captionFilesOf(folder: string): Promise<FoundFile[]> {
  const paths: string[] = [];
  const visit = async (inside: string, depth: number): Promise<void> => {
    const entries = await readdir(inside, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(inside, entry.name);
      if (entry.isDirectory()) {
        if (depth === 1 || (depth === 0 && isCaptionFolder(entry.name))) await visit(path, depth + 1);
      } else if (captionExtension(entry.name)) paths.push(path);
    }
  };
  await visit(folder, 0);
  const files = await Promise.all(paths.map((path) => findFile(path)));
  return files.filter((file) => file !== null);
}
