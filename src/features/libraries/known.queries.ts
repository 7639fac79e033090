import { sep } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { and, asc, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { type Orm, preparedFor } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { sources, videos } from '../videos/schema.ts';
import type { KnownFile } from './reconcile.ts';
import { type FoundFile, printOf } from './walk.ts';

/** Of any library. */
export interface AlikeFile extends KnownFile {
  libraryId: string | null;
}

/** What is known of the files in the folders of libraries. Where files are few, their index is asked and not the library's. */

/** Rows that are read at a time: a few milliseconds, then others get their turn. */
const ROWS = 1000;

const columns = {
  sourceId: sources.id,
  videoId: sources.videoId,
  path: sources.location,
  sizeBytes: sources.sizeBytes,
  modifiedAtMs: sources.modifiedAtMs,
  missing: sources.missing,
};
/** Spelt out, not bound: only then may the partial indexes serve. */
const inPlace = sql`${sources.kind} = 'inPlace'`;

/** All files of a library, however many. */
export async function knownFiles(app: App, libraryId: string): Promise<KnownFile[]> {
  const known: KnownFile[] = [];
  for (let after = { createdAtMs: 0, id: '' }; ; await breathe()) {
    const rows = nextKnown(app.db.orm).all({ libraryId, ...after });
    for (const { createdAtMs: _, ...file } of rows) known.push(file);
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return known;
    after = { createdAtMs: last.createdAtMs, id: last.videoId };
  }
}

/** Those below a folder. */
export async function knownBelow(app: App, libraryId: string, folderPath: string): Promise<KnownFile[]> {
  const inside = insideOf(folderPath);
  return (await knownFiles(app, libraryId)).filter(({ path }) => path.startsWith(inside));
}

/** A video has one file in place: none is lost between two looks. */
const nextKnown = preparedFor((orm) =>
  orm
    .select({ ...columns, createdAtMs: videos.createdAtMs })
    .from(videos)
    .crossJoin(sources)
    .where(
      and(
        eq(sources.videoId, videos.id),
        eq(videos.libraryId, sql.placeholder('libraryId')),
        isNull(videos.deletedAtMs),
        inPlace,
        sql`(${videos.createdAtMs}, ${videos.id}) > (${sql.placeholder('createdAtMs')}, ${sql.placeholder('id')})`,
      ),
    )
    .orderBy(asc(videos.createdAtMs), asc(videos.id))
    .limit(ROWS)
    .prepare(),
);

/** The films that lie right in a folder. */
export function knownIn({ db }: App, libraryId: string, folderPath: string): KnownFile[] {
  const inside = insideOf(folderPath);
  return knownInFolder(db.orm).all({ libraryId, inside, behind: behind(inside), length: inside.length });
}

const knownInFolder = preparedFor((orm) => {
  const { location } = sources;
  const name = sql`substr(${location}, ${sql.placeholder('length')} + 1)`;
  const range = sql`${location} > ${sql.placeholder('inside')} and ${location} < ${sql.placeholder('behind')}`;
  return selectKnown(orm, sql`${range} and instr(${name}, ${sep}) = 0`).prepare();
});

/** The file at a path: one row at most. */
export function knownAt({ db }: App, libraryId: string, path: string): KnownFile[] {
  return knownByPath(db.orm).all({ libraryId, path });
}

const knownByPath = preparedFor((orm) => selectKnown(orm, eq(sources.location, sql.placeholder('path'))).prepare());

/** Of whatever library, files of the same size and time as some of these: perhaps the same files under other names. */
export function knownAlike({ db }: App, files: readonly FoundFile[]): AlikeFile[] {
  const prints = new Set(files.map(printOf));
  const sizes = [...new Set(files.map(({ sizeBytes }) => sizeBytes))];
  return (
    db.orm
      .select({ ...columns, libraryId: videos.libraryId })
      .from(videos)
      // Videos first: their size is the source's, and has an index.
      .crossJoin(sources)
      .where(and(eq(sources.videoId, videos.id), inArray(videos.sizeBytes, sizes), isNull(videos.deletedAtMs), inPlace))
      .all()
      .filter((file) => prints.has(printOf(file)))
  );
}

/** Sources first, and no index of libraries ("+"): SQLite may go through all of the library otherwise. */
function selectKnown(orm: Orm, which: SQL | undefined) {
  const live = and(sql`+${videos.libraryId} = ${sql.placeholder('libraryId')}`, isNull(videos.deletedAtMs));
  return orm
    .select(columns)
    .from(sources)
    .crossJoin(videos)
    .where(and(eq(videos.id, sources.videoId), inPlace, which, live));
}

/** The video of a file, deleted or not, whichever library it belongs to. */
export function findByLocation(orm: Orm, path: string) {
  return videoByLocation(orm).get({ path });
}

const videoByLocation = preparedFor((orm) =>
  orm
    .select({
      video: getTableColumns(videos),
      source: { id: sources.id, sizeBytes: sources.sizeBytes, modifiedAtMs: sources.modifiedAtMs },
    })
    .from(sources)
    .crossJoin(videos)
    .where(and(eq(videos.id, sources.videoId), eq(sources.location, sql.placeholder('path')), inPlace))
    .prepare(),
);

/** What all paths in a folder begin with. */
const insideOf = (folder: string) => (folder.endsWith(sep) ? folder : `${folder}${sep}`);
/** The first text that does not begin so. */
const behind = (start: string) => `${start.slice(0, -1)}${String.fromCharCode(sep.charCodeAt(0) + 1)}`;
