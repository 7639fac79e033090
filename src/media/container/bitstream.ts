/** Turns what transport streams carry into what ISO BMFF samples carry. */

/**
 * H.264/HEVC NAL units with start codes (Annex B, ITU-T H.264) to NAL units with 4-byte lengths (ISO/IEC 14496-15).
 * Trailing zero bytes of a unit are padding and are dropped.
 */
export function annexBToLengthPrefixed(data: Uint8Array): Uint8Array {
  const starts: number[] = [];
  for (let i = 0; i + 2 < data.length; i++) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1) {
      starts.push(i + 3);
      i += 2;
    }
  }
  const units = starts.map((start, n) => {
    let end = n + 1 < starts.length ? starts[n + 1]! - 3 : data.length;
    while (end > start && data[end - 1] === 0) end--;
    return data.subarray(start, end);
  });
  const out = Buffer.alloc(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    out.writeUInt32BE(unit.length, at);
    out.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return out;
}

/** Drops the ADTS header (ISO/IEC 13818-7 section 6.2) of one AAC frame, where it has one. */
export function stripAdts<T extends Uint8Array>(data: T): T {
  const hasHeader = data.length > 7 && data[0] === 0xff && (data[1]! & 0xf6) === 0xf0;
  if (!hasHeader) return data;
  const protectionAbsent = (data[1]! & 1) === 1;
  return data.subarray(protectionAbsent ? 7 : 9) as T;
}
