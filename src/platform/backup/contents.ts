import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a backup is of: the names in the archive, which are those in the data folder. */

export const FACTS = 'backup.json';
export const DATABASE = 'kinora.db';
export const SECRET = 'secret';
export const CONFIG = 'kinora.yaml';
/** The configuration of an instance that keeps it somewhere else: it is put back beside the data, for a person to look at. */
export const CONFIG_ELSEWHERE = 'kinora.yaml.backup';

/**
 * Folders of a video that go along always: pictures and captions. Some of them people sent, and the database says that the
 * others are there. What is left out, segments and copies, is made again from the original.
 */
const SMALL = ['images', 'captions'] as const;
/** With originals: what was uploaded, and copies of it that are played in its place. */
const LARGE = ['source', 'repaired'] as const;

const NAME = /^[A-Za-z0-9._~ -]+$/;

/** Whether something of this name may come out of an archive: nothing that leads out of the data folder, or to other files in it. */
export function isExpected(name: string): boolean {
  if ([FACTS, DATABASE, SECRET, CONFIG, CONFIG_ELSEWHERE].includes(name)) return true;
  const parts = name.split('/');
  if (!parts.every((part) => NAME.test(part) && part !== '.' && part !== '..')) return false;
  return parts.length >= 4 && parts[0] === 'videos' && [...SMALL, ...LARGE].includes(parts[2] as 'images');
}

export interface DataFile {
  name: string;
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

/** The files of all videos that belong into a backup, by video and name. What vanishes meanwhile is left out. */
export async function* listVideoFiles(dataFolder: string, withOriginals: boolean): AsyncGenerator<DataFile> {
  const folders: readonly string[] = withOriginals ? [...SMALL, ...LARGE] : SMALL;
  for (const video of await entriesOf(join(dataFolder, 'videos'))) {
    for (const folder of folders) yield* walk(dataFolder, `videos/${video.name}/${folder}`);
  }
}

async function* walk(dataFolder: string, folder: string): AsyncGenerator<DataFile> {
  for (const entry of await entriesOf(join(dataFolder, folder))) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(dataFolder, name);
    // `~part`: being copied in by the storage, not there yet.
    else if (entry.isFile() && !entry.name.endsWith('~part')) {
      const path = join(dataFolder, name);
      const found = await stat(path).catch(() => null);
      if (found) yield { name, path, sizeBytes: found.size, modifiedAtMs: Math.floor(found.mtimeMs) };
    }
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
