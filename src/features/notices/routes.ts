import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import type { App } from '../../ports.ts';
import { NoticeList, NoticePreferencesBody, NoticePreferencesWire } from './api.ts';
import { listNotices, readPreferences } from './queries.ts';
import { choosePreferences } from './service.ts';

export function noticeRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/notices',
      access('admin', { summary: 'What needs an admin, and what did', returns: { 200: NoticeList } }),
      (c) => c.json(listNotices(app), 200),
    )
    .get(
      '/api/notices/preferences',
      access('admin', { summary: 'Whether you are told by mail', returns: { 200: NoticePreferencesWire } }),
      (c) => c.json(readPreferences(app, c.var.viewer.user!), 200),
    )
    .put(
      '/api/notices/preferences',
      access('admin', { summary: 'Choose whether you are told by mail', returns: { 200: NoticePreferencesWire } }),
      valid('json', NoticePreferencesBody),
      (c) => {
        const user = c.var.viewer.user!;
        choosePreferences(app, user.id, c.req.valid('json'));
        return c.json(readPreferences(app, user), 200);
      },
    );
}
