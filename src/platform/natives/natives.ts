import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { programFiles } from '../installation.ts';
import { cacheFolders, cacheSurroundings, makeTrusted } from './cache-folders.ts';
import { type PackedFile, unpack } from './unpack.ts';

/**
 * What the single binary carries that must be a file on disk: native packages, the libraries they load, ffmpeg. It is unpacked
 * once, to a folder named by a hash of it all.
 */
export interface NativesManifest {
  id: string;
  files: PackedFile[];
  /** Loaded at every start: the packages by name, each with the path of its addon. */
  addons: Record<string, string>;
}

/** Where the binary keeps them, packed with zstd, and its list of them. */
export const NATIVES = 'natives';
export const MANIFEST = 'natives.json';

let manifest: NativesManifest | null | undefined;
let chosenFolder: string | null = null;
const loaded = new Map<string, unknown>();

/** Null where Kinora is no single binary, and its natives are packages in `node_modules`. */
function readManifest(): NativesManifest | null {
  if (manifest === undefined) {
    const bytes = programFiles.read(MANIFEST);
    manifest = bytes && (JSON.parse(bytes.toString('utf8')) as NativesManifest);
  }
  return manifest;
}

/**
 * Unpacks and loads the addons, before anything asks for them. Throws an `Error` with a sentence that says what to do where no
 * folder can be used.
 */
export function loadAddons(): void {
  const { id, files, addons } = readManifest()!;
  const surroundings = cacheSurroundings();
  const refusals: string[] = [];
  for (const base of cacheFolders(surroundings)) {
    const folder = join(base, id);
    try {
      makeTrusted(base, folder, surroundings.uid);
      for (const file of files) if (!file.isProgram) unpackInto(folder, file);
      for (const [name, path] of Object.entries(addons)) loaded.set(name, loadAddon(join(folder, path)));
      chosenFolder = folder;
      return;
    } catch (error) {
      refusals.push(`${base}: ${refusalOf(error as NodeJS.ErrnoException)}`);
    }
  }
  throw new Error(
    `Kinora unpacks parts of itself once, and none of these folders will do:\n${refusals.map((line) => `  ${line}`).join('\n')}\n` +
      'Set KINORA_CACHE_DIR to a folder of your own, on a disk with some 300 MB of room that programs may be run from.',
  );
}

/** A native package's exports, for the bundled packages that would look for a file of theirs. */
export function addon(name: string): unknown {
  return loaded.get(name);
}

/** The path of a program this binary carries, unpacked; null where it carries none of that name. */
export function findProgram(name: string): string | null {
  const file = readManifest()?.files.find(({ path, isProgram }) => isProgram && path === name);
  if (!file) return null;
  if (chosenFolder === null) throw new Error('natives are unpacked by the start of the single binary');
  try {
    return unpackInto(chosenFolder, file);
  } catch (error) {
    throw new Error(
      `${name} cannot be unpacked to ${chosenFolder}: ${refusalOf(error as NodeJS.ErrnoException)}. ` +
        'Set KINORA_CACHE_DIR to a folder on a disk with some 300 MB of room.',
      { cause: error },
    );
  }
}

/** The programs that are there, and where they go: what a thread needs to unpack them. */
export function packedPrograms(): { folder: string; names: string[] } | null {
  const names = (readManifest()?.files ?? []).filter(({ isProgram }) => isProgram).map(({ path }) => path);
  return chosenFolder === null || names.length === 0 ? null : { folder: chosenFolder, names };
}

/** Says where natives go, in a thread that did not choose it. */
export function useFolder(folder: string): void {
  chosenFolder = folder;
}

function unpackInto(folder: string, file: PackedFile): string {
  return unpack(folder, file, () => zstdDecompressSync(programFiles.read(`${NATIVES}/${file.path}`)!));
}

function loadAddon(path: string): unknown {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}

/** Why a folder was no good, to follow its name. */
function refusalOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_DLOPEN_FAILED') {
    // Mapping a library from a file system mounted noexec fails so on Linux, as EPERM (mmap(2)).
    if (/failed to map segment/.test(message)) return 'programs may not be run from it (it is mounted noexec)';
    return `what was unpacked there cannot be loaded (${message}). Kinora needs glibc 2.28 or newer and libstdc++ on Linux`;
  }
  const reasons: Record<string, string> = {
    ENOSPC: 'its disk is full',
    EDQUOT: 'your quota of its disk is used up',
    EACCES: 'it may not be written',
    EPERM: 'it may not be written',
    EROFS: 'its disk is read-only',
    ENOTDIR: 'a part of its path is a file',
    EEXIST: 'there is a file of that name',
    KINORA_SHARED: 'other users may write to it, and what is run from it must be yours',
  };
  return reasons[code ?? ''] ?? message;
}
