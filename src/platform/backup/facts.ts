import { closeSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { FACTS } from './contents.ts';

/** What a backup says of itself, in `backup.json`. */
export const BackupFacts = z.object({
  format: z.literal(1),
  /** The version of Kinora that wrote it. */
  version: z.string(),
  createdAtMs: z.number(),
  /** Whether uploaded originals are in it. */
  originals: z.boolean(),
});
export type BackupFacts = z.infer<typeof BackupFacts>;

/** Of a tar file: a header, then the bytes it speaks of (POSIX ustar). */
const BLOCK = 512;
const LONGEST = 16 * 1024;

/**
 * Reads what a finished backup says of itself from its first entry, and nothing behind it: a list of backups is no reason to read
 * terabytes. Null where the file does not begin like a backup.
 */
export function readBackupFacts(path: string): BackupFacts | null {
  const head = Buffer.alloc(BLOCK + LONGEST);
  const fd = openSync(path, 'r');
  try {
    const length = readSync(fd, head, 0, head.length, 0);
    const name = head.toString('utf8', 0, 100).replace(/\0.*$/s, '');
    const sizeBytes = Number.parseInt(head.toString('ascii', 124, 136), 8);
    if (name !== FACTS || !(sizeBytes <= length - BLOCK)) return null;
    return BackupFacts.parse(JSON.parse(head.toString('utf8', BLOCK, BLOCK + sizeBytes)));
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}
