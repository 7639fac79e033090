import { type Colours, type StreamFacts, unsure } from './facts.ts';

/** ITU-T H.273 code points by ffmpeg's names, in their order; an empty one is not told. */
const names = (text: string) => text.split(' ');
const PRIMARIES = names('? bt709 unknown ? bt470m bt470bg smpte170m smpte240m film bt2020 smpte428 smpte431 smpte432');
const TRANSFERS = names(
  '? bt709 unknown ? bt470m bt470bg smpte170m smpte240m linear log100 log316 iec61966-2-4 bt1361e iec61966-2-1 ' +
    'bt2020-10 bt2020-12 smpte2084 smpte428 arib-std-b67',
);
const MATRICES = names('gbr bt709 unknown ? fcc bt470bg smpte170m smpte240m ycgco bt2020nc bt2020c');

export const UNTOLD: Colours = { primaries: 2, transfer: 2, matrix: 2, isFullRange: false };

/** The four numbers as one; 0 is reserved, and nobody means it. */
export function colourNames({
  primaries,
  transfer,
  matrix,
}: Colours): Required<Pick<StreamFacts, 'color_space' | 'color_primaries' | 'color_transfer'>> {
  return {
    color_space: nameOf(MATRICES, matrix),
    color_primaries: nameOf(PRIMARIES, primaries),
    color_transfer: nameOf(TRANSFERS, transfer),
  };
}

function nameOf(list: readonly string[], code: number): string {
  const name = list[code];
  return name === undefined || name === '?' ? unsure(`colour code ${code}`) : name;
}

/**
 * Decoders differ in what they make of a container that says other than the bitstream, so that is nothing to be sure of. What
 * only the bitstream says is so.
 */
export function agreeingColours(bitstream: Colours, container: Colours | null): Colours {
  if (container === null) return bitstream;
  const same = (key: 'primaries' | 'transfer' | 'matrix') =>
    container[key] === bitstream[key] || container[key] === 2 || container[key] === 0;
  if (!same('primaries') || !same('transfer') || !same('matrix') || container.isFullRange !== bitstream.isFullRange) {
    return unsure('container and bitstream disagree about colours');
  }
  return bitstream;
}

/** VP8 says nothing of colours, VP9 only how they are made of brightness and difference. */
export function coloursOfVpx(codec: string, bitstream: Colours, told: Colours | null): Colours {
  if (!told) return bitstream;
  const isAgreed = codec === 'vp8' || told.matrix === bitstream.matrix;
  return isAgreed ? { ...told, isFullRange: bitstream.isFullRange } : unsure('container and bitstream disagree');
}

const CHROMA = ['', 'yuv420p', 'yuv422p', 'yuv444p'];

/** ffmpeg's name of a pixel format. `j`: whether full range has a name of its own, as in H.264 and HEVC. */
export function pixelFormat(chroma: number, depth: number, j: boolean): string {
  const base = CHROMA[chroma];
  if (!base || ![8, 10, 12].includes(depth)) return unsure(`${depth} bits of chroma format ${chroma}`);
  if (depth > 8) return `${base}${depth}le`;
  return j ? base.replace('yuv', 'yuvj') : base;
}
