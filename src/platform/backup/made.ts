import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * `kinora backup FILE` on the command line leaves word of itself in the data folder, for the server to write down: it may run
 * or not, and nobody but the server writes its database.
 */
const NOTE = /^backup-made\.\d+-\d+\.json$/;

const MadeNote = z.object({
  /** Where the backup was written to. */
  path: z.string(),
  atMs: z.number(),
  sizeBytes: z.number(),
  originals: z.boolean(),
  /** The person at the system. */
  operator: z.string(),
});
export type MadeNote = z.infer<typeof MadeNote>;

/** Where the data folder cannot be written to by whoever makes the backup there is no word of it, and the backup is as good. */
export function leaveMadeNote(dataFolder: string, note: MadeNote): void {
  const path = join(dataFolder, `backup-made.${note.atMs}-${process.pid}.json`);
  try {
    writeFileSync(`${path}.part`, JSON.stringify(note));
    // It may be root who makes the backup, and somebody else as whom the server runs.
    chmodSync(`${path}.part`, 0o644);
    renameSync(`${path}.part`, path);
  } catch {
    rmSync(`${path}.part`, { force: true });
  }
}

/** What has been left, oldest first, with the name of its file; null is what cannot be understood. */
export function readMadeNotes(dataFolder: string): { name: string; note: MadeNote | null }[] {
  return readdirSync(dataFolder)
    .filter((name) => NOTE.test(name))
    .sort()
    .map((name) => ({ name, note: readNote(join(dataFolder, name)) }));
}

export function dropMadeNote(dataFolder: string, name: string): void {
  rmSync(join(dataFolder, name), { force: true });
}

function readNote(path: string): MadeNote | null {
  try {
    return MadeNote.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
