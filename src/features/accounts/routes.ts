import { type Context, Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { clearSessionCookie, clientAddress, setSessionCookie } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { LoginBody, MeWire, RegisterBody, SessionWire } from './api.ts';
import { createAttempts } from './attempts.ts';
import { userWire } from './queries.ts';
import { register, type SignedIn, signIn } from './service.ts';
import { closeSession } from './sessions.service.ts';

export function accountRoutes(app: App) {
  const attempts = createAttempts(app.clock);
  const signedIn = (c: Context<HttpEnv>, { user, token }: SignedIn) => {
    setSessionCookie(c, app, token);
    return { user: userWire(app, user), token };
  };
  return new Hono<HttpEnv>()
    .post(
      '/api/auth/register',
      access('anyone', { summary: 'Sign up', returns: { 201: SessionWire } }),
      valid('json', RegisterBody),
      async (c) =>
        c.json(signedIn(c, await register(app, c.req.valid('json'), c.req.header('user-agent') ?? null)), 201),
    )
    .post(
      '/api/auth/login',
      access('anyone', { summary: 'Sign in', returns: { 200: SessionWire } }),
      valid('json', LoginBody),
      async (c) => {
        const from = { address: clientAddress(c, app), userAgent: c.req.header('user-agent') ?? null };
        return c.json(signedIn(c, await signIn(app, attempts, c.req.valid('json'), from)), 200);
      },
    )
    .post('/api/auth/logout', access('anyone', { summary: 'Sign out', returns: { 204: null } }), (c) => {
      const { sessionHash } = c.var.viewer;
      if (sessionHash) closeSession(app, sessionHash);
      clearSessionCookie(c, app);
      return c.body(null, 204);
    })
    .get('/api/me', access('signedIn', { summary: 'Who am I', returns: { 200: MeWire } }), (c) =>
      c.json({ user: userWire(app, c.var.viewer.user!) }, 200),
    );
}
