import { resolve } from 'node:path';
import type { Context } from 'hono';
import { isFileMissing } from '../platform/storage/port.ts';
import type { App } from '../ports.ts';
import { type BytesOptions, headersOf, notModified } from './bytes.ts';
import { sendFile, sendObject } from './file.ts';
import { isTrustedProxy } from './viewer.ts';

/**
 * Answers with an object of the storage: by the proxy in front where it does that (`http.sendfile`), else from its file or
 * bucket. Null where the key holds nothing, and nothing has been answered.
 */
export async function sendStored(app: App, c: Context, key: string, options: BytesOptions): Promise<Response | null> {
  const path = app.storage.localPath(key);
  if (path !== null && !isHandedOver(app, c)) return sendFile(c, path, options);
  const unchanged = notModified(c, options);
  if (unchanged) return unchanged;
  if (path !== null) return (await app.storage.stat(key)) ? handOver(app, key, path, options) : null;
  try {
    return await sendObject(c, await app.storage.openAddress(app.storage.addressOf(key))!, options);
  } catch (error) {
    if (isFileMissing(error)) return null;
    throw error;
  }
}

/**
 * Whether a proxy sends the files of this request. Only one that is trusted: whoever comes directly would get a header in
 * place of a film, and be told where our files are. What is in a bucket no proxy finds.
 */
export function isHandedOver(app: App, c: Context): boolean {
  const { http, storage } = app.config;
  return http.sendfile !== 'off' && storage.driver === 'fs' && isTrustedProxy(c, app);
}

/** The proxy takes the body from the file, and looks after ranges and its own ETag. */
function handOver({ config }: App, key: string, path: string, options: BytesOptions): Response {
  const { sendfile, sendfileLocation } = config.http;
  const where: Record<string, string> =
    sendfile === 'x-accel-redirect'
      ? { 'X-Accel-Redirect': `${sendfileLocation.replace(/\/*$/, '/')}${key}` }
      : { 'X-Sendfile': resolve(path) };
  return new Response(null, { headers: { ...headersOf(options), ...where, 'Content-Length': '0' } });
}
