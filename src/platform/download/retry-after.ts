import type { IncomingHttpHeaders } from 'node:http';
import { HOUR_MS, SECOND_MS, type TimeMs } from '../../core/time.ts';

/** Who says a year, or has a clock that is wrong, is asked again after this. */
const LONGEST_MS = 6 * HOUR_MS;

/**
 * Retry-After (RFC 9110 section 10.2.3), in seconds or as a date, at most six hours; null where it is missing or no such thing.
 * A date is seen from the server's own (`Date`), since its clock may not agree with ours.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, nowMs: TimeMs): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * SECOND_MS : untilDate(text, Date.parse(headers.date ?? ''), nowMs);
  return Number.isNaN(waitMs) ? null : Math.min(LONGEST_MS, Math.max(0, waitMs));
}

/** NaN for what is no HTTP-date: `Date.parse` by itself takes far more, such as "-5". */
function untilDate(text: string, theirNowMs: number, nowMs: TimeMs): number {
  if (!/^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/.test(text)) return Number.NaN;
  return Date.parse(text) - (Number.isNaN(theirNowMs) ? nowMs : theirNowMs);
}
