import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFileMissing, type OpenObject } from '../port.ts';

/**
 * Objects of the bucket as addresses on the loopback, for what is not this thread: ffmpeg, ffprobe, the thread that reads packets.
 * They need no credentials of the bucket, no TLS, and no patience of their own; what they read goes through the same memory as what
 * the packager reads. An address is good for one object and for as long as this process runs.
 */
export interface Gateway {
  addressOf(key: string): string;
  /** The key of an address of ours; null for anything else. */
  keyOf(address: string): string | null;
  close(): Promise<void>;
}

const PART_BYTES = 512 * 1024;
/** How long a reader is kept waiting for a bucket that is away: ffmpeg takes a broken connection for the end of the film. */
const PATIENCE_MS = 10 * 60_000;
const AGAIN_MS = 1000;

export async function createGateway(open: (key: string) => Promise<OpenObject>): Promise<Gateway> {
  const secret = randomBytes(32);
  const signOf = (key: string) => createHmac('sha256', secret).update(key).digest('base64url').slice(0, 27);

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  // Only ours come here, and those wait as long as they like.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  function keyOfPath(path: string): string | null {
    const [, sign = '', key = ''] = /^([\w-]{27})\/(.+)$/.exec(path) ?? [];
    if (key === '') return null;
    return timingSafeEqual(Buffer.from(sign), Buffer.from(signOf(key))) ? key : null;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = keyOfPath((request.url ?? '').slice(1));
    if (key === null || !['GET', 'HEAD'].includes(request.method!)) {
      response.writeHead(key === null ? 404 : 405).end();
      return;
    }
    const object = await patiently(() => open(key), response);
    if (!object) {
      response.writeHead(404).end();
      return;
    }
    const range = rangeOf(request.headers.range, object.sizeBytes);
    if (range === null) {
      response.writeHead(416, { 'Content-Range': `bytes */${object.sizeBytes}` }).end();
      return;
    }
    const { first, end } = range;
    response.writeHead(request.headers.range ? 206 : 200, {
      'Accept-Ranges': 'bytes',
      'Content-Length': end - first,
      'Content-Type': 'application/octet-stream',
      'X-Modified-Ms': object.modifiedAtMs,
      ...(request.headers.range ? { 'Content-Range': `bytes ${first}-${end - 1}/${object.sizeBytes}` } : {}),
    });
    if (request.method === 'GET') await pour(object, first, end, response);
    response.end();
  }

  return {
    addressOf: (key) => `${base}${signOf(key)}/${key}`,
    keyOf: (address) => (address.startsWith(base) ? keyOfPath(address.slice(base.length)) : null),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pour(object: OpenObject, first: number, end: number, response: ServerResponse): Promise<void> {
  for (let at = first; at < end && !response.destroyed; ) {
    const bytes = await patiently(() => object.read(at, Math.min(PART_BYTES, end - at)), response);
    if (!bytes || bytes.length === 0) throw new Error('an object became shorter while it was read');
    at += bytes.length;
    if (response.destroyed) return;
    if (!response.write(bytes)) await drained(response);
  }
}

/** Until it takes more, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

/** Tries again while somebody waits. Null where there is no such object. */
async function patiently<T>(work: () => Promise<T>, response: ServerResponse): Promise<T | null> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isFileMissing(error)) return null;
      if (response.destroyed || performance.now() > untilMs) throw error;
      await sleep(AGAIN_MS, undefined, { ref: false });
    }
  }
}

/** One range of bytes (RFC 9110 section 14.1.2); null where it cannot be satisfied. */
function rangeOf(header: string | undefined, sizeBytes: number): { first: number; end: number } | null {
  if (header === undefined) return { first: 0, end: sizeBytes };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === '' && to === '') return null;
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes : Math.min(sizeBytes, Number(to) + 1);
  return first < end ? { first, end } : null;
}
