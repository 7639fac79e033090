import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../ports.ts';

/** One backup in the folder that scheduled ones go to. */
export interface BackupFile {
  name: string;
  path: string;
  /** When it was begun, as its name says: `kinora-20261123T033000Z.tar`. */
  takenAtMs: number;
  sizeBytes: number;
}

type Ports = Pick<App, 'config' | 'dataDir'>;

const NAME = /^kinora-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar$/;

/** Where scheduled backups go. */
export function backupFolder({ config, dataDir }: Ports): string {
  return config.backup.folder || join(dataDir.path, 'backups');
}

/** The backups in that folder, newest first. Files of other names are somebody else's. */
export function listBackups(app: Ports): BackupFile[] {
  const folder = backupFolder(app);
  return namesIn(folder)
    .flatMap((name): BackupFile[] => {
      const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
      if (year === undefined) return [];
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      const takenAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      return found?.isFile() ? [{ name, path, takenAtMs, sizeBytes: found.size }] : [];
    })
    .sort((a, b) => b.takenAtMs - a.takenAtMs);
}

/** Deletes all but the newest `backup.keep`; returns the names of those that went. */
export async function dropOldBackups(app: Ports): Promise<string[]> {
  const old = listBackups(app).slice(app.config.backup.keep);
  for (const { path } of old) await rm(path, { force: true });
  return old.map(({ name }) => name);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Made when the first backup is; a disk that is not there says so when a backup is to be written to it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
