import type { Context } from 'hono';
import { parseRange } from './range.ts';

export interface BytesOptions {
  contentType: string;
  etag?: string;
  /** The value of Cache-Control. */
  cache: string;
  /** Request headers the answer depends on. */
  vary?: string;
}

/** Answers with bytes in memory: strong ETag, 304, one range, HEAD. */
export function sendBytes(c: Context, bytes: Uint8Array, { contentType, etag, cache, vary }: BytesOptions): Response {
  const headers: Record<string, string> = {
    'Content-Type': contentType,
    'Cache-Control': cache,
    'Accept-Ranges': 'bytes',
    ...(etag ? { ETag: etag } : {}),
    ...(vary ? { Vary: vary } : {}),
  };
  if (
    etag &&
    c.req
      .header('if-none-match')
      ?.split(/\s*,\s*/)
      .includes(etag)
  ) {
    return new Response(null, { status: 304, headers });
  }
  const ifRange = c.req.header('if-range');
  const range = ifRange && ifRange !== etag ? null : parseRange(c.req.header('range'), bytes.length);
  const body = range ? bytes.subarray(range.start, range.end + 1) : bytes;
  if (range) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${bytes.length}`;
  headers['Content-Length'] = String(body.length);
  return new Response(c.req.method === 'HEAD' ? null : (body as Uint8Array<ArrayBuffer>), {
    status: range ? 206 : 200,
    headers,
  });
}
