import { Cron } from 'croner';
import type { TimeMs } from '../../core/time.ts';

/** A time of day, "03:00". */
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/**
 * When a time of day comes next after a moment, by the clock of the machine (or of `timeZone`). Every day has it once: where
 * summer time leaves it out it is right behind the gap, where there are two it is the first.
 */
export function nextDailyMs(timeOfDay: string, afterMs: TimeMs, timeZone?: string): TimeMs {
  const [, hour, minute] = TIME_OF_DAY.exec(timeOfDay) ?? [];
  const options = { paused: true, ...(timeZone !== undefined && { timezone: timeZone }) };
  const next = new Cron(`${minute} ${hour} * * *`, options).nextRun(new Date(afterMs));
  return next?.getTime() ?? Number.POSITIVE_INFINITY;
}
