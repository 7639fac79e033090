import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Histogram } from 'prom-client';
import { basePathOf } from '../platform/config/base-path.ts';
import { registryOf } from '../platform/metrics.ts';
import type { App } from '../ports.ts';
import type { HttpEnv } from './env.ts';
import { nodeOf } from './node-answer.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * Counts every request and how long its answer took to be ready (for files that we send ourselves: to be sent). Labels are route
 * patterns and never paths, so that there are as many series as there are routes.
 */
export function countRequests(app: App): MiddlewareHandler<HttpEnv> {
  const duration = new Histogram({
    name: 'kinora_http_request_duration_seconds',
    help: 'Requests by route, method and status, and how long they took.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers: [registryOf(app)],
  });
  const base = basePathOf(app.config);
  return async (c, next) => {
    const startedMs = performance.now();
    await next();
    const method = METHODS.has(c.req.method) ? c.req.method : 'OTHER';
    const seconds = (performance.now() - startedMs) / 1000;
    duration.observe({ method, route: routeName(routePath(c), base), status: statusOf(c) }, seconds);
  };
}

/** What was written past Hono (`sendFile`) left it with a status that nobody got. */
function statusOf(c: Context): number {
  const outgoing = nodeOf(c)?.outgoing;
  return outgoing?.headersSent ? outgoing.statusCode : c.res.status;
}

/** `/media/:video/:segment{[^/]+\.m4s}` is `/media/:video/:segment`; a sub-path that all addresses have is left away. */
export function routeName(pattern: string, base: string): string {
  const path = base !== '' && pattern.startsWith(`${base}/`) ? pattern.slice(base.length) : pattern;
  return path.replace(/(:\w+)\{(?:[^{}]|\{[^{}]*\})*\}/g, '$1');
}
