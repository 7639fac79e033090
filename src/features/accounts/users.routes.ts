import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import { outsideUrl } from '../../platform/config/base-path.ts';
import type { App } from '../../ports.ts';
import { makeResetLink } from './resets.service.ts';
import {
  AccountPage,
  AccountReply,
  AddAccountBody,
  EditAccountBody,
  EndedSessions,
  ListAccountsQuery,
  MadeResetLink,
  RemoveAccountQuery,
  ResetLinkBody,
} from './users.api.ts';
import { accountWire, listAccounts } from './users.queries.ts';
import { addAccount, editAccount, endSessions, removeAccount, restoreAccount } from './users.service.ts';

/** Other people's accounts, for admins. */
export function userRoutes(app: App) {
  const reply = (id: string) => ({ account: accountWire(app, id) });
  return new Hono<HttpEnv>()
    .get(
      '/api/users',
      access('admin', { summary: 'List accounts by name', returns: { 200: AccountPage } }),
      valid('query', ListAccountsQuery),
      (c) => c.json(listAccounts(app, c.req.valid('query')), 200),
    )
    .post(
      '/api/users',
      access('admin', { summary: 'Make an account', returns: { 201: AccountReply } }),
      valid('json', AddAccountBody),
      async (c) => c.json(reply(await addAccount(app, actorOf(c, app), c.req.valid('json'))), 201),
    )
    .get(
      '/api/users/:id',
      access('admin', { summary: 'One account', returns: { 200: AccountReply } }),
      valid('param', IdParam),
      (c) => c.json(reply(c.req.valid('param').id), 200),
    )
    .patch(
      '/api/users/:id',
      access('admin', {
        summary: "Change an account's role or password, or let nobody in with it",
        description: 'A new password and being disabled sign it out everywhere.',
        returns: { 200: AccountReply },
      }),
      valid('param', IdParam),
      valid('json', EditAccountBody),
      async (c) => {
        const { id } = c.req.valid('param');
        await editAccount(app, actorOf(c, app), id, c.req.valid('json'));
        return c.json(reply(id), 200);
      },
    )
    .delete(
      '/api/users/:id',
      access('admin', { summary: 'Remove an account; it can be restored', returns: { 204: null } }),
      valid('param', IdParam),
      valid('query', RemoveAccountQuery),
      (c) => {
        removeAccount(app, actorOf(c, app), c.req.valid('param').id, c.req.valid('query'));
        return c.body(null, 204);
      },
    )
    .post(
      '/api/users/:id/restore',
      access('admin', { summary: 'Bring back a removed account', returns: { 200: AccountReply } }),
      valid('param', IdParam),
      (c) => {
        const { id } = c.req.valid('param');
        restoreAccount(app, actorOf(c, app), id);
        return c.json(reply(id), 200);
      },
    )
    .post(
      '/api/users/:id/reset-link',
      access('admin', {
        summary: 'Make a link by which somebody chooses a new password, once',
        description: 'A link that was made before is void then.',
        returns: { 201: MadeResetLink },
      }),
      valid('param', IdParam),
      valid('json', ResetLinkBody),
      (c) => {
        const { hours } = c.req.valid('json');
        const { token, expiresAtMs } = makeResetLink(app, actorOf(c, app), c.req.valid('param').id, hours);
        return c.json({ link: outsideUrl(app.config, `/reset/${token}`), expiresAtMs }, 201);
      },
    )
    .delete(
      '/api/users/:id/sessions',
      access('admin', { summary: 'Sign an account out everywhere', returns: { 200: EndedSessions } }),
      valid('param', IdParam),
      (c) => c.json({ ended: endSessions(app, actorOf(c, app), c.req.valid('param').id) }, 200),
    );
}
