import { type Bits, createBits } from './bits.ts';
import { pixelFormat, UNTOLD } from './colours.ts';
import { type Colours, type PictureFacts, unsure } from './facts.ts';

const PROFILES = ['Main', 'High', 'Professional'];
const SEQUENCE_HEADER = 1;

/** AV1CodecConfigurationRecord (AV1 in ISOBMFF section 2.3.3): what the sequence header in it says. */
export function readAv1Facts(record: Buffer): PictureFacts {
  if (record.length < 6 || record[0] !== 0x81) unsure('an odd av1C');
  const header = record[4]!;
  // With an extension it is scalable; without a size it is the last.
  if (((header >> 3) & 15) !== SEQUENCE_HEADER || header & 4) unsure('no sequence header');
  const hasSize = (header & 2) !== 0;
  return readSequence(createBits(record.subarray(hasSize ? sizeEnd(record) : 5)));
}

/** Behind the LEB128 size of the first OBU. */
function sizeEnd(record: Buffer): number {
  let at = 5;
  while (at < record.length && record[at]! & 0x80) at++;
  return at + 1;
}

/** sequence_header_obu (AV1 section 5.5.1). */
function readSequence(bits: Bits): PictureFacts {
  const profile = bits.read(3);
  bits.skip(1);
  if (bits.flag()) unsure('a single still picture');
  if (bits.flag()) unsure('a timing model');
  if (bits.flag()) unsure('a delay of its own');
  if (bits.read(5) !== 0) unsure('several operating points');
  bits.skip(12);
  const level = bits.read(5);
  if (level > 7) bits.skip(1);
  const [widthBits, heightBits] = [bits.read(4) + 1, bits.read(4) + 1];
  const [width, height] = [bits.read(widthBits) + 1, bits.read(heightBits) + 1];
  if (bits.flag()) bits.skip(7);
  bits.skip(3);
  bits.skip(4);
  const hasOrder = bits.flag();
  if (hasOrder) bits.skip(2);
  const choosesTools = bits.flag();
  const forcesTools = choosesTools ? 2 : bits.read(1);
  if (forcesTools > 0 && !bits.flag()) bits.skip(1);
  if (hasOrder) bits.skip(3);
  bits.skip(3);
  const { depth, chroma, colours } = readColours(bits, profile);
  return {
    codec_name: 'av1',
    profile: PROFILES[profile] ?? unsure(`AV1 profile ${profile}`),
    level,
    width,
    height,
    pix_fmt: pixelFormat(chroma, depth, false),
    field_order: 'progressive',
    has_b_frames: 0,
    colours,
  };
}

/** color_config (section 5.5.2). */
function readColours(bits: Bits, profile: number): { depth: number; chroma: number; colours: Colours } {
  const isDeep = bits.flag();
  const depth = profile === 2 && isDeep ? 10 + 2 * bits.read(1) : isDeep ? 10 : 8;
  if (profile !== 1 && bits.flag()) unsure('no colours');
  const said = bits.flag()
    ? { primaries: bits.read(8), transfer: bits.read(8), matrix: bits.read(8) }
    : { primaries: 2, transfer: 2, matrix: 2 };
  if (said.matrix === 0) unsure('RGB');
  const colours = { ...UNTOLD, ...said, isFullRange: bits.flag() };
  if (profile === 0) return { depth, chroma: 1, colours };
  if (profile === 1) return { depth, chroma: 3, colours };
  if (depth < 12) return { depth, chroma: 2, colours };
  const across = bits.flag();
  return { depth, chroma: across ? (bits.flag() ? 1 : 2) : 3, colours };
}
