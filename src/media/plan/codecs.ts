import type { AudioTrack, VideoTrack } from '../types.ts';

/** What browsers play, and what people call it. */

/**
 * The codecs string of a copied track as it is delivered: our headers carry the parameter sets and say so by their sample
 * entry, `avc1` and `hvc1` (ISO/IEC 14496-15 sections 5.4.2 and 8.4.1). Apple's players take HEVC in no other.
 *
 * `profile`: ffprobe's, of what decodes. HE-AAC may look like plain AAC in its header, so that old players play half of its bands
 * (implicit signalling, ISO/IEC 14496-3 section 1.6.5); what it takes to play all of them is to be promised.
 */
export function deliveredCodecString(codecString: string, profile: string | null = null): string {
  if (/^mp4a\.40\.[25]$/.test(codecString) && profile) return HE_AAC[profile.toLowerCase()] ?? codecString;
  return SAMPLE_ENTRIES[codecString] ?? codecString.replace(/^hev1\b/, 'hvc1').replace(/^avc3\b/, 'avc1');
}

const HE_AAC: Readonly<Record<string, string>> = { 'he-aac': 'mp4a.40.5', 'he-aacv2': 'mp4a.40.29' };

/** What RFC 6381 calls codecs by their sample entries, where the packager has a name of its own. */
const SAMPLE_ENTRIES: Record<string, string> = { opus: 'Opus', flac: 'fLaC', mp3: 'mp4a.6B' };

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
