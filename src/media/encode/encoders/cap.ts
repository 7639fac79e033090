import type { RungOutput } from '../encode-options.ts';

/** What the rate control is told as its ceiling: under the promised peak by as much as a segment may go over it. */

/** Of encoders that keep a buffer of one second to the letter. */
const STRICT = 0.85;

/** What `-maxrate` and `-bufsize` are told, in kbit/s. */
export function capKbps({ peakKbps }: Pick<RungOutput, 'peakKbps'>, share = STRICT): number {
  return Math.round(peakKbps * share);
}

/** `-flag value` for one that is only there sometimes. */
export function given(flag: string, value: string | number | null | undefined): string[] {
  return value === null || value === undefined ? [] : [flag, String(value)];
}
