import { readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../../ports.ts';
import { BACKUP_NAME } from './api.ts';

/** One backup in the folder that scheduled ones go to. */
export interface BackupFile {
  name: string;
  path: string;
  /** When it was begun, as its name says: `kinora-20261123T033000Z.tar`. */
  takenAtMs: number;
  modifiedAtMs: number;
  sizeBytes: number;
}

export type BackupPorts = Pick<App, 'config'> & { dataDir: Pick<App['dataDir'], 'path'> };

/** Where scheduled backups go. */
export function backupFolder({ config, dataDir }: BackupPorts): string {
  return config.backup.folder || join(dataDir.path, 'backups');
}

/** The backups in that folder, newest first. Files of other names are somebody else's. */
export function listBackups(app: BackupPorts): BackupFile[] {
  return namesIn(backupFolder(app))
    .flatMap((name) => findBackup(app, name) ?? [])
    .sort((a, b) => b.takenAtMs - a.takenAtMs);
}

/** One of them by its name; null where there is none, or where such a name leads elsewhere. */
export function findBackup(app: BackupPorts, name: string): BackupFile | null {
  const [, year, month, day, hour, minute, second] = BACKUP_NAME.exec(name) ?? [];
  if (year === undefined) return null;
  const path = join(backupFolder(app), name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return null;
  const takenAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return { name, path, takenAtMs, modifiedAtMs: Math.floor(found.mtimeMs), sizeBytes: found.size };
}

/** Deletes all but the newest `backup.keep`; returns those that went. */
export async function dropOldBackups(app: BackupPorts): Promise<BackupFile[]> {
  const old = listBackups(app).slice(app.config.backup.keep);
  for (const { path } of old) await rm(path, { force: true });
  return old;
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
