import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import { difference, recordAct } from '../audit/service.ts';
import { videos } from '../videos/schema.ts';
import { hideVideos } from '../videos/service.ts';
import type { AddLibraryBody, EditLibraryBody } from './api.ts';
import { scanJob, scanKey } from './job-definitions.ts';
import { isInside } from './places.ts';
import { folderUnusable, libraryFromConfig } from './problems.ts';
import { getLibrary, type LibraryRow, listFolders, listLibraryRows } from './queries.ts';
import { libraries, libraryFolders } from './schema.ts';

/** Adds a library over folders of the server's. The files in them are never touched. */
export async function addLibrary(app: App, by: Actor, body: z.output<typeof AddLibraryBody>): Promise<LibraryRow> {
  const folders = await usableFolders(app, body.folders);
  return app.db.write((tx) => {
    const row = insertLibrary(app, tx, { ...body, folders, fromConfig: false });
    const changes = difference({}, { kind: body.kind, folders });
    recordAct(app, tx, by, { act: 'library.added', target: row, changes });
    return row;
  });
}

export async function editLibrary(
  app: App,
  by: Actor,
  id: string,
  body: z.output<typeof EditLibraryBody>,
): Promise<LibraryRow> {
  const row = getEditable(app, id);
  const folders = body.folders ? await usableFolders(app, body.folders, id) : null;
  return app.db.write((tx) => {
    const before = { name: row.name, folders: listFolders(tx, id).map(({ path }) => path) };
    const changes = difference(before, { name: body.name, folders: folders ?? undefined });
    recordAct(app, tx, by, { act: 'library.changed', target: row, changes });
    if (body.name) tx.update(libraries).set({ name: body.name }).where(eq(libraries.id, id)).run();
    if (folders) setFolders(tx, id, folders);
    requestScan(app, tx, id);
    announce(app, id);
    return { ...row, ...(body.name ? { name: body.name } : {}) };
  });
}

/** Removes a library and hides its videos. The files stay where they are. */
export function removeLibrary(app: App, by: Actor, id: string): void {
  const row = getEditable(app, id);
  app.db.write((tx) => {
    dropLibrary(app, tx, id);
    recordAct(app, tx, by, { act: 'library.removed', target: row });
  });
}

/** Looks for changes now, since somebody wants it. */
export function scanLibrary(app: App, by: Actor, id: string): void {
  const row = getLibrary(app.db.orm, id);
  app.db.write((tx) => {
    requestScan(app, tx, id);
    recordAct(app, tx, by, { act: 'library.scanned', target: row });
  });
}

export function requestScan(app: App, tx: Tx, libraryId: string): void {
  app.queue.enqueue(tx, scanJob, { libraryId }, { dedupeKey: scanKey(libraryId) });
  announce(app, libraryId);
}

/** At start: libraries that the YAML declares follow it, by name. */
export function followConfig(app: App): void {
  const declared = app.config.libraries;
  const existing = listLibraryRows(app.db.orm).filter((row) => row.fromConfig);
  app.db.write((tx) => {
    for (const row of existing) if (!declared.some(({ name }) => name === row.name)) dropLibrary(app, tx, row.id);
    for (const library of declared) {
      const row = existing.find(({ name }) => name === library.name);
      const folders = library.folders.map((folder) => resolve(folder));
      if (!row) insertLibrary(app, tx, { ...library, folders, fromConfig: true });
      else {
        tx.update(libraries).set({ kind: library.kind }).where(eq(libraries.id, row.id)).run();
        setFolders(tx, row.id, folders);
      }
    }
  });
}

export function setFolderOnline(app: App, folderId: string, libraryId: string, online: boolean): void {
  app.db.write((tx) => {
    tx.update(libraryFolders).set({ online }).where(eq(libraryFolders.id, folderId)).run();
    announce(app, libraryId);
  });
}

export function noteScanned(app: App, libraryId: string): void {
  app.db.write((tx) => {
    tx.update(libraries).set({ scannedAtMs: app.clock.nowMs() }).where(eq(libraries.id, libraryId)).run();
    announce(app, libraryId);
  });
}

