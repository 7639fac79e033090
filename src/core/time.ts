/** Integer milliseconds since 1970-01-01 UTC: the only form in which times are stored and sent. */
export type TimeMs = number;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Reads "90s", "15m", "6h", "7d" or a bare number of milliseconds. Null when it is none of these. */
export function parseDurationMs(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?\s*$/.exec(text);
  if (!match) return null;
  const unit = { ms: 1, s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }[match[2] ?? 'ms'];
  return Math.round(Number(match[1]) * (unit ?? 1));
}
