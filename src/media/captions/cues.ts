import { defineProblem } from '../../core/problem.ts';

/** What every text caption becomes: cues on the presentation's clock, and WebVTT made of them. */

export const captionsUnreadable = defineProblem('captions-unreadable', 422);

/** One caption on the screen. Times are whole milliseconds of presentation time. */
export interface Cue {
  startMs: number;
  endMs: number;
  /** WebVTT cue text (W3C WebVTT section 4.2.2): tags and entities of ours alone. */
  text: string;
  /** WebVTT cue settings, such as "line:0 align:start"; empty for the usual place. */
  settings: string;
}

/** A caption file larger than this is no caption file. */
export const MOST_BYTES = 5 * 1024 * 1024;
const MOST_CUES = 100_000;
const LONGEST_TEXT = 4000;
const LAST_MS = 100 * 3600 * 1000;

/**
 * Puts cues in order and throws out what cannot be shown: empty ones, those that end before the film begins, those of absurd
 * times. A cue that ends before it starts gets the time it takes to read it, at most until the next one.
 * Throws `captions-unreadable` where nothing is left, or far too much.
 */
export function tidyCues(cues: readonly Cue[]): Cue[] {
  if (cues.length > MOST_CUES) {
    throw captionsUnreadable(
      `There are more than ${MOST_CUES.toLocaleString('en')} captions in it, which is too many.`,
    );
  }
  const sorted = cues
    .filter(({ startMs, endMs, text }) => text.trim() !== '' && startMs < LAST_MS && Math.max(startMs, endMs) > 0)
    .sort((a, b) => a.startMs - b.startMs);
  const tidy = sorted.map((cue, n) => {
    const startMs = Math.max(0, Math.round(cue.startMs));
    const wanted = cue.endMs > cue.startMs ? Math.min(Math.round(cue.endMs), LAST_MS) : guessedEnd(cue, sorted[n + 1]);
    return { ...cue, startMs, endMs: Math.max(wanted, startMs + 1), text: cue.text.slice(0, LONGEST_TEXT) };
  });
  if (tidy.length === 0) throw captionsUnreadable('There is no caption in it that can be shown.');
  return tidy;
}

function guessedEnd({ startMs, text }: Cue, next: Cue | undefined): number {
  const readMs = startMs + Math.min(7000, Math.max(1000, text.length * 60));
  return next && next.startMs > startMs ? Math.min(readMs, next.startMs) : readMs;
}

/** The cues that are on the screen somewhere in [fromMs, endMs): what an HLS segment has to hold (RFC 8216bis 3.1.4). */
export function cuesBetween(cues: readonly Cue[], fromMs: number, endMs: number): Cue[] {
  return cues.filter((cue) => cue.startMs < endMs && cue.endMs > fromMs);
}

/**
 * A WebVTT file. `segment`: for HLS, with the header that ties its times to those of the fragments, whose clock starts with
 * the presentation (RFC 8216bis 3.1.4).
 */
export function writeVtt(cues: readonly Cue[], { segment = false } = {}): string {
  const head = segment ? 'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0' : 'WEBVTT';
  const blocks = cues.map(({ startMs, endMs, text, settings }) => {
    const timing = `${vttTime(startMs)} --> ${vttTime(endMs)}`;
    return `${settings === '' ? timing : `${timing} ${settings}`}\n${text}`;
  });
  return `${[head, ...blocks].join('\n\n')}\n`;
}

/** "01:02:03.004" (WebVTT timestamp; hours always, as HLS players expect them). */
export function vttTime(ms: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/**
 * Milliseconds of "1:02:03,4", "02:03.004" or "00:01:02:500", with or without a minus; null for what is no time. People's
 * files have a comma, a point or a colon before the fraction.
 */
export function readTime(text: string): number | null {
  const match = /^(-)?(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,:]\s?(\d{1,9}))?$/.exec(text.trim());
  if (!match) return null;
  const [, minus, hours = '0', minutes, seconds, fraction = ''] = match;
  const ms = Math.round(Number(`0.${fraction || '0'}`) * 1000);
  const total = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + ms;
  return minus ? -total : total;
}
