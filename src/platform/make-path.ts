import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. For folders that people choose: where a file system says that the parent is not there
 * though it is (autofs whose server is away, /proc), Node's own `recursive` tries for ever and holds the process up.
 */
export function makePath(path: string): void {
  if (isFolder(path)) return;
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if (isFolder(path)) return;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path || isFolder(parent)) throw error;
    makePath(parent);
    makePath(path);
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
