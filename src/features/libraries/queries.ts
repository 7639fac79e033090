import { and, asc, count, eq, isNull } from 'drizzle-orm';
import type { Orm } from '../../platform/db.ts';
import { isActive, jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import { isAdmin, type Viewer } from '../accounts/viewer.ts';
import { videos } from '../videos/schema.ts';
import type { LibraryWire } from './api.ts';
import { scanKey } from './job-definitions.ts';
import { libraryNotFound } from './problems.ts';
import { libraries, libraryFolders } from './schema.ts';

export type LibraryRow = typeof libraries.$inferSelect;
export type FolderRow = typeof libraryFolders.$inferSelect;

export function listLibraryRows(orm: Orm): LibraryRow[] {
  return orm
    .select()
    .from(libraries)
    .where(isNull(libraries.deletedAtMs))
    .orderBy(asc(libraries.createdAtMs), asc(libraries.id))
    .all();
}

export function getLibrary(orm: Orm, id: string): LibraryRow {
  const row = orm
    .select()
    .from(libraries)
    .where(and(eq(libraries.id, id), isNull(libraries.deletedAtMs)))
    .get();
  if (!row) throw libraryNotFound('There is no such library.');
  return row;
}

export function listFolders(orm: Orm, libraryId: string): FolderRow[] {
  return orm
    .select()
    .from(libraryFolders)
    .where(eq(libraryFolders.libraryId, libraryId))
    .orderBy(asc(libraryFolders.path))
    .all();
}

export function libraryWire(app: App, viewer: Viewer, row: LibraryRow): LibraryWire {
  const { orm } = app.db;
  const folders = listFolders(orm, row.id);
  const live = and(eq(videos.libraryId, row.id), isNull(videos.deletedAtMs));
  const videoCount = orm.select({ n: count() }).from(videos).where(live).get()?.n ?? 0;
  const scanning = orm
    .select({ state: jobs.state })
    .from(jobs)
    .where(and(eq(jobs.dedupeKey, scanKey(row.id)), isActive))
    .get();
  const online = folders.some((folder) => folder.online);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    folders: isAdmin(viewer) ? folders.map(({ path, online }) => ({ path, online })) : [],
    fromConfig: row.fromConfig,
    state: scanning ? 'scanning' : online ? 'online' : 'offline',
    videoCount,
    scannedAtMs: row.scannedAtMs,
    createdAtMs: row.createdAtMs,
  };
}

export function listLibraries(app: App, viewer: Viewer): LibraryWire[] {
  return listLibraryRows(app.db.orm).map((row) => libraryWire(app, viewer, row));
}
