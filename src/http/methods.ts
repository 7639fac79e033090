import type { Context, Hono } from 'hono';
import { findTargetHandler } from 'hono/utils/handler';
import { defineProblem, notFound, type Problem } from '../core/problem.ts';
import { permissionOf } from './access.ts';
import type { HttpEnv } from './env.ts';
import { isPage } from './web.ts';

const methodNotAllowed = defineProblem('method-not-allowed', 405);

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Answers what no route took: 405 with `Allow` where only the method is wrong (RFC 9110 section 15.5.6), 204 with it for OPTIONS, else 404.
 * No answer lets other websites in: a preflight (CORS) finds no permission here.
 */
export function answerUnrouted(routes: Hono<HttpEnv>, c: Context<HttpEnv>): Response | Problem {
  const allowed = methodsAt(routes, c.req.path);
  if (allowed.length === 0) return notFound('There is nothing at this address.');
  const headers = { Allow: allowed.join(', ') };
  if (c.req.method === 'OPTIONS') return c.body(null, 204, headers);
  return methodNotAllowed(`This address takes ${headers.Allow}, and not ${c.req.method}.`, { headers });
}

function methodsAt(routes: Hono<HttpEnv>, path: string): string[] {
  const taken = METHODS.filter((method) =>
    routes.router.match(method, path)[0].some(([[handler, route]]) => {
      // The web interface answers every GET, also to say that there is nothing.
      const isThere = route.path !== '/*' || isPage(path);
      return isThere && permissionOf(findTargetHandler(handler)) !== null;
    }),
  );
  return taken
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method))
    .concat(taken.length > 0 ? 'OPTIONS' : []);
}
