import { DAY_MS, type TimeMs } from '../../core/time.ts';

/** How full a disk was at some time. */
export interface DiskSample {
  atMs: TimeMs;
  freeBytes: number;
  totalBytes: number;
}

export interface Forecast {
  /** How much more is used from one day to the next; below zero where it becomes less. */
  bytesPerDay: number;
  /** How many days this is known from. */
  overDays: number;
  /** Null where the disk does not fill up, or only in times nobody plans for. */
  fullAtMs: TimeMs | null;
}

/** What is known from fewer days is an afternoon's upload, and no pace. */
const FEWEST_DAYS = 3;
const FARTHEST_MS = 3650 * DAY_MS;

/**
 * When the disk is full if it goes on as it did: the straight line of least squares through the samples. Those from before the
 * disk became larger or smaller tell nothing about this one. Null while too little is known.
 */
export function forecastDisk(samples: readonly DiskSample[], nowMs: TimeMs): Forecast | null {
  const newest = samples.at(-1);
  if (!newest) return null;
  const changed = samples.findLastIndex(({ totalBytes }) => totalBytes !== newest.totalBytes);
  const line = samples.slice(changed + 1);
  const overDays = (newest.atMs - line[0]!.atMs) / DAY_MS;
  if (line.length < FEWEST_DAYS || overDays < FEWEST_DAYS - 1) return null;
  const bytesPerDay = Math.round(slope(line));
  const leftMs = bytesPerDay > 0 ? (newest.freeBytes / bytesPerDay) * DAY_MS : Number.POSITIVE_INFINITY;
  return {
    bytesPerDay,
    overDays: Math.round(overDays),
    fullAtMs: leftMs > FARTHEST_MS ? null : Math.round(nowMs + leftMs),
  };
}

/** Used bytes a day. */
function slope(samples: readonly DiskSample[]): number {
  const points = samples.map(({ atMs, freeBytes }) => ({ day: (atMs - samples[0]!.atMs) / DAY_MS, used: -freeBytes }));
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const day = middle(points.map((point) => point.day));
  const used = middle(points.map((point) => point.used));
  const along = points.reduce((sum, point) => sum + (point.day - day) * (point.used - used), 0);
  return along / points.reduce((sum, point) => sum + (point.day - day) ** 2, 0);
}
