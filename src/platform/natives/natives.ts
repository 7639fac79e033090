import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { programFiles } from '../installation.ts';
import { cacheFolders, cacheSurroundings, makeTrusted } from './cache-folders.ts';
import { markUsed, sweepOldVersions } from './old-versions.ts';
import { isNoted, type PackedFile, unpack } from './unpack.ts';

/**
 * What the single binary carries that must be a file on disk: native packages, the libraries they load, ffmpeg. It is unpacked
 * once, to a folder named by a hash of it all.
 */
export interface NativesManifest {
  id: string;
  files: PackedFile[];
  /** The packages by name, each with the path of its addon. */
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

/** The one that everything needs. Loading it also tells whether programs may be run from the folder. */
const FIRST_ADDON = 'better-sqlite3';

/**
 * Unpacks and loads the addon that comes first, before anything asks for it. Throws an `Error` with a sentence that says what to do
 * where no folder can be used.
 */
export function loadFirstAddon(): void {
  const { id, files, addons } = readManifest()!;
  const first = files.find(({ path }) => path === addons[FIRST_ADDON])!;
  const surroundings = cacheSurroundings();
  const refusals: string[] = [];
  for (const base of cacheFolders(surroundings)) {
    const folder = join(base, id);
    const prepare = () => {
      makeTrusted(base, folder, surroundings.uid);
      markUsed(folder, Date.now());
      return loadAddon(unpackInto(folder, first));
    };
    try {
      loaded.set(FIRST_ADDON, againWhereGone(prepare));
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

/**
 * A native package's exports, for the bundled packages that would look for a file of theirs (`scripts/binary/bundle.ts`). Those after the first are loaded when
 * they are asked for, and looked at then: the folder may have been emptied since the start.
 */
export function addon(name: string): unknown {
  if (!loaded.has(name)) {
    const { files, addons } = readManifest()!;
    for (const file of files) if (!file.isProgram) unpackFile(file);
    loaded.set(name, loadAddon(join(chosenFolder!, addons[name]!)));
  }
  return loaded.get(name);
}

/** The path of a program this binary carries, unpacked; null where it carries none of that name. */
export function findProgram(name: string): string | null {
  const file = readManifest()?.files.find(({ path, isProgram }) => isProgram && path === name);
  return file ? unpackFile(file) : null;
}

/** Where files go, and the paths of those that are not there yet, or not seen to be whole. Null where nothing is packed. */
export function filesToUnpack(): { folder: string; paths: string[] } | null {
  if (chosenFolder === null) return null;
  const folder = chosenFolder;
  const missing = readManifest()!.files.filter((file) => !isNoted(folder, file));
  return { folder, paths: missing.map(({ path }) => path) };
}

/** Unpacks those files, in a thread that did not choose the folder. */
export function unpackFiles(folder: string, paths: readonly string[]): void {
  chosenFolder = folder;
  for (const file of readManifest()!.files) if (paths.includes(file.path)) unpackFile(file);
}

function unpackFile(file: PackedFile): string {
  if (chosenFolder === null) throw new Error('natives are unpacked by the start of the single binary');
  try {
    return unpackInto(chosenFolder, file);
  } catch (error) {
    throw new Error(
      `${file.path} cannot be unpacked to ${chosenFolder}: ${refusalOf(error as NodeJS.ErrnoException)}. ` +
        'Set KINORA_CACHE_DIR to a folder on a disk with some 300 MB of room.',
      { cause: error },
    );
  }
}

/**
 * Says that this version is still used, and removes what versions have unpacked that no longer are. Returns the names of their
 * folders.
 */
export function sweepUnpacked(nowMs: number): string[] {
  if (chosenFolder === null) return [];
  markUsed(chosenFolder, nowMs);
  return sweepOldVersions(chosenFolder, nowMs);
}

function unpackInto(folder: string, file: PackedFile): string {
  return unpack(folder, file, () => zstdDecompressSync(programFiles.read(`${NATIVES}/${file.path}`)!));
}

/** Another version may be sweeping the folder in this very moment, where this one has not been started for long. */
function againWhereGone(prepare: () => unknown): unknown {
  try {
    return prepare();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isGone = code === 'ENOENT' || (code === 'ERR_DLOPEN_FAILED' && /no such file/i.test(message));
    if (!isGone) throw error;
    return prepare();
  }
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
