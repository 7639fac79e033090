import type { IncomingHttpHeaders } from 'node:http';
import type { ImportRow } from './queries.ts';

/** Going on with a file that is here in part: ranges (RFC 9110 section 14), only while it is still the same file (section 13.1.5). */

export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

export const validatorsOf = (headers: IncomingHttpHeaders): Validators => ({
  etag: headers.etag ?? null,
  lastModified: headers['last-modified'] ?? null,
});

/**
 * The value of If-Range: a strong entity tag, else the date. Null where nothing tells whether it is the same file; then it
 * is fetched from the start.
 */
export function ifRange({ etag, lastModified }: Validators): string | null {
  if (etag !== null && /^"[^"]*"$/.test(etag)) return etag;
  return lastModified !== null && !Number.isNaN(Date.parse(lastModified)) ? lastModified : null;
}

export interface ContentRange {
  /** Null for `bytes * / total`, the answer to a range that is not there. */
  firstByte: number | null;
  totalBytes: number | null;
}

/** Content-Range (RFC 9110 section 14.4); null for what is none in bytes. */
export function readContentRange(header: string | undefined): ContentRange | null {
  const match = /^bytes\s+(?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? '');
  if (!match) return null;
  const [, first, , total] = match;
  return { firstByte: first === undefined ? null : Number(first), totalBytes: total === '*' ? null : Number(total) };
}

/** Whether a 206 is the rest of what is here: it begins where we are, and nothing says that it is another file. */
export function isTheRest(
  row: Pick<ImportRow, 'etag' | 'lastModified' | 'totalBytes'>,
  headers: IncomingHttpHeaders,
  receivedBytes: number,
): boolean {
  const range = readContentRange(headers['content-range']);
  const now = validatorsOf(headers);
  const differs = (before: string | number | null, after: string | number | null) =>
    before !== null && after !== null && before !== after;
  return (
    range?.firstByte === receivedBytes &&
    !differs(row.totalBytes, range.totalBytes) &&
    !differs(row.etag, now.etag) &&
    !differs(row.lastModified, now.lastModified)
  );
}
