import { type PictureFacts, unsure } from './facts.ts';

/**
 * Whether the first frame of H.264 or HEVC looks as its configuration record says: NAL units (ISO/IEC 14496-15) of lengths that
 * can be, and parameter sets that are none but those of the record. What a decoder would stumble over, ffprobe knows less of.
 */
export function checkFirstFrame(
  codec: PictureFacts['codec_name'],
  record: Buffer,
  frame: { bytes: Buffer; size: number },
): void {
  const isAvc = codec === 'h264';
  if (!isAvc && codec !== 'hevc') return;
  const lengthBytes = (record[isAvc ? 4 : 21]! & 3) + 1;
  if (lengthBytes === 3) unsure('an odd configuration');
  const { bytes, size } = frame;
  for (let at = 0; at + lengthBytes < bytes.length; ) {
    const length = bytes.readUIntBE(at, lengthBytes);
    const start = at + lengthBytes;
    at = start + length;
    if (length === 0 || at > size || bytes[start]! & 0x80) unsure('a first frame that makes no sense');
    const type = isAvc ? bytes[start]! & 0x1f : (bytes[start]! >> 1) & 0x3f;
    const isSet = isAvc ? type === 7 || type === 8 : type >= 32 && type <= 34;
    const isKnown = at <= bytes.length && record.includes(bytes.subarray(start, at));
    if (isSet && !isKnown) unsure('parameter sets that change');
    if (isAvc ? type >= 1 && type <= 5 : type < 32) return;
  }
}
