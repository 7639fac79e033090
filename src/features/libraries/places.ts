import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { captionExtension } from '../../media/captions/names.ts';

/** Where in a library's folders its films are looked for, and what is left out. */

const MEDIA_EXTENSIONS = new Set(
  (
    '.mp4 .m4v .mov .mkv .webm .avi .ts .m2ts .mts .mpg .mpeg .vob .flv .wmv .asf .ogv .ogg .oga .opus .3gp .3g2 .divx ' +
    '.mp3 .m4a .m4b .flac .wav .aac .mka .wma'
  ).split(' '),
);

/** What systems and network storage keep beside people's files: deleted ones, earlier ones, small pictures of them. */
const SYSTEM_FOLDERS = new Set([
  '$recycle.bin',
  'recycler',
  'system volume information',
  'lost+found',
  '@eadir',
  '#recycle',
  '@recycle',
  '#snapshot',
]);

/** Whether a scan looks at a name at all: a media extension, and not hidden. */
export function looksLikeMedia(path: string): boolean {
  const name = basename(path);
  return !name.startsWith('.') && MEDIA_EXTENSIONS.has(extname(name).toLowerCase());
}

/** Whether a name may be that of captions beside a film. */
export function looksLikeCaptions(path: string): boolean {
  return !basename(path).startsWith('.') && captionExtension(path) !== null;
}

/** Whether a file or folder of this name is passed over. */
export function isLeftOut(name: string): boolean {
  return name.startsWith('.') || SYSTEM_FOLDERS.has(name.toLowerCase());
}

/** Whether a file of this name leaves out the folder it lies in. */
export function isMarkedOut(name: string): boolean {
  return MARKS.includes(name);
}
const MARKS = ['.ignore', '.nomedia'];

/** Whether any part of a path below a folder is passed over. */
export function isPassedOver(path: string, folder: string): boolean {
  return relative(folder, path).split(sep).some(isLeftOut);
}

/**
 * Whether a scan would find the file of this path under this name: nothing on the way to it is left out, and no link leads to what
 * a folder of the same library has already. `folders` are the library's; `except` as in `walkFolder`.
 */
export async function isFoundHere(path: string, folders: readonly string[], except: string): Promise<boolean> {
  const root = folders.find((folder) => isInside(path, folder));
  if (root === undefined || isPassedOver(path, root)) return false;
  for (let folder = dirname(path); isInside(folder, root); folder = dirname(folder)) {
    for (const mark of MARKS) if (await exists(join(folder, mark))) return false;
  }
  const real = await realpath(path);
  if (real === join(await realpath(root), relative(root, path))) return true;
  const shown = [...folders, except].map((folder) => realpath(folder).catch(() => folder));
  return !(await Promise.all(shown)).some((folder) => isInside(real, folder));
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Numbers of 64 bits, as some file systems have them, are not whole in a JavaScript number. */
export async function identityOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
}

/** Whether two paths are names of one file. False where one cannot be looked at. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  try {
    return (await identityOf(a)) === (await identityOf(b));
  } catch {
    return false;
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
