import type { MiddlewareHandler } from 'hono';
import { notAllowed } from '../core/problem.ts';
import type { HttpEnv } from './env.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change something and come from another site: by `Sec-Fetch-Site` where the browser sends it, else
 * by `Origin` against the host asked for. Clients that are no browsers send neither and carry a bearer token.
 */
export function sameOriginOnly(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (!SAFE.has(c.req.method) && isCrossSite((name) => c.req.header(name))) {
      throw notAllowed('This request came from another website and was refused.');
    }
    await next();
  };
}

/** Also asked for WebSockets, which send `Origin` whatever the method. */
export function isCrossSite(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') return true;
  const origin = header('origin');
  if (origin === undefined || site === 'same-origin') return false;
  try {
    const host = header('x-forwarded-host') ?? header('host');
    return new URL(origin).host !== host;
  } catch {
    // "null" comes from sandboxed frames and redirects: no site of ours.
    return true;
  }
}
