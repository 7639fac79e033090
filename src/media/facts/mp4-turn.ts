import { unsure } from './facts.ts';

/** How ffprobe tells a display matrix: degrees counter-clockwise. By the four numbers that turn and scale, in 16.16. */
const TURNS: Record<string, number> = { '0,1,-1,0': -90, '-1,0,0,-1': 180, '0,-1,1,0': 90 };
const ONE = 0x10000;

/**
 * The turn of a track (ISO/IEC 14496-12 section 8.3.2) in a film that is not turned itself; null where it stays upright. What is
 * mirrored, scaled or slanted is for others to understand.
 */
export function turnOf(film: Buffer, track: Buffer): number | null {
  if (numbersOf(film) !== '1,0,0,1') unsure('a film that is turned as a whole');
  const numbers = numbersOf(track);
  if (numbers === '1,0,0,1') return null;
  return TURNS[numbers] ?? unsure('an odd matrix');
}

function numbersOf(matrix: Buffer): string {
  if (matrix.readInt32BE(8) !== 0 || matrix.readInt32BE(20) !== 0 || matrix.readInt32BE(32) !== 0x40000000) {
    unsure('an odd matrix');
  }
  return [0, 4, 12, 16].map((at) => matrix.readInt32BE(at) / ONE).join();
}
