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

/** The two assets of the single binary: all files, one after the other, and where each begins and how long it is. */
export const FILES = 'files';
export const FILE_INDEX = 'files.json';
export type FileIndex = Record<string, [offset: number, sizeBytes: number]>;

/** Those of the single binary (https://nodejs.org/api/single-executable-applications.html). */
function embeddedFiles(): ProgramFiles {
  const index = new Map(Object.entries(JSON.parse(sea.getAsset(FILE_INDEX, 'utf8')) as FileIndex));
  // The bytes lie in the program's own memory: nothing is copied, and what nobody reads is not loaded from disk.
  const bytes = Buffer.from(sea.getRawAsset(FILES) as ArrayBuffer);
  return {
    read(path) {
      const place = index.get(path);
      return place ? bytes.subarray(place[0], place[0] + place[1]) : null;
    },
    list(folder) {
      const start = `${folder}/`;
      const inside = [...index.keys()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
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
