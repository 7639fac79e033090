import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isLeftOut, isMarkedOut, isSameFile, looksLikeCaptions, looksLikeMedia } from './places.ts';

/** A file that may be a video, as the file system tells it. Its content decides later. */
export interface FoundFile {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
}

export interface WalkOptions {
  signal?: AbortSignal;
  onUnreadable?: (path: string, error: unknown) => void;
  /** Told of each file that may hold captions of a film beside it. */
  onCaptions?: (file: FoundFile) => void;
  /** A folder that is never entered, by whatever way it is reached. */
  except?: string;
}

/**
 * Lists the media files below a folder, each file once however many names it has: what lies there itself goes before what links
 * lead to. Hidden and system folders, and those with a `.ignore` or `.nomedia` file, are left out; links are never followed in
 * circles. What cannot be read inside is reported, not fatal. Throws when the folder itself cannot be read: it is offline then.
 */
export async function walkFolder(root: string, options: WalkOptions = {}): Promise<FoundFile[]> {
  const { signal, onUnreadable, onCaptions, except } = options;
  const files: FoundFile[] = [];
  /** Paths by size and time: names of one file are alike in these. */
  const alike = new Map<string, string[]>();
  const entered = new Set<string>();
  const links: string[] = [];
  const exceptId = except ? await identityOf(except).catch(() => null) : null;

  async function visit(folder: string, { byLink }: { byLink: boolean }): Promise<void> {
    signal?.throwIfAborted();
    const id = await identityOf(folder);
    // Only links lead back to where one has been. Among real folders file systems are not trusted to number them well.
    if (id === exceptId || (byLink && entered.has(id))) return;
    entered.add(id);
    const entries = await readdir(folder, { withFileTypes: true });
    if (entries.some(({ name }) => isMarkedOut(name))) return;
    for (const entry of entries) {
      if (isLeftOut(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isDirectory()) await reporting(path, () => visit(path, { byLink }));
      else if (entry.isFile() && isOurs(entry.name)) await reporting(path, () => look(path, { byLink }));
    }
  }

  async function look(path: string, { byLink }: { byLink: boolean }): Promise<void> {
    const found = await stat(path);
    if (found.isDirectory()) return visit(path, { byLink: true });
    const file = fileOf(path, found);
    if (!found.isFile()) return;
    if (looksLikeCaptions(path)) return onCaptions?.(file);
    if (!looksLikeMedia(path)) return;
    const twins = alike.get(printOf(file)) ?? [];
    if (byLink || found.nlink > 1) for (const twin of twins) if (await isSameFile(twin, path)) return;
    alike.set(printOf(file), [...twins, path]);
    files.push(file);
  }

  /** Of a link that leads nowhere nothing is said. */
  async function reporting(path: string, work: () => Promise<void>, isLink = false): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal?.throwIfAborted();
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isGone && path.includes('\uFFFD')) onUnreadable?.(path, new Error('its name is not valid UTF-8; rename it'));
      else if (!isGone || !isLink) onUnreadable?.(path, error);
    }
  }

  await visit(root, { byLink: false });
  for (let path = links.shift(); path !== undefined; path = links.shift()) {
    const link = path;
    await reporting(link, () => look(link, { byLink: true }), true);
  }
  return files;
}

/** One file as a walk would have found it; null when it is not (or no longer) one. */
export async function findFile(path: string): Promise<FoundFile | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? fileOf(path, found) : null;
}

/** What is the same of one file under all its names, and seldom of two. */
export const printOf = ({ sizeBytes, modifiedAtMs }: FoundFile) => `${sizeBytes} ${modifiedAtMs}`;

function fileOf(path: string, { size, mtimeMs }: { size: number; mtimeMs: number }): FoundFile {
  return { path, sizeBytes: size, modifiedAtMs: Math.round(mtimeMs) };
}

const isOurs = (name: string) => looksLikeMedia(name) || looksLikeCaptions(name);
