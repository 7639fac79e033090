import { findBox, listBoxes } from './boxes.ts';

/**
 * Sample entries whose samples are encrypted: Common Encryption (ISO/IEC 14496-12 section 8.12.1, 23001-7), and those of the
 * iTunes Store. ffmpeg names what is inside them and decodes noise.
 */
const PROTECTED = new Set(['encv', 'enca', 'drmi', 'drms']);

/** Whether any picture or sound of a film of this `moov` box is encrypted. */
export function isProtected(moov: Buffer): boolean {
  const root = listBoxes(moov)[0];
  if (!root) return false;
  return listBoxes(moov, root.bodyStart, root.end)
    .filter(({ type }) => type === 'trak')
    .some((track) => {
      const stsd = findBox(moov, 'mdia/minf/stbl/stsd', track);
      return stsd !== null && listBoxes(moov, stsd.bodyStart + 8, stsd.end).some(({ type }) => PROTECTED.has(type));
    });
}
