import { type ColourNames, type ColourSource, encodedColours } from '../encode/filters.ts';
import type { EncodedCodec } from './levels.ts';

/** RFC 6381 codecs strings of what we encode. */

/**
 * The codecs string of an encoded picture of 8 bits, 4:2:0 and limited range, `level` as the codec counts it:
 * H.264 High, HEVC Main (Main tier, ISO/IEC 14496-15 annex E), AV1 Main ("AV1 Codec ISO Media File Format Binding"
 * section 5), VP9 profile 0 ("VP Codec ISO Media File Format Binding"). Colours other than BT.709 are named in the last two.
 */
export function encodedCodecString(codec: EncodedCodec, level: number, source: ColourSource): string {
  const two = (value: number) => String(value).padStart(2, '0');
  switch (codec) {
    case 'h264':
      return `avc1.6400${level.toString(16).padStart(2, '0')}`;
    case 'hevc':
      // Compatible with Main and Main 10; progressive and whole frames alone.
      return `hvc1.1.6.L${level}.90`;
    case 'av1':
      return `av01.0.${two(level)}M.08${coloursAs('.0.110', source, '.0')}`;
    case 'vp9':
      return `vp09.00.${two(level)}.08${coloursAs('.01', source, '.00')}`;
  }
}

/** The optional fields, all or none of them: none where they have the values that go without saying. */
function coloursAs(before: string, source: ColourSource, after: string): string {
  const { primaries, transfer, matrix } = encodedColours(source);
  const codes = [CODES.primaries[primaries], CODES.transfer[transfer], CODES.matrix[matrix]].map((code) => code ?? 2);
  if (codes.every((code) => code === 1)) return '';
  return `${before}${codes.map((code) => `.${String(code).padStart(2, '0')}`).join('')}${after}`;
}

/** ITU-T H.273 tables 2 to 4, by ffmpeg's names; 2 is "unspecified". */
const CODES: Record<keyof ColourNames, Readonly<Record<string, number>>> = {
  primaries: {
    bt709: 1,
    bt470m: 4,
    bt470bg: 5,
    smpte170m: 6,
    smpte240m: 7,
    film: 8,
    bt2020: 9,
    smpte428: 10,
    smpte431: 11,
    smpte432: 12,
    ebu3213: 22,
  },
  transfer: {
    bt709: 1,
    bt470m: 4,
    gamma22: 4,
    bt470bg: 5,
    gamma28: 5,
    smpte170m: 6,
    smpte240m: 7,
    linear: 8,
    log100: 9,
    log316: 10,
    'iec61966-2-4': 11,
    bt1361e: 12,
    'iec61966-2-1': 13,
    'bt2020-10': 14,
    'bt2020-12': 15,
  },
  matrix: { bt709: 1, fcc: 4, bt470bg: 5, smpte170m: 6, smpte240m: 7, bt2020nc: 9 },
};
