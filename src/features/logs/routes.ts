import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { ownSocketsOnly } from '../../http/web-socket.ts';
import type { App } from '../../ports.ts';
import { ListLogQuery, LogPage } from './api.ts';
import { listLog, logLineWire } from './queries.ts';

/** Whoever does not read as fast as lines come misses some: the list has them. */
const MAX_WAITING_BYTES = 256 * 1024;

export function logRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/logs',
      access('admin', { summary: 'Search the log, newest first', returns: { 200: LogPage } }),
      valid('query', ListLogQuery),
      (c) => c.json(listLog(app, c.req.valid('query')), 200),
    )
    .get(
      '/ws/logs/',
      access('admin', { summary: 'WebSocket: lines of the log as they are written', returns: { 101: null } }),
      ownSocketsOnly(app),
      upgradeWebSocket((c) => {
        const { user, sessionHash } = c.var.viewer;
        const ends: (() => void)[] = [];
        const end = () => ends.splice(0).forEach((one) => void one());
        return {
          onOpen(_event, socket) {
            const raw = socket.raw as { bufferedAmount?: number } | undefined;
            ends.push(
              app.logBook.follow((line) => {
                if ((raw?.bufferedAmount ?? 0) < MAX_WAITING_BYTES) socket.send(JSON.stringify(logLineWire(line)));
              }),
              // So that the hub says goodbye to it when the server stops.
              app.live.join({
                topic: 'logs',
                userId: user!.id,
                sessionHash,
                isAdmin: true,
                send: () => {},
                close: (code, reason) => socket.close(code, reason),
              }),
            );
          },
          onClose: end,
          onError: end,
        };
      }),
    );
}
