import { Hono } from 'hono';
import { z } from 'zod';
import { internalError, notFound } from '../core/problem.ts';
import { programFiles } from '../platform/installation.ts';
import { access } from './access.ts';
import { sendBytes } from './bytes.ts';
import type { HttpEnv } from './env.ts';
import { PAGE_POLICY } from './safe-headers.ts';

const FILES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kinora API</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>`;
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true });`;

/** `/api/openapi.json`, and a page to read and try it at `/api/docs`, its files from the swagger-ui-dist package. */
export function docsRoutes(document: () => Promise<object>): Hono<HttpEnv> {
  const declared = (summary: string, type: string) =>
    access('anyone', { summary, tags: ['docs'], returns: { 200: type } });
  return new Hono<HttpEnv>()
    .get(
      '/api/openapi.json',
      access('anyone', { summary: 'This document', returns: { 200: z.looseObject({}) } }),
      async (c) => c.json(await document(), 200),
    )
    .get('/api/docs', declared('A page to read and try the API', 'text/html'), (c) =>
      c.html(PAGE, 200, { 'Content-Security-Policy': PAGE_POLICY }),
    )
    .get('/api/docs/:file', declared("The page's files", 'text/javascript'), (c) => {
      const name = c.req.param('file');
      if (name === 'start.js') return c.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8' });
      const contentType = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
      if (!contentType) throw notFound('There is no such file.');
      const bytes = programFiles.read(`node_modules/swagger-ui-dist/${name}`);
      if (!bytes) throw internalError('The package swagger-ui-dist is not installed. Install Kinora again.');
      return sendBytes(c, bytes, { contentType, cache: 'public, max-age=3600' });
    });
}
