import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import { outsideUrl } from '../../platform/config/base-path.ts';
import type { App } from '../../ports.ts';
import { InvitePage, ListInvitesQuery, MadeInvite, MakeInviteBody } from './invites.api.ts';
import { listInvites, makeInvite, revokeInvite } from './invites.service.ts';
import { ListRegistrationsQuery, RegistrationPage } from './registrations.api.ts';
import { listRegistrations } from './registrations.queries.ts';
import { approveRegistration, declineRegistration } from './registrations.service.ts';
import { AccountReply } from './users.api.ts';
import { accountWire } from './users.queries.ts';

/** Who may come in, for admins: invites, and those who wait. */
export function inviteRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/invites',
      access('admin', { summary: 'List invites, the newest first', returns: { 200: InvitePage } }),
      valid('query', ListInvitesQuery),
      (c) => c.json(listInvites(app, c.req.valid('query')), 200),
    )
    .post(
      '/api/invites',
      access('admin', { summary: 'Make a link by which people register', returns: { 201: MadeInvite } }),
      valid('json', MakeInviteBody),
      (c) => {
        const { invite, token } = makeInvite(app, actorOf(c, app), c.req.valid('json'));
        return c.json({ invite, link: outsideUrl(app.config, `/register?invite=${token}`) }, 201);
      },
    )
    .delete(
      '/api/invites/:id',
      access('admin', { summary: 'Revoke an invite', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        revokeInvite(app, actorOf(c, app), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .get(
      '/api/registrations',
      access('admin', { summary: 'List who waits for an account', returns: { 200: RegistrationPage } }),
      valid('query', ListRegistrationsQuery),
      (c) => c.json(listRegistrations(app.db.orm, c.req.valid('query')), 200),
    )
    .post(
      '/api/registrations/:id/approve',
      access('admin', { summary: 'Say yes: make the account', returns: { 200: AccountReply } }),
      valid('param', IdParam),
      (c) => {
        const id = approveRegistration(app, actorOf(c, app), c.req.valid('param').id);
        return c.json({ account: accountWire(app, id) }, 200);
      },
    )
    .post(
      '/api/registrations/:id/decline',
      access('admin', { summary: 'Say no: the name is free again', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        declineRegistration(app, actorOf(c, app), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
