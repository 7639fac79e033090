import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Hono } from 'hono';
import { notFound } from '../core/problem.ts';
import { sendBytes } from './bytes.ts';
import type { HttpEnv } from './env.ts';

const FILES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Kinora API</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>`;
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', deepLinking: true });`;

/** `/api/openapi.json`, and a page to read and try it at `/api/docs`; its files are served from the built web folder. */
export function docsRoutes(options: { webFolder: string; document: () => Promise<object> }): Hono<HttpEnv> {
  return new Hono<HttpEnv>()
    .get('/api/openapi.json', async (c) => c.json(await options.document()))
    .get('/api/docs', (c) => c.html(PAGE))
    .get('/api/docs/:file', async (c) => {
      const name = c.req.param('file');
      if (name === 'start.js') return c.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8' });
      const contentType = FILES[name];
      const bytes = contentType ? await readFile(join(options.webFolder, 'docs', name)).catch(() => null) : null;
      if (!bytes) throw notFound('There is no such file.');
      return sendBytes(c, bytes, { contentType: contentType!, cache: 'public, max-age=3600' });
    });
}
