import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { ImportBody, ImportList, ImportReply } from './api.ts';
import { getImport, listImports } from './queries.ts';
import { retryImport, startImport } from './service.ts';

export function importRoutes(app: App) {
  return new Hono<HttpEnv>()
    .post(
      '/api/videos/import',
      access('signedIn', {
        summary: 'Fetch a file by its link',
        description:
          'For whoever may upload. Delete the video to cancel. Where it leads is looked at when it is fetched: what is wrong with it is found in `import.note`.',
        returns: { 202: ImportReply },
      }),
      valid('json', ImportBody),
      (c) => c.json(getImport(app, c.var.viewer, startImport(app, c.var.viewer, c.req.valid('json'))), 202),
    )
    .get(
      '/api/imports',
      access('signedIn', {
        summary: "The viewer's links that have not been fetched yet, newest first",
        returns: { 200: ImportList },
      }),
      (c) => c.json({ items: listImports(app, c.var.viewer) }, 200),
    )
    .get(
      '/api/videos/:id/import',
      access('signedIn', { summary: 'How far the fetching of a link is', returns: { 200: ImportReply } }),
      valid('param', IdParam),
      (c) => c.json(getImport(app, c.var.viewer, c.req.valid('param').id), 200),
    )
    .post(
      '/api/videos/:id/import/retry',
      access('signedIn', {
        summary: 'Try a link again, with what has arrived so far',
        returns: { 202: ImportReply },
      }),
      valid('param', IdParam),
      (c) => {
        const { id } = c.req.valid('param');
        retryImport(app, c.var.viewer, actorOf(c, app), id);
        return c.json(getImport(app, c.var.viewer, id), 202);
      },
    );
}
