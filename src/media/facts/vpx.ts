import { createBits } from './bits.ts';
import { pixelFormat, UNTOLD } from './colours.ts';
import { type PictureFacts, unsure } from './facts.ts';

/** H.273 matrices by VP9's color_space: unknown, BT.601, BT.709, SMPTE 170M, SMPTE 240M, BT.2020. */
const MATRICES = [2, 5, 1, 6, 7, 9];

/** What the first frame of VP9 says (uncompressed header, section 6.2). Its level is not in the stream. */
export function readVp9Facts(frame: Uint8Array): PictureFacts {
  const bits = createBits(frame);
  if (bits.read(2) !== 2) unsure('no frame of VP9');
  const profile = bits.read(1) + 2 * bits.read(1);
  if (profile === 3) bits.skip(1);
  if (bits.flag() || bits.flag()) unsure('the first frame is no key frame');
  bits.skip(2);
  if (bits.read(24) !== 0x498342) unsure('no frame of VP9');
  const depth = profile >= 2 ? (bits.flag() ? 12 : 10) : 8;
  const space = bits.read(3);
  const matrix = MATRICES[space] ?? unsure(`VP9 colour space ${space}`);
  const isFullRange = bits.flag();
  const [across, down] = profile % 2 === 1 ? [bits.flag(), bits.flag()] : [true, true];
  if (!across && down) unsure('4:4:0');
  if (profile % 2 === 1) bits.skip(1);
  const [width, height] = [bits.read(16) + 1, bits.read(16) + 1];
  return {
    codec_name: 'vp9',
    profile: `Profile ${profile}`,
    level: -99,
    width,
    height,
    pix_fmt: pixelFormat(across ? (down ? 1 : 2) : 3, depth, false),
    field_order: 'progressive',
    has_b_frames: 0,
    colours: { ...UNTOLD, matrix, isFullRange },
  };
}

/** What the first frame of VP8 says (RFC 6386 section 9.1). */
export function readVp8Facts(frame: Uint8Array): PictureFacts {
  const bytes = Buffer.from(frame);
  if (bytes.length < 10 || bytes[0]! & 1 || bytes.readUIntBE(3, 3) !== 0x9d012a) unsure('no key frame of VP8');
  return {
    codec_name: 'vp8',
    profile: String((bytes[0]! >> 1) & 7),
    level: -99,
    width: bytes.readUInt16LE(6) & 0x3fff,
    height: bytes.readUInt16LE(8) & 0x3fff,
    pix_fmt: 'yuv420p',
    field_order: 'progressive',
    has_b_frames: 0,
    colours: UNTOLD,
  };
}
