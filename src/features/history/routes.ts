import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { clientAddress } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { listContinueWatching } from '../videos/queries.ts';
import { ContinueWatchingReply, SaveProgressBody } from './api.ts';
import { removeProgress, saveProgress } from './service.ts';

export function historyRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/history/continue',
      access('anyone', { summary: 'What you began to watch', returns: { 200: ContinueWatchingReply } }),
      (c) => c.json({ items: listContinueWatching(app, c.var.viewer, 24) }, 200),
    )
    .put(
      '/api/videos/:id/progress',
      access('signedIn', { summary: 'Remember how far you watched', returns: { 204: null } }),
      valid('param', IdParam),
      valid('json', SaveProgressBody),
      (c) => {
        const { positionMs } = c.req.valid('json');
        saveProgress(app, c.var.viewer, c.req.valid('param').id, positionMs, clientAddress(c, app));
        return c.body(null, 204);
      },
    )
    .delete(
      '/api/videos/:id/progress',
      access('signedIn', { summary: 'Forget how far you watched', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        removeProgress(app, c.var.viewer, c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
