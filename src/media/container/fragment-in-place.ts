import {
  type FragmentTiming,
  fragmentHead,
  fragmentHeadBytes,
  type Sample,
  shapeOf,
  shownSamples,
  writeFragment,
} from './fragment.ts';

/** Room in front of what is read for the head of a fragment: four seconds at 240 frames a second. */
export const FRAGMENT_ROOM_BYTES = fragmentHeadBytes(1000);
/** Of the bytes that are kept with a fragment, at least so much is to be its own. */
const LEAST_SHARE = 0.8;

/**
 * Writes a fragment over the bytes its samples were read into: they move together in there, and memory is asked for but once.
 * `whole` holds the data of all samples in their order, with `FRAGMENT_ROOM_BYTES` in front, and is nobody else's; it is of no use
 * afterwards. Where it does not fit, or too much of `whole` is something else, the fragment is written apart.
 */
export function writeFragmentInPlace(
  whole: Buffer,
  all: readonly Sample[],
  sequence: number,
  timing: FragmentTiming = {},
): Buffer {
  const samples = shownSamples(all, timing);
  const headBytes = fragmentHeadBytes(samples.length);
  const places = samples.map(({ data }) => data.byteOffset - whole.byteOffset);
  let end = headBytes;
  const fits = samples.every(({ data }, n) => {
    const isInside = data.buffer === whole.buffer && places[n]! >= end && places[n]! + data.length <= whole.length;
    end += data.length;
    return isInside;
  });
  if (!fits || end < whole.length * LEAST_SHARE) return writeFragment(all, sequence, timing);
  let at = headBytes;
  for (const [n, { data }] of samples.entries()) {
    whole.copyWithin(at, places[n]!, places[n]! + data.length);
    at += data.length;
  }
  fragmentHead(samples.map(shapeOf), sequence, timing).copy(whole);
  return whole.subarray(0, at);
}
