import { isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { DAY_MS, SECOND_MS } from '../core/time.ts';
import { viewerOf } from '../features/accounts/sessions.service.ts';
import type { Actor, Viewer } from '../features/accounts/viewer.ts';
import { basePathOf } from '../platform/config/base-path.ts';
import { isAmong } from '../platform/networks.ts';
import type { App } from '../ports.ts';
import type { HttpEnv } from './env.ts';

const COOKIE = 'kinora_session';

/** In a request's bindings: who asks, where this process itself knows it. A symbol, which no request can carry. */
export const GIVEN_VIEWER = Symbol('the viewer is given');

/** Finds out who asks: `Authorization: Bearer`, else the session cookie. */
export function findViewer(app: App): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const given = (c.env as { [GIVEN_VIEWER]?: Viewer } | undefined)?.[GIVEN_VIEWER];
    if (given) {
      c.set('viewer', given);
      return next();
    }
    const bearer = /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    c.set('viewer', viewerOf(app, bearer ?? getCookie(c, COOKIE)));
    return next();
  };
}

export function setSessionCookie(c: Context, app: App, token: string): void {
  setCookie(c, COOKIE, token, {
    ...cookieOptions(c, app),
    maxAge: (app.config.accounts.sessionDays * DAY_MS) / SECOND_MS,
  });
}

export function clearSessionCookie(c: Context, app: App): void {
  deleteCookie(c, COOKIE, cookieOptions(c, app));
}

function cookieOptions(c: Context, app: App) {
  return { httpOnly: true, sameSite: 'Lax', path: basePathOf(app.config) || '/', secure: isHttps(c, app) } as const;
}

function isHttps(c: Context, app: App): boolean {
  if (app.config.http.baseUrl.startsWith('https:') || c.req.url.startsWith('https:')) return true;
  // The proxy people talk to comes first, where there are several.
  const proto = isTrustedProxy(c, app) ? c.req.header('x-forwarded-proto')?.split(',')[0] : undefined;
  return proto?.trim().toLowerCase() === 'https';
}

/**
 * The viewer's address: the connection's, unless that is a trusted proxy. Then `X-Forwarded-For` is read from its end, where
 * the nearest proxy wrote, up to the first address that is no trusted proxy: what stands before it anybody may have made up.
 */
export function clientAddress(c: Context, app: App): string {
  return walkBack(c, app).address;
}

/**
 * The viewer's address where it is sure: null for what came through a proxy that is not in `http.trustedProxies`, or that did
 * not say for whom. The address of such a proxy says nothing of who asks.
 */
export function sureAddress(c: Context, app: App): string | null {
  const isForwarded = FORWARDED.some((name) => c.req.header(name) !== undefined);
  if (!isForwarded) return peerAddress(c);
  const { address, hopsBefore } = walkBack(c, app);
  const isProxy = hopsBefore > 0 || address === peerAddress(c) || isAmong(address, app.config.http.trustedProxies);
  return isProxy ? null : address;
}

const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/** How far `X-Forwarded-For` can be believed, and how many entries stand before that. */
function walkBack(c: Context, app: App): { address: string; hopsBefore: number } {
  const header = c.req.header('x-forwarded-for');
  const hops = header === undefined ? [] : header.split(',').map(readHop);
  let address = peerAddress(c);
  while (isAmong(address, app.config.http.trustedProxies)) {
    const before = hops.pop();
    if (!before) break;
    address = before;
  }
  return { address, hopsBefore: hops.length };
}

/** Who asks and from where, for the audit log. */
export function actorOf(c: Context<HttpEnv>, app: App): Actor {
  return { user: c.var.viewer.user, address: clientAddress(c, app) };
}

/** Whether the request came from a proxy of `http.trustedProxies`. */
export function isTrustedProxy(c: Context, { config }: App): boolean {
  return isAmong(peerAddress(c), config.http.trustedProxies);
}

/** One entry of `X-Forwarded-For`, without the port some proxies add; null for what is no address. */
function readHop(text: string): string | null {
  const entry = text.trim();
  const bare = /^\[([^\]]+)\](:\d+)?$/.exec(entry)?.[1] ?? entry.replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) ? plainAddress(bare) : null;
}

function peerAddress(c: Context): string {
  try {
    return plainAddress(getConnInfo(c).remote.address ?? 'unknown');
  } catch {
    // Requests that did not come over a socket: tests that call the app directly.
    return 'unknown';
  }
}

/** IPv4 over an IPv6 socket comes as ::ffff:1.2.3.4. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
