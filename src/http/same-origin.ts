import type { Context, MiddlewareHandler } from 'hono';
import { notAllowed } from '../core/problem.ts';
import type { App } from '../ports.ts';
import type { HttpEnv } from './env.ts';
import { isTrustedProxy } from './viewer.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change something and come from another site: by `Sec-Fetch-Site` where the browser sends it, else
 * by `Origin` against the host asked for. Clients that are no browsers send neither and carry a bearer token.
 */
export function sameOriginOnly(app: App): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (!SAFE.has(c.req.method) && isCrossSite(c, app)) {
      throw notAllowed('This request came from another website and was refused.');
    }
    await next();
  };
}

/** Also asked for WebSockets, which send `Origin` whatever the method. */
export function isCrossSite(c: Context, app: App): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') return true;
  const origin = c.req.header('origin');
  if (origin === undefined || site === 'same-origin') return false;
  // "null" comes from sandboxed frames and redirects: no site of ours.
  const host = URL.parse(origin)?.host;
  return host === undefined || !ownHosts(c, app).includes(host);
}

/** What we are called: as asked for, as a trusted proxy was asked for, and as the configuration says. */
function ownHosts(c: Context, app: App): (string | undefined)[] {
  const forwarded = isTrustedProxy(c, app) ? c.req.header('x-forwarded-host')?.split(',')[0]?.trim() : undefined;
  return [c.req.header('host'), forwarded, URL.parse(app.config.http.baseUrl)?.host];
}
