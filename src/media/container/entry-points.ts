/** Where decoding can begin, told by the bitstream: containers are mistaken, or mean something else by "key frame". */

/**
 * Whether an access unit is a picture that every browser can begin with. `nalLengthBytes`: how long the length before each
 * NAL unit is (ISO/IEC 14496-15), or null where start codes stand between them (Annex B).
 *
 * H.264: IDR pictures only (ITU-T H.264 section 7.4.1.2.4). A recovery point is where some decoders can join, but
 * Chromium waits for the next IDR. HEVC: all intra random access point pictures (ITU-T H.265 section 7.4.2.2): IDR, CRA, BLA.
 */
export function isEntryPoint(codec: 'h264' | 'hevc', unit: Uint8Array, nalLengthBytes: number | null): boolean {
  for (const header of nalHeaders(unit, nalLengthBytes)) {
    if (codec === 'h264') {
      const type = header & 0x1f;
      if (type >= 1 && type <= 5) return type === 5;
    } else {
      const type = (header >> 1) & 0x3f;
      if (type < 32) return type >= 16 && type <= 23;
    }
  }
  return false;
}

/**
 * The same of a VP9 frame, by its uncompressed header (VP9 bitstream specification section 6.2), or of an AV1 temporal unit, by
 * its first frame header (AV1 specification section 5.9.2).
 */
export function isKeyUnit(codec: 'vp9' | 'av1', unit: Uint8Array): boolean {
  return codec === 'vp9' ? isVp9Key(unit[0] ?? 0) : isAv1Key(unit);
}

function isVp9Key(first: number): boolean {
  const bit = (n: number) => (first >> (7 - n)) & 1;
  if (first >> 6 !== 2) return false;
  // Profile 3 has a reserved bit more.
  const at = bit(2) && bit(3) ? 5 : 4;
  const showsExisting = bit(at);
  return !showsExisting && bit(at + 1) === 0;
}

function isAv1Key(unit: Uint8Array): boolean {
  let isStill = false;
  for (let at = 0; at < unit.length; ) {
    const header = unit[at++]!;
    if (header & 0x04) at++;
    let length = unit.length - at;
    if (header & 0x02) {
      length = 0;
      for (let n = 0; n < 8; n++) {
        const byte = unit[at++] ?? 0;
        length += (byte & 0x7f) * 2 ** (7 * n);
        if (byte < 0x80) break;
      }
    }
    const type = (header >> 3) & 0x0f;
    const first = unit[at] ?? 0xff;
    // seq_profile and still_picture come before reduced_still_picture_header.
    if (type === 1) isStill = (first & 0x08) !== 0;
    // A frame header begins with show_existing_frame, and then has two bits of frame_type, zero for a key frame.
    if (type === 3 || type === 6 || type === 7) return isStill || first >> 5 === 0;
    at += length;
  }
  return false;
}

/** Whether pictures that are shown before this one, but stored behind it, may need pictures before it: HEVC's CRA and BLA. */
export function hasSkippedLeading(unit: Uint8Array, nalLengthBytes: number | null): boolean {
  for (const header of nalHeaders(unit, nalLengthBytes)) {
    const type = (header >> 1) & 0x3f;
    if (type < 32) return type === 21 || (type >= 16 && type <= 18);
  }
  return false;
}

/** The first byte of each NAL unit. */
function* nalHeaders(unit: Uint8Array, nalLengthBytes: number | null): Generator<number> {
  if (nalLengthBytes === null) {
    for (let at = 0; at + 3 < unit.length; at++) {
      if (unit[at] === 0 && unit[at + 1] === 0 && unit[at + 2] === 1) {
        yield unit[at + 3]!;
        at += 3;
      }
    }
    return;
  }
  for (let at = 0; at + nalLengthBytes < unit.length; ) {
    let length = 0;
    for (let n = 0; n < nalLengthBytes; n++) length = length * 256 + unit[at + n]!;
    if (length > 0) yield unit[at + nalLengthBytes]!;
    at += nalLengthBytes + length;
  }
}

/** How long NAL unit lengths are, from `avcC` (14496-15 section 5.3.3.1.2) or `hvcC` (section 8.3.3.1.2); null without one. */
export function nalLengthOf(codec: 'h264' | 'hevc', description: Uint8Array | null): number | null {
  const at = codec === 'h264' ? 4 : 21;
  return description && description.length > at ? (description[at]! & 3) + 1 : null;
}
