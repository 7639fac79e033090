import type { FoundFile } from './walk.ts';

/** A file that is known from before: the in-place source of a video. */
export interface KnownFile extends FoundFile {
  sourceId: string;
  videoId: string;
  missing: boolean;
}

export interface Changes {
  added: FoundFile[];
  /** Same path, other size or time: its content may be another. */
  changed: { known: KnownFile; found: FoundFile }[];
  /** Same size and time under another path: the same file, renamed or moved. */
  moved: { known: KnownFile; found: FoundFile }[];
  /** Gone, and not known to be before. */
  missing: KnownFile[];
  /** Missing until now, and there again unchanged. */
  back: KnownFile[];
}

/** Compares what is in a folder with what is known of it. Pure. */
export function compareFiles(known: readonly KnownFile[], found: readonly FoundFile[]): Changes {
  const foundByPath = new Map(found.map((file) => [file.path, file]));
  const knownPaths = new Set(known.map(({ path }) => path));
  const changes: Changes = { added: [], changed: [], moved: [], missing: [], back: [] };
  const gone: KnownFile[] = [];
  for (const file of known) {
    const same = foundByPath.get(file.path);
    if (!same) gone.push(file);
    else if (same.sizeBytes !== file.sizeBytes || same.modifiedAtMs !== file.modifiedAtMs) {
      changes.changed.push({ known: file, found: same });
    } else if (file.missing) changes.back.push(file);
  }
  const goneByPrint = new Map<string, KnownFile[]>();
  for (const file of gone) goneByPrint.set(print(file), [...(goneByPrint.get(print(file)) ?? []), file]);
  for (const file of found) {
    if (knownPaths.has(file.path)) continue;
    const from = goneByPrint.get(print(file))?.shift();
    if (from) changes.moved.push({ known: from, found: file });
    else changes.added.push(file);
  }
  const moved = new Set(changes.moved.map(({ known: file }) => file.sourceId));
  changes.missing = gone.filter((file) => !moved.has(file.sourceId) && !file.missing);
  return changes;
}

const print = ({ sizeBytes, modifiedAtMs }: FoundFile) => `${sizeBytes} ${modifiedAtMs}`;
