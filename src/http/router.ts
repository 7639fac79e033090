import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { ANONYMOUS } from '../features/accounts/viewer.ts';
import { basePathOf, withoutBasePath } from '../platform/config/base-path.ts';
import { programFiles } from '../platform/installation.ts';
import type { App } from '../ports.ts';
import { access } from './access.ts';
import { docsRoutes } from './docs.ts';
import type { HttpEnv } from './env.ts';
import { answerUnrouted } from './methods.ts';
import { assertEveryRouteDeclares, type OpenApiDocument, openApiDocument } from './openapi.ts';
import { answerProblem } from './problems.ts';
import { countRequests } from './request-metrics.ts';
import { PROTECTIVE_HEADERS } from './safe-headers.ts';
import { sameOriginOnly } from './same-origin.ts';
import { findViewer } from './viewer.ts';
import { webRoutes } from './web.ts';

/** Everything that answers HTTP, in order: who asks, whether they may, the API, and the web UI for all the rest. */
export function createRouter(app: App, api: Hono<HttpEnv>): Hono<HttpEnv> {
  let document: Promise<OpenApiDocument> | null = null;
  const base = basePathOf(app.config);
  // The base path is taken off where a proxy has left it on; both ways of setting one up are common.
  const router = new Hono<HttpEnv>({ getPath: (request) => withoutBasePath(base, getPath(request)) });
  router.onError((error, c) => answerProblem(error, c, app.log));
  router.notFound((c) => {
    const answer = answerUnrouted(router, c);
    return answer instanceof Response ? answer : answerProblem(answer, c, app.log);
  });
  router.use(countRequests(app));
  router.use(async (c, next) => {
    // Node draws the randomness of many of these at once; the last group is random throughout.
    c.set('requestId', randomUUID().slice(-12));
    c.set('viewer', ANONYMOUS);
    for (const [name, value] of Object.entries(PROTECTIVE_HEADERS)) c.header(name, value);
    await next();
  });
  router.use('/api/*', sameOriginOnly(app));
  for (const path of ['/api/*', '/ws/*']) router.use(path, findViewer(app));
  router.use('/api/*', async (c, next) => {
    const startMs = performance.now();
    await next();
    const { requestId } = c.var;
    const ms = Math.round(performance.now() - startMs);
    app.log.debug({ method: c.req.method, path: c.req.path, status: c.res.status, ms, requestId }, 'Answered.');
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  });
  router.route(
    '/',
    docsRoutes(() => (document ??= openApiDocument(api, base))),
  );
  router.route('/', api);
  if (base) router.get(base, access('anyone', TO_BASE), (c) => c.redirect(`${base}/`, 308));
  router.route('/', webRoutes({ files: programFiles, basePath: base }));
  assertEveryRouteDeclares(router);
  return router;
}

const TO_BASE = { summary: 'The web interface, with the slash it needs', returns: { 308: null } };
