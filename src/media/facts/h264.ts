import { type Bits, createBits, rbspOf } from './bits.ts';
import { pixelFormat, UNTOLD } from './colours.ts';
import { type Colours, type PictureFacts, unsure } from './facts.ts';
import { readVuiHead } from './vui.ts';

/** Profiles by ffmpeg's names; those with a third constraint are intra only (ITU-T H.264 section A.2). */
const PROFILES: Record<number, string> = {
  66: 'Baseline',
  77: 'Main',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
};
const HIGH = new Set([100, 110, 122, 244]);

export interface AvcFacts extends PictureFacts {
  /** Whether the stream itself says how far it reorders. Otherwise `has_b_frames` is 0 and the container has to know. */
  saysReorder: boolean;
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1): what its one sequence parameter set says. */
export function readAvcFacts(record: Buffer): AvcFacts {
  if (record.length < 8 || record[0] !== 1) unsure('an odd avcC');
  let at = 5;
  const readSets = (mask: number, type: number) =>
    Array.from({ length: record.readUInt8(at++) & mask }, () => {
      const unit = record.subarray(at + 2, at + 2 + record.readUInt16BE(at));
      at += 2 + unit.length;
      return ((unit[0] ?? 0) & 0x9f) === type ? unit : unsure('an odd avcC');
    });
  const [unit, ...more] = readSets(0x1f, 7);
  const pictureSets = readSets(0xff, 8);
  if (!unit || more.length > 0 || pictureSets.length === 0) return unsure('parameter sets that change, or are missing');
  // Behind them are four bytes, which say again what is in them.
  if (at !== record.length && at + 4 !== record.length) unsure('an odd avcC');
  if (record[1] !== unit[1] || record[3] !== unit[3]) unsure('a profile that is told in two ways');
  return readSps(createBits(rbspOf(unit, 1)));
}

/** Section 7.3.2.1.1. */
function readSps(bits: Bits): AvcFacts {
  const profileIdc = bits.read(8);
  const constraints = bits.read(8);
  const level = bits.read(8);
  bits.ue();
  let chroma = 1;
  let depth = 8;
  if (HIGH.has(profileIdc)) {
    chroma = bits.ue();
    if (chroma === 3 && bits.flag()) unsure('separate colour planes');
    depth = 8 + bits.ue();
    if (8 + bits.ue() !== depth) unsure('chroma of another depth');
    bits.skip(1);
    if (bits.flag()) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.ue();
  skipOrderCount(bits);
  bits.ue();
  bits.skip(1);
  const width = 16 * (bits.ue() + 1);
  const height = 16 * (bits.ue() + 1);
  if (!bits.flag()) unsure('may be interlaced');
  bits.skip(1);
  const [left, right, top, bottom] = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  if (left > 0 || top > 0) unsure('cropped on the left or above');
  const vui = bits.flag() ? readVui(bits) : { colours: UNTOLD, reorder: null, aspect: undefined };
  const { colours, reorder, aspect } = vui;
  if (chroma === 3 && colours.matrix === 0) unsure('RGB');
  return {
    codec_name: 'h264',
    profile: profileName(profileIdc, constraints),
    level,
    width: width - right * (chroma === 3 ? 1 : 2),
    height: height - bottom * (chroma === 1 ? 2 : 1),
    pix_fmt: pixelFormat(chroma, depth, colours.isFullRange),
    field_order: 'progressive',
    has_b_frames: reorder ?? 0,
    saysReorder: reorder !== null,
    colours,
    ...(aspect ? { sample_aspect_ratio: aspect } : {}),
  };
}

function profileName(profileIdc: number, constraints: number): string {
  const name = PROFILES[profileIdc] ?? unsure(`H.264 profile ${profileIdc}`);
  if (profileIdc === 66 && constraints & 0x40) return `Constrained ${name}`;
  if (profileIdc >= 110 && constraints & 0x10) return unsure('intra only');
  return name;
}

function skipScalingLists(bits: Bits, count: number): void {
  for (let n = 0; n < count; n++) if (bits.flag()) skipScaling(bits, n < 6 ? 16 : 64);
}

function skipScaling(bits: Bits, size: number): void {
  let [last, next] = [8, 8];
  for (let n = 0; n < size && next !== 0; n++) {
    next = (last + bits.se() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipOrderCount(bits: Bits): void {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return;
  bits.skip(1);
  bits.se();
  bits.se();
  for (let left = bits.ue(); left > 0; left--) bits.se();
}

/** Annex E.1.1. */
function readVui(bits: Bits): { colours: Colours; reorder: number | null; aspect: string | undefined } {
  const { colours, aspect } = readVuiHead(bits);
  if (bits.flag()) bits.skip(65);
  const nal = bits.flag();
  if (nal) skipHrd(bits);
  const vcl = bits.flag();
  if (vcl) skipHrd(bits);
  if (nal || vcl) bits.skip(1);
  // Messages may then call single pictures fields.
  if (bits.flag()) unsure('pictures say how they are shown');
  if (!bits.flag()) return { colours, reorder: null, aspect };
  bits.skip(1);
  for (let n = 0; n < 4; n++) bits.ue();
  const reorder = bits.ue();
  if (reorder > 16 || bits.ue() < reorder) unsure('reordering that cannot be');
  return { colours, reorder, aspect };
}

function skipHrd(bits: Bits): void {
  const count = bits.ue() + 1;
  if (count > 32) unsure('too many buffers');
  bits.skip(8);
  for (let n = 0; n < count; n++) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
}
