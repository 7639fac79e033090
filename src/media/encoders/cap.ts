import type { RungOutput } from '../encode-options.ts';

/** The rate control's ceiling stays under the promised peak by as much as its one second of buffer can add to a segment. */
const VBV_SHARE = 0.85;

/** What `-maxrate` is told. */
export function capKbps({ peakKbps }: Pick<RungOutput, 'peakKbps'>): number {
  return Math.round(peakKbps * VBV_SHARE);
}
