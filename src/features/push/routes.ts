import { type Context, Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import type { App } from '../../ports.ts';
import { PushTestBody, PushTestWire, PushWire, SubscribeBody, SubscriptionReply } from './api.ts';
import { sendTestPush } from './deliver.service.ts';
import { listSubscriptions, ourKeys, subscribe, subscriptionWire, unsubscribe } from './service.ts';

/**
 * One's own browsers. For admins: the server calls the address a browser names, and whoever may name one can have it call
 * any machine it reaches.
 */
export function pushRoutes(app: App) {
  const userId = (c: Context<HttpEnv>) => c.var.viewer.user!.id;
  return new Hono<HttpEnv>()
    .get(
      '/api/push',
      access('admin', { summary: 'What a browser needs to be told by push', returns: { 200: PushWire } }),
      (c) => {
        const subscriptions = listSubscriptions(app, userId(c)).map(subscriptionWire);
        return c.json({ publicKey: ourKeys(app).publicKey, subscriptions }, 200);
      },
    )
    .post(
      '/api/push/subscriptions',
      access('admin', { summary: 'Tell this browser', returns: { 201: SubscriptionReply } }),
      valid('json', SubscribeBody),
      (c) => {
        const site = siteOf(c.req.header('origin') ?? new URL(c.req.url).origin);
        const from = { site, userAgent: c.req.header('user-agent')?.slice(0, 300) ?? null };
        return c.json({ subscription: subscribe(app, userId(c), c.req.valid('json'), from) }, 201);
      },
    )
    .delete(
      '/api/push/subscriptions/:id',
      access('admin', { summary: 'Tell a browser no more', returns: { 204: null } }),
      valid('param', IdParam),
      (c) => {
        unsubscribe(app, userId(c), c.req.valid('param').id);
        return c.body(null, 204);
      },
    )
    .post(
      '/api/push/test',
      access('admin', {
        summary: 'Tell one of your browsers that it is told, and see what its push service says',
        returns: { 200: PushTestWire },
      }),
      valid('json', PushTestBody),
      async (c) => c.json(await sendTestPush(app, userId(c), c.req.valid('json').endpoint), 200),
    );
}

/** RFC 8292 wants https or mailto of a contact; on this machine itself browsers also subscribe without HTTPS. */
const siteOf = (origin: string) => origin.replace(/^http:/, 'https:');
