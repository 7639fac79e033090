import { upgradeWebSocket } from '@hono/node-server';
import type { Context } from 'hono';
import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { clientAddress, isTrustedProxy } from '../../http/viewer.ts';
import { socketsOnly } from '../../http/web-socket.ts';
import type { App } from '../../ports.ts';
import type { ArrivalWire } from './api.ts';

/** Tells whoever connects how their own request arrived, and hangs up: what `kinora doctor` asks through the proxy. */
export function arrivalRoutes(app: App) {
  return new Hono<HttpEnv>().get(
    '/ws/arrival/',
    access('anyone', { summary: 'WebSocket: how this connection arrived, once', returns: { 101: null } }),
    socketsOnly,
    upgradeWebSocket((c) => ({
      onOpen(_event, socket) {
        socket.send(JSON.stringify(arrivalOf(c, app)));
        socket.close(1000);
      },
    })),
  );
}

function arrivalOf(c: Context, app: App): ArrivalWire {
  return {
    host: c.req.header('host') ?? '',
    address: clientAddress(c, app),
    trusted: isTrustedProxy(c, app),
    forwardedFor: c.req.header('x-forwarded-for') !== undefined,
    forwardedProto: c.req.header('x-forwarded-proto') ?? null,
    forwardedHost: c.req.header('x-forwarded-host') ?? null,
  };
}
