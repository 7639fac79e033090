import { readdir, stat } from 'node:fs/promises';
import type { App } from '../../ports.ts';
import { type AlikeFile, knownAlike } from './known.queries.ts';
import { isInside } from './places.ts';
import { listFolders } from './queries.ts';
import type { Changes } from './reconcile.ts';
import { type FoundFile, printOf } from './walk.ts';

/** Files looked for in one query. */
const BATCH = 100;

/**
 * Of the files that seem new, those that have been moved here from another folder, perhaps of another library: the video moves with
 * its file, and keeps its history.
 */
export async function followMoved(app: App, changes: Changes): Promise<Changes> {
  const added: Changes['added'] = [];
  const moved = [...changes.moved];
  const taken = new Set(moved.map(({ known }) => known.sourceId));
  for (let at = 0; at < changes.added.length; at += BATCH) {
    const batch = changes.added.slice(at, at + BATCH);
    const alike = Map.groupBy(knownAlike(app, batch), printOf);
    for (const found of batch) {
      const from = await findOrigin(app, found, alike.get(printOf(found)) ?? [], taken);
      if (from) {
        taken.add(from.sourceId);
        moved.push({ known: from, found });
      } else added.push(found);
    }
    // A first scan finds thousands, and viewers are not to wait for it.
    await new Promise((resolve) => setImmediate(resolve));
  }
  // One of these may have been missed already, by the comparison that was made before.
  const missing = changes.missing.filter(({ sourceId }) => !taken.has(sourceId));
  return { ...changes, added, moved, missing };
}

async function findOrigin(
  app: App,
  found: FoundFile,
  alike: readonly AlikeFile[],
  taken: ReadonlySet<string>,
): Promise<AlikeFile | null> {
  for (const candidate of alike) {
    if (taken.has(candidate.sourceId) || candidate.path === found.path) continue;
    if (await isGone(app, candidate)) return candidate;
  }
  return null;
}

/** Whether a file is no longer where it was, though its folder is there; or was in a folder that is no library's any more. */
async function isGone(app: App, { path, libraryId }: AlikeFile): Promise<boolean> {
  const folders = libraryId === null ? [] : listFolders(app.db.orm, libraryId);
  const root = folders.find((folder) => isInside(path, folder.path));
  if (!root) return true;
  const code = await stat(path).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return false;
  // A mount that is not there takes all with it: what is elsewhere then is a copy.
  return (await readdir(root.path).catch(() => [])).length > 0;
}
