import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DAY_MS } from '../../core/time.ts';

/** What a version has unpacked goes once nothing has used it for so long; a running one says every day that it does. */
const UNUSED_AFTER_MS = 30 * DAY_MS;

/** As `natives.json` names them: 16 digits of a hash. Whatever else is in the folder is not ours. */
const VERSION_FOLDER = /^[0-9a-f]{16}$/;
/** One that is being removed, or was when the process was killed. */
const SWEPT_FOLDER = /^[0-9a-f]{16}\.[0-9a-f]{8}\.swept$/;

/** Says that a folder is in use, by its date. Nothing happens where that cannot be written. */
export function markUsed(folder: string, nowMs: number): void {
  try {
    utimesSync(folder, nowMs / 1000, nowMs / 1000);
  } catch {
    // Read-only: nobody of this user will sweep it either.
  }
}

/**
 * Removes what other versions have unpacked beside `own` and not used since, and returns the names of those folders. Each is renamed
 * first, and looked at again: where its version has been started in between, it gets its folder back.
 */
export function sweepOldVersions(own: string, nowMs: number): string[] {
  const base = dirname(own);
  const isOld = (path: string) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isDirectory() === true && nowMs - stats.mtimeMs > UNUSED_AFTER_MS;
  };
  const swept: string[] = [];
  for (const name of readdirSync(base)) {
    const path = join(base, name);
    if (SWEPT_FOLDER.test(name)) rmSync(path, { recursive: true, force: true });
    if (!VERSION_FOLDER.test(name) || name === basename(own) || !isOld(path)) continue;
    const aside = `${path}.${randomBytes(4).toString('hex')}.swept`;
    try {
      renameSync(path, aside);
      // A rename leaves the date of the folder itself alone.
      if (!isOld(aside) && !existsSync(path)) renameSync(aside, path);
      else {
        rmSync(aside, { recursive: true, force: true });
        swept.push(name);
      }
    } catch {
      // Windows keeps what is in use, and another process may have been quicker.
    }
  }
  return swept;
}
