/**
 * Segment boundaries: the times all renditions of a source are cut at (DESIGN: on source key frames, as near as possible
 * to every 4 s). Integer microseconds on the presentation timeline, which starts at zero with the earliest picture or sound.
 */

export const TARGET_US = 4_000_000;
/** Key frames further apart than this make a copied rendition useless for switching. */
const SPARSE_US = 10_000_000;
/** A last segment shorter than this is joined to the one before. */
const SLIVER_US = 500_000;

/** A place where a copied track can be cut. */
export interface CutPoint {
  /** Presentation time of the key frame itself: what to ask the packager for. */
  keyUs: number;
  /**
   * Presentation time of the earliest frame decoded from here on. Before `keyUs` where the group of pictures is open:
   * its leading frames are shown before the key frame but stored behind it.
   */
  startUs: number;
}

export interface SourceGrid {
  /** n + 1 times for n segments: the starts, then the end. The first is always 0. */
  boundariesUs: number[];
  /** Where each segment's key frame lies, n entries. */
  keysUs: number[];
  /** True where two boundaries are more than 10 s apart. */
  sparse: boolean;
}

/** Makes the shared grid of a source out of the cut points found near each multiple of 4 s, in any order. */
export function sourceGrid(cuts: readonly CutPoint[], durationUs: number): SourceGrid {
  const sorted = [...cuts].sort((a, b) => a.keyUs - b.keyUs);
  const boundariesUs: number[] = [];
  const keysUs: number[] = [];
  for (const cut of sorted) {
    const startUs = boundariesUs.length === 0 ? 0 : cut.startUs;
    const previous = boundariesUs.at(-1);
    if (previous !== undefined && startUs <= previous) continue;
    if (boundariesUs.length > 0 && startUs > durationUs - SLIVER_US) continue;
    boundariesUs.push(startUs);
    keysUs.push(cut.keyUs);
  }
  boundariesUs.push(durationUs);
  const sparse = boundariesUs.some((time, i) => i > 0 && time - boundariesUs[i - 1]! > SPARSE_US);
  return { boundariesUs, keysUs, sparse };
}

/** The first segments of a regular grid are short: who opens a film waits for one second of it to be encoded, not for four. */
const RAMP_US = [0, 1_000_000, 2_000_000];

/** Every 4 s up to the end, after a short ramp: for sound alone, and for pictures whose key frames are no use. */
export function regularGrid(durationUs: number): number[] {
  const boundariesUs = RAMP_US.filter((time) => time === 0 || time < durationUs - SLIVER_US);
  for (let time = TARGET_US; time < durationUs - SLIVER_US; time += TARGET_US) boundariesUs.push(time);
  boundariesUs.push(durationUs);
  return boundariesUs;
}
