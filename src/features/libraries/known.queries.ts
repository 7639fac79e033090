import { dirname } from 'node:path';
import { and, eq, inArray, isNull, type SQL } from 'drizzle-orm';
import type { App } from '../../ports.ts';
import { sources, videos } from '../videos/schema.ts';
import { isInside } from './places.ts';
import type { KnownFile } from './reconcile.ts';
import { type FoundFile, printOf } from './walk.ts';

/** Files that are videos of libraries already. */

/** Of any library. */
export interface AlikeFile extends KnownFile {
  libraryId: string | null;
}

/** What is known of the files below a folder. */
export function knownBelow(app: App, libraryId: string, folderPath: string): KnownFile[] {
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

/** Of whatever library, files of the same size and time as some of these: perhaps the same files under other names. */
export function knownAlike(app: App, files: readonly FoundFile[]): AlikeFile[] {
  const prints = new Set(files.map(printOf));
  // The video's size is the source's, and has an index.
  const sizes = [...new Set(files.map(({ sizeBytes }) => sizeBytes))];
  return selectKnown(app, inArray(videos.sizeBytes, sizes)).filter((file) => prints.has(printOf(file)));
}

/** All that is known of a library. */
export function knownFiles(app: App, libraryId: string, where?: SQL): KnownFile[] {
  return selectKnown(app, and(eq(videos.libraryId, libraryId), where));
}

function selectKnown(app: App, where: SQL | undefined): AlikeFile[] {
  return app.db.orm
    .select({
      sourceId: sources.id,
      videoId: sources.videoId,
      path: sources.location,
      sizeBytes: sources.sizeBytes,
      modifiedAtMs: sources.modifiedAtMs,
      missing: sources.missing,
      libraryId: videos.libraryId,
    })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(sources.kind, 'inPlace'), isNull(videos.deletedAtMs), where))
    .all();
}
