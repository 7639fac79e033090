import { type Box, findBox, listBoxes } from './boxes.ts';

/**
 * Edit lists (ISO/IEC 14496-12 section 8.6.6) that the packager does not follow: it knows where a track's presentation begins,
 * but plays on from there to the end of the media.
 */

/** Less than this at the end is the rounding of a clock, or the last frame of sound. */
const END_SEC = 0.5;

/** Whether any track of a film of this `moov` box shows several pieces of its media, or ends before its media does. */
export function hasCuts(moov: Buffer): boolean {
  const root = listBoxes(moov)[0];
  const mvhd = root ? findBox(moov, 'mvhd', root) : null;
  if (!root || !mvhd) return false;
  const movieScale = readScale(moov, mvhd);
  const tracks = listBoxes(moov, root.bodyStart, root.end).filter((box) => box.type === 'trak');
  return tracks.some((track) => isCut(moov, track, movieScale));
}

/**
 * Where the presentation of the n-th track of a kind begins on its own clock, in its ticks: the media time of its first edit, less
 * the empty edits before that.
 */
export function editStartTicks(moov: Buffer, { track, timescale }: { track: Box; timescale: number }): number {
  const root = listBoxes(moov)[0];
  const mvhd = root ? findBox(moov, 'mvhd', root) : null;
  const elst = findBox(moov, 'edts/elst', track);
  const movieScale = mvhd ? readScale(moov, mvhd) : 0;
  if (!elst || movieScale === 0) return 0;
  let emptyTicks = 0;
  for (const { length, mediaTime, rate } of readEdits(moov, elst)) {
    if (mediaTime !== -1) return rate === 1 ? mediaTime - Math.round((emptyTicks / movieScale) * timescale) : 0;
    emptyTicks += length;
  }
  return 0;
}

function isCut(moov: Buffer, track: Box, movieScale: number): boolean {
  const elst = findBox(moov, 'edts/elst', track);
  const mdhd = findBox(moov, 'mdia/mdhd', track);
  const handler = findBox(moov, 'mdia/hdlr', track);
  const kind = handler ? moov.toString('latin1', handler.bodyStart + 8, handler.bodyStart + 12) : '';
  if (!elst || !mdhd || !['vide', 'soun'].includes(kind) || movieScale === 0) return false;
  const mediaScale = readScale(moov, mdhd);
  const mediaSec = (sumOfSamples(moov, track) ?? readLength(moov, mdhd)) / mediaScale;
  const edits = readEdits(moov, elst).filter(({ mediaTime }) => mediaTime >= 0);
  const [first] = edits;
  if (edits.length !== 1 || !first) return edits.length > 1;
  // A length of zero means all the rest, as in files that are written in fragments.
  const endSec = first.mediaTime / mediaScale + first.length / movieScale;
  return first.length > 0 && Number.isFinite(mediaSec) && endSec < mediaSec - END_SEC;
}

function readEdits(moov: Buffer, elst: Box): { length: number; mediaTime: number; rate: number }[] {
  const wide = moov[elst.bodyStart] === 1;
  const size = wide ? 20 : 12;
  const first = elst.bodyStart + 8;
  const count = Math.min(moov.readUInt32BE(elst.bodyStart + 4), Math.floor((elst.end - first) / size));
  return Array.from({ length: Math.max(0, count) }, (_, n) => {
    const at = first + n * size;
    const rate = moov.readInt32BE(at + size - 4) / 0x10000;
    return wide
      ? { length: Number(moov.readBigUInt64BE(at)), mediaTime: Number(moov.readBigInt64BE(at + 8)), rate }
      : { length: moov.readUInt32BE(at), mediaTime: moov.readInt32BE(at + 4), rate };
  });
}

/** Ticks a second of `mvhd` (section 8.2.2) and `mdhd` (section 8.4.2). */
function readScale(moov: Buffer, box: Box): number {
  return moov.readUInt32BE(box.bodyStart + (moov[box.bodyStart] === 1 ? 20 : 12));
}

function readLength(moov: Buffer, box: Box): number {
  const wide = moov[box.bodyStart] === 1;
  return wide ? Number(moov.readBigUInt64BE(box.bodyStart + 24)) : moov.readUInt32BE(box.bodyStart + 16);
}

/** Ticks of all samples (`stts`, section 8.6.1.2), which the declared length may contradict; null where they are in fragments. */
function sumOfSamples(moov: Buffer, track: Box): number | null {
  const stts = findBox(moov, 'mdia/minf/stbl/stts', track);
  if (!stts || stts.end - stts.bodyStart < 8) return null;
  const first = stts.bodyStart + 8;
  const count = Math.min(moov.readUInt32BE(stts.bodyStart + 4), Math.floor((stts.end - first) / 8));
  let ticks = 0;
  for (let n = 0; n < count; n++) ticks += moov.readUInt32BE(first + n * 8) * moov.readUInt32BE(first + n * 8 + 4);
  return count > 0 ? ticks : null;
}
