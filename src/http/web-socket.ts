import type { MiddlewareHandler } from 'hono';
import { defineProblem, notAllowed } from '../core/problem.ts';
import type { App } from '../ports.ts';
import type { HttpEnv } from './env.ts';
import { isCrossSite } from './same-origin.ts';

const upgradeRequired = defineProblem('upgrade-required', 426);

/** Refuses requests at the address of a WebSocket that do not ask for one (RFC 9110 section 15.5.22). */
export const socketsOnly: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    throw upgradeRequired('This address is for WebSockets. Behind a proxy, let it pass on the header "Upgrade".', {
      headers: { Upgrade: 'websocket', Connection: 'Upgrade, close' },
    });
  }
  await next();
};

/** The same, and only for our own pages: browsers open sockets for any website, cookies included. */
export function ownSocketsOnly(app: App): MiddlewareHandler<HttpEnv> {
  return (c, next) => {
    if (isCrossSite(c, app)) throw notAllowed('This connection came from another website and was refused.');
    return socketsOnly(c, next);
  };
}
