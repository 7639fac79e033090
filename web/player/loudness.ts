import type { RenditionWire } from '../../src/features/videos/api.ts';

/** Where everything is brought to: quiet enough that most films get there without being pressed against their peaks. */
const TARGET_LUFS = -18;
/** True peaks stay this far below full scale: what lossy decoders add on top still fits. */
const CEILING_DB = -1;
const MOST_BOOST_DB = 9;
const MOST_CUT_DB = -24;

/**
 * By how many decibels a track is turned up or down to be as loud as all others. Turned up only as far as its highest peak
 * allows: nothing is ever clipped, and nothing is compressed.
 */
export function evenGainDb(loudness: RenditionWire['loudness']): number {
  if (!loudness) return 0;
  const wantedDb = TARGET_LUFS - loudness.integratedLufs;
  if (wantedDb <= 0) return Math.max(MOST_CUT_DB, wantedDb);
  return Math.max(0, Math.min(wantedDb, MOST_BOOST_DB, CEILING_DB - loudness.truePeakDb));
}

export function asFactor(db: number): number {
  return 10 ** (db / 20);
}
