import type { Context } from 'hono';
import { parseRange } from './range.ts';
import { PROTECTIVE_HEADERS } from './safe-headers.ts';

export interface BytesOptions {
  contentType: string;
  etag?: string;
  /** The value of Cache-Control. */
  cache: string;
  /** To be kept as a file of this name (RFC 6266), of plain characters; shown in the browser unless given. */
  filename?: string;
  /** Request headers the answer depends on. */
  vary?: string;
  /** Told how many bytes of a body are about to be sent. */
  onBody?: (sizeBytes: number) => void;
}

/** What a request gets of a body of a known length. */
export interface PlannedAnswer {
  status: 200 | 206;
  headers: Record<string, string>;
  /** The first byte, and the one behind the last. */
  start: number;
  end: number;
}

/**
 * Answers with bytes in memory: strong ETag, 304, one range, HEAD (RFC 9110 sections 13 and 14). A range of anything but GET
 * is ignored, and so are ranges of another version than `If-Range` names.
 */
export function sendBytes(c: Context, bytes: Uint8Array, options: BytesOptions): Response {
  const unchanged = notModified(c, options);
  if (unchanged) return unchanged;
  const { status, headers, start, end } = planAnswer(c, bytes.length, options);
  // Plain bytes under plain headers: the server hands them to the socket as they are, without a stream around them.
  const body = status === 206 ? bytes.subarray(start, end) : bytes;
  return new Response(c.req.method === 'HEAD' ? null : (body as Uint8Array<ArrayBuffer>), { status, headers });
}

/** The status, the headers and the bytes for a request that wants them. Throws 416 `range-not-satisfiable`. */
export function planAnswer(c: Context, sizeBytes: number, options: BytesOptions): PlannedAnswer {
  const { etag } = options;
  const headers = headersOf(options);
  const ifRange = c.req.header('if-range');
  const isRanged = c.req.method === 'GET' && (ifRange === undefined || ifRange === etag);
  const range = isRanged ? parseRange(c.req.header('range'), sizeBytes) : null;
  const [start, end] = range ? [range.start, range.end + 1] : [0, sizeBytes];
  if (range) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${sizeBytes}`;
  headers['Content-Length'] = String(end - start);
  options.onBody?.(c.req.method === 'HEAD' ? 0 : end - start);
  return { status: range ? 206 : 200, headers, start, end };
}

/** The 304 for who has this version already, before anything is made or read; null for all others. */
export function notModified(c: Context, options: BytesOptions): Response | null {
  const { etag } = options;
  const header = c.req.header('if-none-match');
  if (!etag || header === undefined) return null;
  // Weak and strong tags count alike here (section 13.1.2).
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*')
    ? new Response(null, { status: 304, headers: headersOf(options) })
    : null;
}

export function headersOf({ contentType, etag, cache, filename, vary }: BytesOptions): Record<string, string> {
  return {
    'Content-Type': contentType,
    'Cache-Control': cache,
    'Accept-Ranges': 'bytes',
    ...(etag ? { ETag: etag } : {}),
    ...(filename ? { 'Content-Disposition': `attachment; filename="${filename}"` } : {}),
    ...(vary ? { Vary: vary } : {}),
    ...PROTECTIVE_HEADERS,
  };
}
