import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { captionExtension } from '../../media/captions/names.ts';

/** A file that may be a video, as the file system tells it. Its content decides later. */
export interface FoundFile {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

const MEDIA_EXTENSIONS = new Set(
  (
    '.mp4 .m4v .mov .mkv .webm .avi .ts .m2ts .mts .mpg .mpeg .vob .flv .wmv .asf .ogv .ogg .oga .opus .3gp .3g2 .divx ' +
    '.mp3 .m4a .m4b .flac .wav .aac .mka .wma'
  ).split(' '),
);

/** Whether a scan looks at a name at all: a media extension, and not hidden. */
export function looksLikeMedia(name: string): boolean {
  return !name.startsWith('.') && MEDIA_EXTENSIONS.has(extname(name).toLowerCase());
}

/** Whether a name may be that of captions beside a film. */
export function looksLikeCaptions(name: string): boolean {
  return !name.startsWith('.') && captionExtension(name) !== null;
}

/**
 * Lists the media files below a folder. Hidden folders, and those with a `.ignore` or `.nomedia` file, are left out;
 * links are followed once, never in circles. A folder inside that cannot be read is reported, not fatal.
 * Throws when the folder itself cannot be read: it is offline then.
 */
export async function walkFolder(
  root: string,
  options: {
    signal?: AbortSignal;
    onUnreadable?: (path: string, error: unknown) => void;
    /** Told of each file that may hold captions of a film beside it. */
    onCaptions?: (file: FoundFile) => void;
  } = {},
): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const seen = new Set<string>();
  const visit = async (folder: string, isRoot: boolean): Promise<void> => {
    options.signal?.throwIfAborted();
    let entries: Awaited<ReturnType<typeof listEntries>>;
    try {
      const { dev, ino } = await stat(folder);
      if (seen.has(`${dev}:${ino}`)) return;
      seen.add(`${dev}:${ino}`);
      entries = await listEntries(folder);
    } catch (error) {
      if (isRoot) throw error;
      options.onUnreadable?.(folder, error);
      return;
    }
    if (entries.some(({ name }) => name === '.ignore' || name === '.nomedia')) return;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) await visit(path, false);
      else if (entry.isFile() || entry.isSymbolicLink()) await visitFile(entry.name, path, visit);
    }
  };
  const visitFile = async (name: string, path: string, visitFolder: typeof visit): Promise<void> => {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) await visitFolder(path, false);
    else if (found?.isFile() && looksLikeMedia(name)) files.push(fileOf(path, found));
    else if (found?.isFile() && looksLikeCaptions(name)) options.onCaptions?.(fileOf(path, found));
  };
  await visit(root, true);
  return files;
}

/** One file as a walk would have found it; null when it is not (or no longer) one. */
export async function findFile(path: string): Promise<FoundFile | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? fileOf(path, found) : null;
}

function fileOf(path: string, { size, mtimeMs }: { size: number; mtimeMs: number }): FoundFile {
  return { path, sizeBytes: size, modifiedAtMs: Math.round(mtimeMs) };
}

const listEntries = (folder: string) => readdir(folder, { withFileTypes: true });
