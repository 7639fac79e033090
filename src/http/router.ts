import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { notFound } from '../core/problem.ts';
import { ANONYMOUS } from '../features/accounts/viewer.ts';
import { basePathOf } from '../platform/config/base-path.ts';
import type { App } from '../ports.ts';
import { docsRoutes } from './docs.ts';
import type { HttpEnv } from './env.ts';
import { assertEveryRouteDeclares, type OpenApiDocument, openApiDocument } from './openapi.ts';
import { answerProblem } from './problems.ts';
import { sameOriginOnly } from './same-origin.ts';
import { findViewer } from './viewer.ts';
import { webRoutes } from './web.ts';

/** Everything that answers HTTP, in order: who asks, whether they may, the API, and the web UI for all the rest. */
export function createRouter(app: App, api: Hono<HttpEnv>, webFolder: string): Hono<HttpEnv> {
  let document: Promise<OpenApiDocument> | null = null;
  const router = new Hono<HttpEnv>();
  router.onError((error, c) => answerProblem(error, c, app.log));
  router.notFound((c) => answerProblem(notFound('There is nothing at this address.'), c, app.log));
  router.use(async (c, next) => {
    c.set('requestId', randomBytes(6).toString('hex'));
    c.set('viewer', ANONYMOUS);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'same-origin');
    await next();
  });
  router.use('/api/*', sameOriginOnly());
  for (const path of ['/api/*', '/ws/*']) router.use(path, findViewer(app));
  router.use('/api/*', async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  router.route(
    '/',
    docsRoutes(() => (document ??= openApiDocument(api))),
  );
  router.route('/', api);
  router.route('/', webRoutes({ folder: webFolder, basePath: basePathOf(app.config) }));
  assertEveryRouteDeclares(router);
  const base = basePathOf(app.config);
  return base ? new Hono<HttpEnv>().route('/', router).route(base, router) : router;
}
