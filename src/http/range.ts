import { Problem } from '../core/problem.ts';

export interface ByteRange {
  start: number;
  /** Inclusive. */
  end: number;
}

/**
 * Reads a `Range` header (RFC 9110 section 14.2). Null means "send everything": no header, another unit, a malformed one,
 * or many ranges, all of which a server may ignore. Throws 416 `range-not-satisfiable` where the one range lies outside.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | null {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [, from, to] = match;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  const backwards = from !== '' && to !== '' && Number(from) > Number(to);
  if (backwards) return null;
  if (start >= sizeBytes || (from === '' && Number(to) === 0)) {
    throw new Problem(
      'range-not-satisfiable',
      416,
      `The file has ${sizeBytes} bytes; the range asked for lies outside.`,
      {
        headers: { 'Content-Range': `bytes */${sizeBytes}` },
      },
    );
  }
  return { start, end };
}
