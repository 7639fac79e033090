import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import * as sea from 'node:sea';

/**
 * The files that come with the program: migrations, the built web interface, the API page. They lie in the folder Kinora is
 * installed in, or within the single binary; nobody else needs to know which.
 */
export interface ProgramFiles {
  /** The file of that path ("dist/web/index.html", always with slashes), read-only; null where there is none. */
  read(path: string): Buffer | null;
  /** The names of the files directly in that folder, sorted. */
  list(folder: string): string[];
}

/** Those of a folder, which nothing is read from outside of. */
export function filesIn(folder: string): ProgramFiles {
  const root = resolve(folder);
  return {
    read(path) {
      const full = join(root, path);
      if (!full.startsWith(root + sep)) return null;
      try {
        return readFileSync(full);
      } catch (error) {
        if (NOT_A_FILE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
        throw error;
      }
    },
    list: (path) =>
      readdirSync(join(root, path), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
  };
}

/** What a name that is no file is refused with; a name may also be too long, or hold a zero byte. */
const NOT_A_FILE = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Those of the single binary, where each is an asset of its own (https://nodejs.org/api/single-executable-applications.html). */
function embeddedFiles(): ProgramFiles {
  const names = new Set(sea.getAssetKeys());
  return {
    // The bytes lie in the program's own memory: nothing is copied.
    read: (path) => (names.has(path) ? Buffer.from(sea.getRawAsset(path) as ArrayBuffer) : null),
    list(folder) {
      const start = `${folder}/`;
      const inside = [...names].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
      return inside.filter((name) => !name.includes('/')).sort();
    },
  };
}

/** The folder with the migrations, from this file upwards: the server runs from its sources as well as from one bundled file. */
function installationFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'migrations')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export const isSingleBinary = sea.isSea();
export const programFiles: ProgramFiles = isSingleBinary ? embeddedFiles() : filesIn(installationFolder());
