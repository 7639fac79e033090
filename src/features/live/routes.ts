import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { ownSocketsOnly } from '../../http/web-socket.ts';
import type { App } from '../../ports.ts';
import { UPLOADS_TOPIC } from './relay.ts';

/** A socket that has more than this waiting is not reading: it is closed, and comes back when it can. */
const MAX_WAITING_BYTES = 1024 * 1024;

export function liveRoutes(app: App) {
  const path = '/ws/uploads/';
  return new Hono<HttpEnv>().get(
    path,
    access('signedIn', { summary: 'WebSocket: uploads, encoding and jobs as they happen', returns: { 101: null } }),
    ownSocketsOnly(app),
    upgradeWebSocket((c) => {
      const { user: found, sessionHash } = c.var.viewer;
      const user = found!;
      let leave = () => {};
      return {
        onOpen(_event, socket) {
          leave = app.live.join({
            topic: UPLOADS_TOPIC,
            userId: user.id,
            sessionHash,
            isAdmin: user.role === 'admin',
            send(text) {
              const waiting = (socket.raw as { bufferedAmount?: number } | undefined)?.bufferedAmount ?? 0;
              if (waiting > MAX_WAITING_BYTES) socket.close(1013, 'Too slow; come back.');
              else socket.send(text);
            },
            close: (code, reason) => socket.close(code, reason),
          });
        },
        onClose: () => leave(),
        onError: () => leave(),
      };
    }),
  );
}
