import { extname } from 'node:path';
import { type Context, Hono } from 'hono';
import { internalError, notFound } from '../core/problem.ts';
import type { ProgramFiles } from '../platform/installation.ts';
import { access } from './access.ts';
import { sendBytes } from './bytes.ts';
import type { HttpEnv } from './env.ts';
import { PAGE_POLICY } from './safe-headers.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

export interface WebOptions {
  /** Where the built web UI is, below `dist/web`. */
  files: ProgramFiles;
  /** The path under which it is reached, "" or "/videos". */
  basePath: string;
}

/** Serves the web UI: hashed assets for ever, and the page itself for every address that is no file and no API. */
export function webRoutes({ files, basePath }: WebOptions): Hono<HttpEnv> {
  const kept = new Map<string, Buffer>();

  function findFile(name: string): Buffer | null {
    if (name.split(/[\\/]/).includes('..')) return null;
    const hit = kept.get(name);
    if (hit) return hit;
    const bytes = files.read(`dist/web/${name}`);
    // Names under assets/ carry a hash of their content; the others may be rebuilt while we run.
    if (bytes && name.startsWith('assets/')) kept.set(name, bytes);
    return bytes;
  }

  function page(c: Context<HttpEnv>): Response {
    const html = findFile('index.html');
    if (!html) throw internalError('The web interface has not been built. Start Kinora with "npm start".');
    const text = html
      .toString('utf8')
      .replace(/<base href="[^"]*"\s*\/?>/, '')
      .replace('<head>', `<head><base href="${basePath}/">`);
    const answer = sendBytes(c, Buffer.from(text), { contentType: TYPES['.html']!, cache: 'no-cache' });
    answer.headers.set('Content-Security-Policy', PAGE_POLICY);
    return answer;
  }

  const declared = access('anyone', { summary: 'The web interface', returns: { 200: 'text/html' } });
  return new Hono<HttpEnv>().get('/*', declared, (c) => {
    const name = decodePath(c.req.path);
    // Also where there is something, but for another method: the router knows.
    if (name === null || !isPage(c.req.path)) return c.notFound();
    if (name === '' || name === 'index.html') return page(c);
    const bytes = findFile(name);
    if (bytes) {
      const immutable = name.startsWith('assets/');
      const cache = immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
      return sendBytes(c, bytes, { contentType: TYPES[extname(name)] ?? 'application/octet-stream', cache });
    }
    if (name.startsWith('assets/') || name === 'favicon.ico') throw notFound('There is no such file.');
    return page(c);
  });
}

/** Whether the web interface answers at this path, if only by its page: the API and media have the others. */
export function isPage(path: string): boolean {
  const name = decodePath(path);
  return name !== null && !/^(api|media|ws)(\/|$)/.test(name);
}

/** The path without its first slash; null where its percent-encoding makes no sense. */
function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path).slice(1);
  } catch {
    return null;
  }
}
