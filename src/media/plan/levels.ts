/**
 * Levels: how large, fast and heavy a stream a decoder is asked to bear. Each codec counts them its own way, and here they
 * are numbers as its codecs string has them: H.264 and VP9 31, HEVC 93 and AV1 5 for what all four call 3.1.
 */

/** Codecs we encode to, by ffmpeg's names. */
export type EncodedCodec = 'h264' | 'hevc' | 'av1' | 'vp9';

/** What decides the level of an encoded picture. */
export interface LevelNeeds {
  width: number;
  height: number;
  frameRate: number;
  peakKbps: number;
}

interface Level {
  level: number;
  maxKbps: number;
  /** Picture and rate in luma samples; each side at most so many. */
  maxSamples: number;
  maxSamplesPerSec: number;
  maxSide: number;
}

/** The lowest level that holds this picture; the highest there is for what none holds. */
export function levelFor(codec: EncodedCodec, { width, height, frameRate, peakKbps }: LevelNeeds): number {
  const { block, levels } = CODECS[codec];
  const samples = Math.ceil(width / block) * Math.ceil(height / block) * block ** 2;
  const fits = levels.find(
    (limit) =>
      samples <= limit.maxSamples &&
      Math.max(width, height) <= limit.maxSide &&
      samples * frameRate <= limit.maxSamplesPerSec &&
      peakKbps <= limit.maxKbps,
  );
  return (fits ?? levels.at(-1)!).level;
}

/** ITU-T H.264 (08/2021) table A-1: in macroblocks of 16 x 16. For High, 1.25 times the table's MaxBR (section A.3.3). */
const h264 = (level: number, blocksPerSec: number, blocks: number, maxBr: number): Level => ({
  level,
  maxKbps: maxBr * 1.25,
  maxSamples: blocks * 256,
  maxSamplesPerSec: blocksPerSec * 256,
  maxSide: 16 * Math.floor(Math.sqrt(8 * blocks)),
});

/** ITU-T H.265 (08/2021) tables A.8 and A.9, Main tier; `level_idc` is thirty times what people say. */
const hevc = (level: number, samplesPerSec: number, samples: number, maxKbps: number): Level => ({
  level: Math.round(level * 30),
  maxKbps,
  maxSamples: samples,
  maxSamplesPerSec: samplesPerSec,
  maxSide: Math.floor(Math.sqrt(8 * samples)),
});

/** AV1 specification, annex A.3, Main tier, by `seq_level_idx`. The lesser side's limit follows from the size's. */
const av1 = (level: number, samplesPerSec: number, samples: number, maxSide: number, maxMbps: number): Level => ({
  level,
  maxKbps: maxMbps * 1000,
  maxSamples: samples,
  maxSamplesPerSec: samplesPerSec,
  maxSide,
});

/** VP9 levels (webmproject.org/vp9/levels): rate, size, bit rate, side. */
const vp9 = (level: number, samplesPerSec: number, samples: number, maxKbps: number, maxSide: number): Level => ({
  level,
  maxKbps,
  maxSamples: samples,
  maxSamplesPerSec: samplesPerSec,
  maxSide,
});

/** By codec: the sides of the blocks that pictures are rounded up to, and the levels from lowest to highest. */
const CODECS: Record<EncodedCodec, { block: number; levels: readonly Level[] }> = {
  h264: {
    block: 16,
    levels: [
      h264(10, 1485, 99, 64),
      h264(11, 3000, 396, 192),
      h264(12, 6000, 396, 384),
      h264(13, 11_880, 396, 768),
      h264(20, 11_880, 396, 2000),
      h264(21, 19_800, 792, 4000),
      h264(22, 20_250, 1620, 4000),
      h264(30, 40_500, 1620, 10_000),
      h264(31, 108_000, 3600, 14_000),
      h264(32, 216_000, 5120, 20_000),
      h264(40, 245_760, 8192, 20_000),
      h264(41, 245_760, 8192, 50_000),
      h264(42, 522_240, 8704, 50_000),
      h264(50, 589_824, 22_080, 135_000),
      h264(51, 983_040, 36_864, 240_000),
      h264(52, 2_073_600, 36_864, 240_000),
      h264(60, 4_177_920, 139_264, 240_000),
      h264(61, 8_355_840, 139_264, 480_000),
      h264(62, 16_711_680, 139_264, 800_000),
    ],
  },
  hevc: {
    block: 8,
    levels: [
      hevc(1, 552_960, 36_864, 128),
      hevc(2, 3_686_400, 122_880, 1500),
      hevc(2.1, 7_372_800, 245_760, 3000),
      hevc(3, 16_588_800, 552_960, 6000),
      hevc(3.1, 33_177_600, 983_040, 10_000),
      hevc(4, 66_846_720, 2_228_224, 12_000),
      hevc(4.1, 133_693_440, 2_228_224, 20_000),
      hevc(5, 267_386_880, 8_912_896, 25_000),
      hevc(5.1, 534_773_760, 8_912_896, 40_000),
      hevc(5.2, 1_069_547_520, 8_912_896, 60_000),
      hevc(6, 1_069_547_520, 35_651_584, 60_000),
      hevc(6.1, 2_139_095_040, 35_651_584, 120_000),
      hevc(6.2, 4_278_190_080, 35_651_584, 240_000),
    ],
  },
  av1: {
    block: 1,
    levels: [
      av1(0, 4_423_680, 147_456, 2048, 1.5),
      av1(1, 8_363_520, 278_784, 2816, 3),
      av1(4, 19_975_680, 665_856, 4352, 6),
      av1(5, 31_950_720, 1_065_024, 5504, 10),
      av1(8, 70_778_880, 2_359_296, 6144, 12),
      av1(9, 141_557_760, 2_359_296, 6144, 20),
      av1(12, 267_386_880, 8_912_896, 8192, 30),
      av1(13, 534_773_760, 8_912_896, 8192, 40),
      av1(14, 1_069_547_520, 8_912_896, 8192, 60),
      av1(16, 1_069_547_520, 35_651_584, 16_384, 60),
      av1(17, 2_139_095_040, 35_651_584, 16_384, 100),
      av1(18, 4_278_190_080, 35_651_584, 16_384, 160),
    ],
  },
  vp9: {
    block: 1,
    levels: [
      vp9(10, 829_440, 36_864, 200, 512),
      vp9(11, 2_764_800, 73_728, 800, 768),
      vp9(20, 4_608_000, 122_880, 1800, 960),
      vp9(21, 9_216_000, 245_760, 3600, 1344),
      vp9(30, 20_736_000, 552_960, 7200, 2048),
      vp9(31, 36_864_000, 983_040, 12_000, 2752),
      vp9(40, 83_558_400, 2_228_224, 18_000, 4160),
      vp9(41, 160_432_128, 2_228_224, 30_000, 4160),
      vp9(50, 311_951_360, 8_912_896, 60_000, 8384),
      vp9(51, 588_251_136, 8_912_896, 120_000, 8384),
      vp9(52, 1_176_502_272, 8_912_896, 180_000, 8384),
      vp9(60, 1_176_502_272, 35_651_584, 180_000, 16_832),
      vp9(61, 2_353_004_544, 35_651_584, 240_000, 16_832),
      vp9(62, 4_706_009_088, 35_651_584, 480_000, 16_832),
    ],
  },
};
