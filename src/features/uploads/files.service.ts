import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import { DAY_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';

/** The bytes of unfinished uploads: one file each in the data folder's `uploads/`, named by the video's id. */
export interface UploadFiles {
  store: FileStore;
  create(id: string, sizeBytes: number): Promise<void>;
  /** How many bytes have been acknowledged; null where there is no such upload (any more). */
  receivedBytes(id: string): Promise<number | null>;
  pathOf(id: string): string;
  /** Removes what is left of an upload. */
  forget(id: string): Promise<void>;
  /** Ids of all uploads with files here. */
  list(): Promise<string[]>;
}

export function createUploadFiles(app: App): UploadFiles {
  const directory = app.dataDir.uploadsPath;
  const store = new FileStore({ directory });
  // Asked each time: it may change while the server runs.
  store.getExpiration = () => app.config.uploads.expireDays * DAY_MS;
  const pathOf = (id: string) => join(directory, id);
  return {
    store,
    pathOf,
    async create(id, sizeBytes) {
      await store.create(
        new Upload({ id, size: sizeBytes, offset: 0, creation_date: new Date(app.clock.nowMs()).toISOString() }),
      );
    },
    async receivedBytes(id) {
      try {
        return (await stat(pathOf(id))).size;
      } catch {
        return null;
      }
    },
    async forget(id) {
      await unlink(pathOf(id)).catch(() => {});
      await unlink(`${pathOf(id)}.json`).catch(() => {});
    },
    async list() {
      const names = await readdir(directory);
      return [...new Set(names.map((name) => name.replace(/\.(json|part)$/, '')))];
    },
  };
}
