import type { z } from 'zod';
import type { BackupJobReply, BackupList } from '../../../src/features/backups/api.ts';
import { serverUrl } from '../base.ts';
import { request } from './client.ts';

export const listBackups = () => request<z.infer<typeof BackupList>>('/api/backups');
export const makeBackup = (originals: boolean) =>
  request<z.infer<typeof BackupJobReply>>('/api/backups', { method: 'POST', body: { originals } });
export const removeBackup = (name: string) => request<void>(`/api/backups/${name}`, { method: 'DELETE' });
/** Where the browser fetches one, with the session's cookie. */
export const backupUrl = (name: string) => serverUrl(`api/backups/${name}/file`);
