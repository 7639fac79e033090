import { Hono } from 'hono';
import { z } from 'zod';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { setSessionCookie, sureAddress } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { VERSION } from '../../version.ts';
import { SessionWire, SetupBody } from '../accounts/api.ts';
import { hasAdmin, userWire } from '../accounts/queries.ts';
import { DiskWire, InstanceWire } from './api.ts';
import { readDisk } from './disk.service.ts';
import { renderMetrics } from './metrics.ts';
import { checkMetricsAccess } from './metrics-access.ts';
import { setUp } from './setup.ts';

const HealthWire = z.object({ status: z.literal('ok') });

export function instanceRoutes(app: App) {
  const instance = (): InstanceWire => ({
    name: app.config.instance.name,
    version: VERSION,
    needsSetup: !hasAdmin(app.db.orm),
    registration: app.config.accounts.registration,
    membersMayUpload: app.config.accounts.membersMayUpload,
    maxUploadBytes: Math.floor(app.config.uploads.maxSizeGb * 1e9),
    importsEnabled: app.config.imports.enabled,
    accentColor: app.config.instance.accentColor,
  });
  return new Hono<HttpEnv>()
    .get('/api/instance', access('anyone', { summary: 'About this instance', returns: { 200: InstanceWire } }), (c) =>
      c.json(instance(), 200),
    )
    .post(
      '/api/setup',
      access('anyone', {
        summary: 'Make the first admin, once, with the link from the console',
        returns: { 201: SessionWire },
      }),
      valid('json', SetupBody),
      async (c) => {
        const { user, token } = await setUp(app, c.req.valid('json'), c.req.header('user-agent') ?? null);
        setSessionCookie(c, app, token);
        return c.json({ user: userWire(app, user), token }, 201);
      },
    )
    .get(
      '/api/instance/disk',
      access('admin', { summary: 'How full the disk is', returns: { 200: DiskWire } }),
      async (c) => c.json(await readDisk(app), 200),
    )
    .get('/healthz', access('anyone', { summary: 'The process lives', returns: { 200: HealthWire } }), (c) =>
      c.json({ status: 'ok' as const }, 200),
    )
    .get('/readyz', access('anyone', { summary: 'It can serve', returns: { 200: HealthWire } }), (c) => {
      app.db.raw.prepare('select 1').get();
      return c.json({ status: 'ok' as const }, 200);
    })
    .get(
      '/metrics',
      access('anyone', {
        summary: 'Numbers for Prometheus',
        description: 'For the addresses of `metrics.networks`, and for whoever sends `metrics.token`.',
        returns: { 200: 'text/plain' },
      }),
      async (c) => {
        checkMetricsAccess(app.config.metrics, sureAddress(c, app), c.req.header('authorization'));
        const { contentType, text } = await renderMetrics(app);
        return c.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
      },
    );
}
