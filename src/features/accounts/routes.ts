import { type Context, Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { clearSessionCookie, clientAddress, setSessionCookie } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { LoginBody, SessionWire, SignUpBody, WaitingWire } from './api.ts';
import { createAttempts } from './attempts.ts';
import { InviteHolds, TokenBody } from './invites.api.ts';
import { getInvite } from './invites.service.ts';
import { ResetBody, ResetHolds } from './me.api.ts';
import { userWire } from './queries.ts';
import { getReset, resetPassword } from './resets.service.ts';
import { register, type SignedIn, signIn } from './service.ts';
import { closeSession } from './sessions.service.ts';

export function accountRoutes(app: App) {
  const attempts = createAttempts(app.clock);
  const registrations = createAttempts(app.clock, 'attempts to register');
  const fromOf = (c: Context<HttpEnv>) => ({
    address: clientAddress(c, app),
    userAgent: c.req.header('user-agent') ?? null,
  });
  const signedIn = (c: Context<HttpEnv>, { user, token }: SignedIn) => {
    setSessionCookie(c, app, token);
    return { user: userWire(app, user), token };
  };
  return new Hono<HttpEnv>()
    .post(
      '/api/auth/register',
      access('anyone', {
        summary: 'Sign up',
        description:
          'With an invite where `accounts.registration` is "invite"; where it is "approval", an admin decides.',
        returns: { 201: SessionWire, 202: WaitingWire },
      }),
      valid('json', SignUpBody),
      async (c) => {
        const body = c.req.valid('json');
        const made = await register(app, registrations, body, fromOf(c));
        if (made === null) return c.json({ waiting: true as const, username: body.username }, 202);
        return c.json(signedIn(c, made), 201);
      },
    )
    .post(
      '/api/auth/invite',
      access('anyone', { summary: 'Whether an invite link holds', returns: { 200: InviteHolds } }),
      valid('json', TokenBody),
      (c) => c.json({ expiresAtMs: getInvite(app, c.req.valid('json').token).expiresAtMs }, 200),
    )
    .post(
      '/api/auth/reset/check',
      access('anyone', { summary: 'Whose password a link resets, and until when', returns: { 200: ResetHolds } }),
      valid('json', TokenBody),
      (c) => {
        const { account, expiresAtMs } = getReset(app, c.req.valid('json').token);
        return c.json({ username: account.username, expiresAtMs }, 200);
      },
    )
    .post(
      '/api/auth/reset',
      access('anyone', { summary: 'Choose a new password by a link, once', returns: { 200: SessionWire } }),
      valid('json', ResetBody),
      async (c) => {
        const from = fromOf(c);
        // Each right one costs a hash.
        registrations.check(from);
        registrations.failed(from);
        return c.json(signedIn(c, await resetPassword(app, c.req.valid('json'), from)), 200);
      },
    )
    .post(
      '/api/auth/login',
      access('anyone', { summary: 'Sign in', returns: { 200: SessionWire } }),
      valid('json', LoginBody),
      async (c) => c.json(signedIn(c, await signIn(app, attempts, c.req.valid('json'), fromOf(c))), 200),
    )
    .post('/api/auth/logout', access('anyone', { summary: 'Sign out', returns: { 204: null } }), (c) => {
      const { sessionHash } = c.var.viewer;
      if (sessionHash) closeSession(app, sessionHash);
      clearSessionCookie(c, app);
      return c.body(null, 204);
    });
}
