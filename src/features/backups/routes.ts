import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { sendFile } from '../../http/file.ts';
import { valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { BackupJobReply, BackupList, BackupParam, MakeBackupBody } from './api.ts';
import { backupNotFound } from './problems.ts';
import { readBackups } from './queries.ts';
import { getBackup, noteDownload, removeBackup, requestBackup } from './service.ts';

export function backupRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/backups',
      access('admin', {
        summary: 'Backups: what there is, what is under way, when the next is',
        returns: { 200: BackupList },
      }),
      (c) => c.json(readBackups(app), 200),
    )
    .post(
      '/api/backups',
      access('admin', {
        summary: 'Make a backup now',
        description: 'It is a job: its progress is told over the WebSocket. One that is under way is not begun twice.',
        returns: { 202: BackupJobReply },
      }),
      valid('json', MakeBackupBody),
      (c) => c.json({ job: requestBackup(app, actorOf(c, app), c.req.valid('json').originals) }, 202),
    )
    .get(
      '/api/backups/:name/file',
      access('admin', {
        summary: 'Download a backup',
        description: 'A tar file, by ranges where they are asked for, so that it can be gone on with.',
        returns: { 200: 'application/x-tar', 206: 'application/x-tar' },
      }),
      valid('param', BackupParam),
      async (c) => {
        const { name, path, modifiedAtMs, sizeBytes } = getBackup(app, c.req.valid('param').name);
        if (c.req.method === 'GET') noteDownload(app, actorOf(c, app), name);
        const etag = `"${modifiedAtMs.toString(36)}-${sizeBytes.toString(36)}"`;
        const options = { contentType: 'application/x-tar', cache: 'private, no-store', filename: name, etag };
        const answer = await sendFile(c, path, options);
        if (!answer) throw backupNotFound('There is no such backup: it may have made room for a newer one.');
        return answer;
      },
    )
    .delete(
      '/api/backups/:name',
      access('admin', { summary: 'Delete a backup for good', returns: { 204: null } }),
      valid('param', BackupParam),
      async (c) => {
        await removeBackup(app, actorOf(c, app), c.req.valid('param').name);
        return c.body(null, 204);
      },
    );
}
