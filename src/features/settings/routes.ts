import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { ChangeSettingsBody, SettingsWire } from './api.ts';
import { listSettings } from './queries.ts';
import { changeSettings } from './service.ts';

export function settingRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/settings',
      access('admin', { summary: 'Every setting, and where its value comes from', returns: { 200: SettingsWire } }),
      (c) => c.json(listSettings(app), 200),
    )
    .patch(
      '/api/settings',
      access('admin', { summary: 'Choose settings; null takes a default again', returns: { 200: SettingsWire } }),
      valid('json', ChangeSettingsBody),
      (c) => {
        changeSettings(app, actorOf(c, app), c.req.valid('json').changes);
        return c.json(listSettings(app), 200);
      },
    );
}
