import { type Context, Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { clientAddress } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { MeWire } from './api.ts';
import { createAttempts } from './attempts.ts';
import { EditMeBody, NewPasswordBody, OwnSessions } from './me.api.ts';
import { changePassword, editMe, endOtherSessions, endOwnSession, listOwnSessions, type Self } from './me.service.ts';
import { userWire } from './queries.ts';
import { EndedSessions } from './users.api.ts';

/** One's own account. */
export function meRoutes(app: App) {
  const attempts = createAttempts(app.clock);
  const self = (c: Context<HttpEnv>): Self => {
    const { user, sessionHash } = c.var.viewer;
    return { user: user!, sessionHash, address: clientAddress(c, app) };
  };
  return new Hono<HttpEnv>()
    .get('/api/me', access('signedIn', { summary: 'Who am I', returns: { 200: MeWire } }), (c) =>
      c.json({ user: userWire(app, c.var.viewer.user!) }, 200),
    )
    .patch(
      '/api/me',
      access('signedIn', { summary: 'Change my username or e-mail address', returns: { 200: MeWire } }),
      valid('json', EditMeBody),
      async (c) => {
        const user = await editMe(app, attempts, self(c), c.req.valid('json'));
        return c.json({ user: userWire(app, user) }, 200);
      },
    )
    .put(
      '/api/me/password',
      access('signedIn', {
        summary: 'Choose a new password',
        description: 'All other sessions end.',
        returns: { 200: EndedSessions },
      }),
      valid('json', NewPasswordBody),
      async (c) => c.json(await changePassword(app, attempts, self(c), c.req.valid('json')), 200),
    )
    .get(
      '/api/me/sessions',
      access('signedIn', { summary: 'Where I am signed in', returns: { 200: OwnSessions } }),
      (c) => c.json({ items: listOwnSessions(app, c.var.viewer) }, 200),
    )
    .delete(
      '/api/me/sessions',
      access('signedIn', { summary: 'Sign all my other devices out', returns: { 200: EndedSessions } }),
      (c) => c.json({ ended: endOtherSessions(app, c.var.viewer) }, 200),
    )
    .delete(
      '/api/me/sessions/:id',
      access('signedIn', { summary: 'Sign one of my devices out', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        endOwnSession(app, c.var.viewer, c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