function insertLibrary(
  app: App,
  tx: Tx,
  {
    name,
    kind,
    folders,
    fromConfig,
  }: { name: string; kind: LibraryRow['kind']; folders: string[]; fromConfig: boolean },
): LibraryRow {
  const row = {
    id: newId(),
    name,
    kind,
    fromConfig,
    scannedAtMs: null,
    createdAtMs: app.clock.nowMs(),
    deletedAtMs: null,
  };
  tx.insert(libraries).values(row).run();
  setFolders(tx, row.id, folders);
  requestScan(app, tx, row.id);
  return row;
}

function setFolders(tx: Tx, libraryId: string, paths: string[]): void {
  for (const { id, path } of listFolders(tx, libraryId)) {
    if (!paths.includes(path)) tx.delete(libraryFolders).where(eq(libraryFolders.id, id)).run();
  }
  for (const path of paths) {
    tx.insert(libraryFolders).values({ id: newId(), libraryId, path, online: true }).onConflictDoNothing().run();
  }
}

function dropLibrary(app: App, tx: Tx, id: string): void {
  const own = tx
    .select({ id: videos.id })
    .from(videos)
    .where(and(eq(videos.libraryId, id), isNull(videos.deletedAtMs)))
    .all();
  hideVideos(
    app,
    tx,
    own.map((video) => video.id),
  );
  tx.update(libraries).set({ deletedAtMs: app.clock.nowMs() }).where(eq(libraries.id, id)).run();
  tx.delete(libraryFolders).where(eq(libraryFolders.libraryId, id)).run();
  announce(app, id);
}

function getEditable(app: App, id: string): LibraryRow {
  const row = getLibrary(app.db.orm, id);
  if (row.fromConfig) {
    throw libraryFromConfig(`"${row.name}" is declared in the configuration file. Change it there and restart Kinora.`);
  }
  return row;
}

/** Absolute, existing, readable, not inside each other or what another library has, and not Kinora's own data folder. */
async function usableFolders(app: App, folders: string[], libraryId?: string): Promise<string[]> {
  const refuse = (n: number, detail: string) => {
    throw folderUnusable(detail, { errors: [{ field: `folders.${n}`, message: detail }] });
  };
  const { orm } = app.db;
  const own = libraryId ? listFolders(orm, libraryId).map(({ path }) => path) : [];
  const others = listLibraryRows(orm)
    .filter(({ id }) => id !== libraryId)
    .flatMap(({ id, name }) => listFolders(orm, id).map(({ path }) => ({ path, name })));
  const paths: string[] = [];
  const reals: string[] = [];
  for (const [n, folder] of folders.entries()) {
    if (!isAbsolute(folder)) refuse(n, `"${folder}" is not a full path. Write it from the root, such as /media/films.`);
    const path = resolve(folder);
    const found = await stat(path).catch(() => null);
    if (!found) refuse(n, `The folder "${path}" does not exist on the server, or Kinora may not look into it.`);
    if (!found?.isDirectory()) refuse(n, `"${path}" is a file. Choose the folder it is in.`);
    // Links may lead where the path does not say.
    const real = await realpath(path);
    const dataPath = await realpath(app.dataDir.path);
    if (isInside(real, dataPath) || isInside(dataPath, real)) {
      refuse(n, `"${path}" holds Kinora's own data folder or lies in it. Choose another one.`);
    }
    if (reals.some((other) => isInside(real, other) || isInside(other, real))) {
      refuse(n, `"${path}" overlaps with another folder of this library.`);
    }
    const other = others.find((one) => isInside(real, one.path) || isInside(one.path, real));
    if (other && !own.includes(path)) {
      refuse(
        n,
        `"${path}" overlaps with "${other.path}" of the library "${other.name}". A video is in one library only.`,
      );
    }
    paths.push(path);
    reals.push(real);
  }
  return paths;
}

function announce(app: App, libraryId: string): void {
  app.db.afterCommit(() => app.events.emit('library.changed', { libraryId }));
}

/** Periodic, and at start: what the watcher missed is found. */
export function scanAllLibraries(app: App): void {
  app.db.write((tx) => {
    for (const { id } of listLibraryRows(tx)) requestScan(app, tx, id);
  });
}
