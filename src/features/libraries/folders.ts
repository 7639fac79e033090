import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import type { FolderListing } from './api.ts';
import { looksLikeMedia } from './places.ts';
import { folderUnusable } from './problems.ts';

/** Lists the folders inside one, for an admin who chooses what a library watches. Starts at the home folder. */
export async function browseFolder(wanted: string | undefined): Promise<z.output<typeof FolderListing>> {
  const path = resolve(wanted ?? homedir());
  const entries = await readdir(path, { withFileTypes: true }).catch(() => {
    throw folderUnusable(`The folder "${path}" does not exist on the server, or Kinora may not look into it.`);
  });
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => ({ name, path: join(path, name) }))
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const parent = dirname(path);
  const videoCount = entries.filter((entry) => entry.isFile() && looksLikeMedia(entry.name)).length;
  return { path, parent: parent === path ? null : parent, folders, videoCount };
}
