import type { Bits } from './bits.ts';
import { UNTOLD } from './colours.ts';
import { type Colours, unsure } from './facts.ts';

/** Sample aspect ratios by aspect_ratio_idc (ITU-T H.264 table E-1), from 1 on. */
const ASPECTS = '1:1 12:11 10:11 16:11 40:33 24:11 20:11 32:11 80:33 18:11 15:11 64:33 160:99 4:3 3:2 2:1'.split(' ');

/**
 * What video usability information begins with, up to where in a pixel colours are sampled: the same in H.264 (ITU-T H.264
 * section E.1.1) and HEVC (ITU-T H.265 section E.2.1).
 */
export function readVuiHead(bits: Bits): { colours: Colours; aspect: string | undefined } {
  const aspect = readAspect(bits);
  if (bits.flag()) bits.skip(1);
  const colours = readSignalType(bits);
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  return { colours, aspect };
}

function readAspect(bits: Bits): string | undefined {
  if (!bits.flag()) return undefined;
  const idc = bits.read(8);
  if (idc === 0) return undefined;
  if (idc === 255) return `${bits.read(16)}:${bits.read(16)}`;
  return ASPECTS[idc - 1] ?? unsure(`aspect ratio ${idc}`);
}

function readSignalType(bits: Bits): Colours {
  if (!bits.flag()) return UNTOLD;
  bits.skip(3);
  const isFullRange = bits.flag();
  if (!bits.flag()) return { ...UNTOLD, isFullRange };
  return { isFullRange, primaries: bits.read(8), transfer: bits.read(8), matrix: bits.read(8) };
}
