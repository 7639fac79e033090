import { type Bits, createBits, rbspOf } from './bits.ts';
import { pixelFormat, UNTOLD } from './colours.ts';
import { type Colours, type PictureFacts, unsure } from './facts.ts';
import { readVuiHead } from './vui.ts';

const PROFILES: Record<number, string> = { 1: 'Main', 2: 'Main 10', 4: 'Rext' };
const SPS = 33;

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 8.3.3.1): what its one sequence parameter set says. */
export function readHevcFacts(record: Buffer): PictureFacts {
  if (record.length < 23 || record[0] !== 1) unsure('an odd hvcC');
  const sets: Buffer[] = [];
  let at = 23;
  for (let arrays = record[22]!; arrays > 0; arrays--) {
    if (at + 3 > record.length) unsure('an hvcC that ends too early');
    const type = record[at]! & 0x3f;
    let count = record.readUInt16BE(at + 1);
    at += 3;
    for (; count > 0; count--) {
      if (at + 2 > record.length) unsure('an hvcC that ends too early');
      const length = record.readUInt16BE(at);
      const unit = record.subarray(at + 2, at + 2 + length);
      at += 2 + length;
      if (at > record.length || unit.length < 2) unsure('an hvcC that ends too early');
      // Another layer: a second view, or one of higher quality.
      if (((unit[0]! & 1) << 5) + (unit[1]! >> 3) > 0) unsure('several layers');
      if (type === SPS) sets.push(unit);
    }
  }
  if (sets.length !== 1 || ((sets[0]![0]! >> 1) & 0x3f) !== SPS) unsure(`${sets.length} sequence parameter sets`);
  return readSps(createBits(rbspOf(sets[0]!, 2)));
}

/** ITU-T H.265 section 7.3.2.2.1. */
function readSps(bits: Bits): PictureFacts {
  bits.skip(4);
  const subLayers = bits.read(3);
  bits.skip(1);
  const { profile, level } = readProfile(bits, subLayers);
  bits.ue();
  const chroma = bits.ue();
  if (chroma === 3 && bits.flag()) unsure('separate colour planes');
  const [width, height] = [bits.ue(), bits.ue()];
  const [left, right, top, bottom] = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const depth = 8 + bits.ue();
  if (8 + bits.ue() !== depth) unsure('chroma of another depth');
  const orderBits = 4 + bits.ue();
  let reorder = 0;
  for (let n = bits.flag() ? 0 : subLayers; n <= subLayers; n++) {
    bits.ue();
    reorder = bits.ue();
    bits.ue();
  }
  for (let n = 0; n < 6; n++) bits.ue();
  if (bits.flag() && bits.flag()) skipScalingLists(bits);
  bits.skip(2);
  if (bits.flag()) {
    bits.skip(8);
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  skipReferenceSets(bits);
  if (bits.flag()) for (let left = bits.ue(); left > 0; left--) bits.skip(orderBits + 1);
  bits.skip(2);
  const { colours, aspect } = bits.flag() ? readVui(bits) : { colours: UNTOLD, aspect: undefined };
  if (reorder > 16) unsure('reordering that cannot be');
  if (chroma === 3 && colours.matrix === 0) unsure('RGB');
  const across = chroma === 3 ? 1 : 2;
  const down = chroma === 1 ? 2 : 1;
  return {
    codec_name: 'hevc',
    profile,
    level,
    width: width - across * (left + right),
    height: height - down * (top + bottom),
    pix_fmt: pixelFormat(chroma, depth, colours.isFullRange && chroma > 0),
    field_order: 'progressive',
    has_b_frames: reorder,
    colours,
    ...(aspect ? { sample_aspect_ratio: aspect } : {}),
  };
}

/** profile_tier_level (section 7.3.3). */
function readProfile(bits: Bits, subLayers: number): { profile: string; level: number } {
  bits.skip(3);
  const idc = bits.read(5);
  bits.skip(32);
  const isProgressive = bits.flag();
  const isInterlaced = bits.flag();
  if (isInterlaced && !isProgressive) unsure('may be interlaced');
  bits.skip(46);
  const level = bits.read(8);
  let more = 0;
  for (let n = 0; subLayers > 0 && n < 8; n++) {
    const flags = bits.read(2);
    if (n < subLayers) more += (flags & 2 ? 88 : 0) + (flags & 1 ? 8 : 0);
  }
  bits.skip(more);
  return { profile: PROFILES[idc] ?? unsure(`HEVC profile ${idc}`), level };
}

/** Section 7.3.4. */
function skipScalingLists(bits: Bits): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.ue();
        continue;
      }
      if (size > 1) bits.se();
      for (let n = Math.min(64, 1 << (4 + (size << 1))); n > 0; n--) bits.se();
    }
  }
}

/** Section 7.3.7. */
function skipReferenceSets(bits: Bits): void {
  const sets = bits.ue();
  if (sets > 64) unsure('too many reference picture sets');
  let pictures = 0;
  for (let n = 0; n < sets; n++) {
    if (n > 0 && bits.flag()) {
      bits.skip(1);
      bits.ue();
      let kept = 0;
      for (let picture = 0; picture <= pictures; picture++) {
        const isUsed = bits.flag();
        if (isUsed || bits.flag()) kept++;
      }
      pictures = kept;
    } else {
      pictures = bits.ue() + bits.ue();
      if (pictures > 32) unsure('too many reference pictures');
      for (let picture = 0; picture < pictures; picture++) {
        bits.ue();
        bits.skip(1);
      }
    }
  }
}

/** Annex E.2.1, as far as something in it matters. */
function readVui(bits: Bits): { colours: Colours; aspect: string | undefined } {
  const { colours, aspect } = readVuiHead(bits);
  bits.skip(1);
  if (bits.read(2) !== 0) unsure('pictures say how they are shown');
  if (bits.flag()) unsure('a window that may be cropped to');
  // A message in the stream may say that it is HLG after all (alternative_transfer_characteristics).
  if (colours.transfer === 14) unsure('may be HLG');
  return { colours, aspect };
}
