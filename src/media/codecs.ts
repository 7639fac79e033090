import type { AudioTrack, VideoTrack } from './types.ts';

/** Codecs strings (RFC 6381), H.264 levels (ITU-T H.264 table A-1), and what browsers play. */

/** AAC-LC: object type indication 0x40, audio object type 2 (RFC 6381 section 3.3). */
export const AAC_LC = 'mp4a.40.2';

/**
 * `avc1.PPCCLL`: profile_idc, constraint flags and level_idc of the sequence parameter set as hexadecimal.
 * `level` is times ten: High 3.1 is `h264CodecString(100, 0, 31)`, 'avc1.64001f'.
 */
export function h264CodecString(profile: number, constraint: number, level: number): string {
  return `avc1.${[profile, constraint, level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The codecs string of a copied track as it is delivered: our headers carry the parameter sets and say so by their sample
 * entry, `avc1` and `hvc1` (ISO/IEC 14496-15 sections 5.4.2 and 8.4.1). Apple's players take HEVC in no other.
 */
export function deliveredCodecString(codecString: string): string {
  return codecString.replace(/^hev1\b/, 'hvc1').replace(/^avc3\b/, 'avc1');
}

export interface H264Level {
  /** Times ten: 31 is 3.1. */
  level: number;
  /** Macroblocks (16 x 16) a frame and a second. */
  maxFrameBlocks: number;
  maxBlocksPerSec: number;
  /** For High: 1.25 times the table's MaxBR (section A.3.3). */
  maxKbps: number;
}

const row = (level: number, maxBlocksPerSec: number, maxFrameBlocks: number, maxBr: number): H264Level => ({
  level,
  maxFrameBlocks,
  maxBlocksPerSec,
  maxKbps: maxBr * 1.25,
});

/** ITU-T H.264 (08/2021) table A-1: level, MaxMBPS, MaxFS, MaxBR. */
export const H264_LEVELS: readonly H264Level[] = [
  row(10, 1485, 99, 64),
  row(11, 3000, 396, 192),
  row(12, 6000, 396, 384),
  row(13, 11_880, 396, 768),
  row(20, 11_880, 396, 2000),
  row(21, 19_800, 792, 4000),
  row(22, 20_250, 1620, 4000),
  row(30, 40_500, 1620, 10_000),
  row(31, 108_000, 3600, 14_000),
  row(32, 216_000, 5120, 20_000),
  row(40, 245_760, 8192, 20_000),
  row(41, 245_760, 8192, 50_000),
  row(42, 522_240, 8704, 50_000),
  row(50, 589_824, 22_080, 135_000),
  row(51, 983_040, 36_864, 240_000),
  row(52, 2_073_600, 36_864, 240_000),
  row(60, 4_177_920, 139_264, 240_000),
  row(61, 8_355_840, 139_264, 480_000),
  row(62, 16_711_680, 139_264, 800_000),
];

/** The lowest H.264 level (times ten) whose limits for High hold this picture; 62 for what none holds. */
export function h264Level(width: number, height: number, frameRate: number, peakKbps: number): number {
  const across = Math.ceil(width / 16);
  const down = Math.ceil(height / 16);
  const blocks = across * down;
  const fits = H264_LEVELS.find(
    (limit) =>
      blocks <= limit.maxFrameBlocks &&
      Math.max(across, down) <= Math.sqrt(8 * limit.maxFrameBlocks) &&
      blocks * frameRate <= limit.maxBlocksPerSec &&
      peakKbps <= limit.maxKbps,
  );
  return fits?.level ?? 62;
}

/**
 * `universal`: every browser plays it untouched. `some`: offered copied, for those that do. `none`: never offered copied.
 */
export type BrowserSupport = 'universal' | 'some' | 'none';

/** H.264 profiles whose pictures are 8-bit 4:2:0, as ffprobe names them. */
const H264_PLAIN = new Set([
  'baseline',
  'constrained baseline',
  'main',
  'high',
  'constrained high',
  'progressive high',
]);

/** Whether browsers play a video track as it is, in CMAF. VP8 has no mapping into MP4 that they read. */
export function browserPlaysVideo(
  track: Pick<VideoTrack, 'codec' | 'profile' | 'bitDepth' | 'chroma' | 'interlaced'>,
): BrowserSupport {
  const { codec, bitDepth, chroma, interlaced } = track;
  const profile = track.profile?.toLowerCase() ?? null;
  if (interlaced || chroma !== '420') return 'none';
  if (codec === 'h264') return bitDepth === 8 && (profile === null || H264_PLAIN.has(profile)) ? 'universal' : 'none';
  if (codec === 'hevc') return bitDepth <= 10 && (profile === null || /^main( 10)?$/.test(profile)) ? 'some' : 'none';
  if (codec === 'av1') return bitDepth <= 10 && (profile === null || profile === 'main') ? 'some' : 'none';
  if (codec === 'vp9') return bitDepth <= 10 && (profile === null || /^profile [02]$/.test(profile)) ? 'some' : 'none';
  return 'none';
}

/** Whether browsers play an audio track as it is, in CMAF. AAC: LC and HE; other object types are rare and refused. */
export function browserPlaysAudio({ codec, profile }: Pick<AudioTrack, 'codec' | 'profile'>): BrowserSupport {
  if (codec === 'aac') return profile === null || /^(LC|HE-AAC|HE-AACv2)$/i.test(profile) ? 'universal' : 'none';
  return ['opus', 'mp3', 'flac', 'ac3', 'eac3'].includes(codec) ? 'some' : 'none';
}

const NAMES: Record<string, string> = {
  h264: 'H.264',
  hevc: 'HEVC',
  av1: 'AV1',
  vp9: 'VP9',
  vp8: 'VP8',
  mpeg1video: 'MPEG-1',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4 Visual',
  msmpeg4v3: 'DivX 3',
  vc1: 'VC-1',
  wmv3: 'WMV 9',
  theora: 'Theora',
  prores: 'ProRes',
  dnxhd: 'DNxHD',
  mjpeg: 'Motion JPEG',
  aac: 'AAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  dts: 'DTS',
  truehd: 'TrueHD',
  mp3: 'MP3',
  mp2: 'MP2',
  opus: 'Opus',
  vorbis: 'Vorbis',
  flac: 'FLAC',
  alac: 'ALAC',
};

/** What people call a codec, from ffmpeg's name. */
export function codecName(codec: string): string {
  if (codec.startsWith('pcm_')) return 'PCM';
  return NAMES[codec] ?? codec.toUpperCase();
}
