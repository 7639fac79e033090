import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CONFIG, CONFIG_ELSEWHERE, DATABASE, SECRET } from './contents.ts';
import { syncPath } from './database-copy.ts';

/**
 * Putting something back into a data folder takes several renames, and a machine may die between any two. So everything
 * is laid out in a folder of its own first; one rename says that it is whole, and from then on it is moved to its places,
 * by whoever opens the data folder next if need be. All of it is done by whoever holds the folder's lock.
 */
const UNFINISHED = 'restore.part';
const READY = /^restore\.(before-[a-z]+-[0-9TZ]+)\.ready$/;

/** An empty folder in the data folder to lay out what is to be put back; what an interrupted try left there is removed. */
export function beginRestore(dataFolder: string): string {
  const staging = join(dataFolder, UNFINISHED);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  return staging;
}

/** Left in the data folder by whoever put something back, for the server to find at its next start. */
export const RESTORED = 'restored.json';

const RestoredNote = z.object({
  /** `restore`: a backup. `rollback`: a copy of the database from before an upgrade. */
  act: z.enum(['restore', 'rollback']),
  /** The backup's file, or the snapshot's name. */
  name: z.string(),
  /** When it was put back, and when it had been made. */
  atMs: z.number(),
  createdAtMs: z.number(),
  version: z.string().optional(),
  originals: z.boolean().optional(),
});
export type RestoredNote = z.infer<typeof RestoredNote>;

/** What was put back since the server ran last; null when nothing was. */
export function readRestoredNote(dataFolder: string): RestoredNote | null {
  try {
    return RestoredNote.parse(JSON.parse(readFileSync(join(dataFolder, RESTORED), 'utf8')));
  } catch {
    return null;
  }
}

export function dropRestoredNote(dataFolder: string): void {
  rmSync(join(dataFolder, RESTORED), { force: true });
}

/**
 * Puts back what has been laid out. What was there of the database and the settings is kept in `backups/<aside>/`;
 * files of videos are put beside those that are there.
 */
export function commitRestore(dataFolder: string, aside: string, note: RestoredNote): void {
  writeFileSync(join(dataFolder, UNFINISHED, RESTORED), `${JSON.stringify(note)}\n`, { flush: true });
  const ready = join(dataFolder, `restore.${aside}.ready`);
  renameSync(join(dataFolder, UNFINISHED), ready);
  syncPath(dataFolder);
  finishRestore(dataFolder);
}

/** Throws away what was laid out. */
export function abandonRestore(dataFolder: string): void {
  rmSync(join(dataFolder, UNFINISHED), { recursive: true, force: true });
}

/** Ends what was begun before a crash, forwards if it had been laid out whole and backwards if not. Often called, mostly idle. */
export function finishRestore(dataFolder: string): void {
  abandonRestore(dataFolder);
  for (const name of readdirSync(dataFolder)) {
    const aside = READY.exec(name)?.[1];
    if (aside === undefined) continue;
    const ready = join(dataFolder, name);
    const keep = join(dataFolder, 'backups', aside);
    if (existsSync(join(ready, 'videos'))) moveFiles(join(ready, 'videos'), join(dataFolder, 'videos'));
    for (const setting of [SECRET, CONFIG, CONFIG_ELSEWHERE]) exchange(ready, dataFolder, keep, setting, [setting]);
    exchange(ready, dataFolder, keep, RESTORED, [RESTORED]);
    // The write-ahead log belongs to the database that goes, and would be taken for the new one's.
    exchange(ready, dataFolder, keep, DATABASE, [`${DATABASE}-wal`, `${DATABASE}-shm`, DATABASE]);
    syncPath(dataFolder);
    rmSync(ready, { recursive: true, force: true });
  }
}

/** While `name` still lies in `ready`, whatever has its place is an older one: that goes aside, and then it takes the place. */
function exchange(ready: string, dataFolder: string, keep: string, name: string, older: string[]): void {
  if (!existsSync(join(ready, name))) return;
  for (const old of older.filter((old) => existsSync(join(dataFolder, old)))) {
    mkdirSync(keep, { recursive: true });
    renameSync(join(dataFolder, old), join(keep, old));
  }
  renameSync(join(ready, name), join(dataFolder, name));
}

function moveFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) moveFiles(join(from, entry.name), join(to, entry.name));
    else renameSync(join(from, entry.name), join(to, entry.name));
  }
  syncPath(to);
  syncPath(dirname(to));
}
