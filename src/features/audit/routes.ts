import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import type { App } from '../../ports.ts';
import { ActPage, ListActsQuery } from './api.ts';
import { listActs } from './queries.ts';

export function auditRoutes(app: App) {
  return new Hono<HttpEnv>().get(
    '/api/audit',
    access('admin', { summary: 'What admins did, newest first', returns: { 200: ActPage } }),
    valid('query', ListActsQuery),
    (c) => c.json(listActs(app, c.req.valid('query')), 200),
  );
}
