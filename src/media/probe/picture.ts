import type { VideoTrack } from '../types.ts';
import { asRecord, fraction, integer, type Json, listOf, real } from './json.ts';

/** What ffprobe says about how a picture looks. */
export type Picture = Omit<
  VideoTrack,
  'kind' | 'index' | 'ordinal' | 'codec' | 'bitrateKbps' | 'startSec' | 'isDefault' | 'language'
>;

/** Faster than any camera people own: a clock, not a frame rate. */
const FASTEST = 480;
const INTERLACED = new Set(['tt', 'bb', 'tb', 'bt']);

/** Size, shape, colours and rate of a video stream; null where it has no size. */
export function readPicture(stream: Json): Picture | null {
  const codedWidth = integer(stream.width);
  const codedHeight = integer(stream.height);
  if (!codedWidth || !codedHeight || codedWidth < 1 || codedHeight < 1) return null;
  const pixelFormat = typeof stream.pix_fmt === 'string' && stream.pix_fmt !== 'unknown' ? stream.pix_fmt : null;
  const rotation = readRotation(stream);
  const profile =
    typeof stream.profile === 'string' && !/^(unknown|-?\d+)$/.test(stream.profile) ? stream.profile : null;
  const level = integer(stream.level);
  return {
    profile,
    level: level !== null && level > 0 ? level : null,
    pixelFormat,
    bitDepth: bitDepthOf(pixelFormat, stream),
    chroma: chromaOf(pixelFormat),
    codedWidth,
    codedHeight,
    rotation,
    ...(isMirrored(stream) ? { mirrored: true as const } : {}),
    ...uprightSize(codedWidth, codedHeight, fraction(stream.sample_aspect_ratio), rotation),
    frameRate: readFrameRate(stream),
    interlaced: INTERLACED.has(String(stream.field_order)),
    reorderFrames: Math.min(16, Math.max(0, integer(stream.has_b_frames) ?? 0)),
    range: rangeOf(stream.color_transfer),
    ...readDolbyVision(stream),
    colorSpace: nameOrNull(stream.color_space),
    colorPrimaries: nameOrNull(stream.color_primaries),
    colorTransfer: nameOrNull(stream.color_transfer),
    hasAlpha: hasAlpha(pixelFormat, stream),
  };
}

/** The picture as it is meant to be seen: turned upright, pixels made square by widening the narrow side, sides even. */
function uprightSize(width: number, height: number, pixelAspect: number | null, rotation: number) {
  const aspect = pixelAspect !== null && pixelAspect > 0.1 && pixelAspect < 10 ? pixelAspect : 1;
  const shown = aspect >= 1 ? [width * aspect, height] : [width, height / aspect];
  const [across, down] = rotation === 90 || rotation === 270 ? shown.reverse() : shown;
  // An odd line is cut off, never made up.
  const even = (length: number) => Math.max(2, 2 * Math.floor((Math.round(length) + 1e-9) / 2));
  return { width: even(across!), height: even(down!) };
}

/** A display matrix turns counter-clockwise; ffmpeg's older `rotate` tag clockwise. Anything between is the nearest quarter. */
function readRotation(stream: Json): VideoTrack['rotation'] {
  const matrix = listOf(stream.side_data_list).find((data) => real(data.rotation) !== null);
  const tag = real(asRecord(stream.tags).rotate);
  const clockwise = matrix ? -real(matrix.rotation)! : (tag ?? 0);
  const quarter = ((Math.round(clockwise / 90) % 4) + 4) % 4;
  return (quarter * 90) as VideoTrack['rotation'];
}

/** Whether the display matrix turns the picture over: ffprobe prints its nine numbers, but tells of the turn alone. */
function isMirrored(stream: Json): boolean {
  const printed = listOf(stream.side_data_list).find((data) => typeof data.displaymatrix === 'string')?.displaymatrix;
  const rows = String(printed ?? '').matchAll(/^[0-9a-f]{8}:\s+(-?\d+)\s+(-?\d+)\s/gm);
  const [x, y] = [...rows].map(([, across, down]) => [Number(across), Number(down)] as const);
  return x !== undefined && y !== undefined && x[0] * y[1] - x[1] * y[0] < 0;
}

/** The average rate; where it is missing or a clock's (90000/1), the lowest rate all timestamps fit, if that is believable. */
function readFrameRate(stream: Json): number | null {
  const rates = [fraction(stream.avg_frame_rate), fraction(stream.r_frame_rate)];
  return rates.find((rate) => rate !== null && rate > 0 && rate <= FASTEST) ?? null;
}

/** From the name of ffmpeg's pixel format: yuv420p10le has ten bits. */
function bitDepthOf(pixelFormat: string | null, stream: Json): number {
  const named = /(?:p|gray|gbrap?|x2rgb|x2bgr|[py][024])(9|10|12|14|16)(?:le|be)$/.exec(pixelFormat ?? '')?.[1];
  if (named) return Number(named);
  if (/^(rgb|bgr)48|^(rgba|bgra)64|^ya16/.test(pixelFormat ?? '')) return 16;
  const raw = integer(stream.bits_per_raw_sample);
  return pixelFormat === null && raw !== null && raw >= 8 && raw <= 16 ? raw : 8;
}

function chromaOf(pixelFormat: string | null): VideoTrack['chroma'] {
  if (pixelFormat === null) return 'other';
  if (/^(yuvj?a?420|yuva420|nv12|nv21|p01[026])/.test(pixelFormat)) return '420';
  if (/^(yuvj?422|yuva422|yuyv422|uyvy422|nv16|p21[026])/.test(pixelFormat)) return '422';
  if (/^(yuvj?444|yuva444|nv24|p41[026])/.test(pixelFormat)) return '444';
  return 'other';
}

/** Transparency is in the pixel format, but for VP8 and VP9, where Matroska's AlphaMode tells of a second picture. */
function hasAlpha(pixelFormat: string | null, stream: Json): boolean {
  const tags = asRecord(stream.tags);
  if (String(tags.alpha_mode ?? tags.ALPHA_MODE ?? '') === '1') return true;
  return /^(yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16|ayuv)/.test(pixelFormat ?? '');
}

/** ITU-T H.273 transfer characteristics as ffmpeg names them: perceptual quantiser and hybrid log-gamma. */
function rangeOf(transfer: unknown): VideoTrack['range'] {
  if (transfer === 'smpte2084') return 'pq';
  return transfer === 'arib-std-b67' ? 'hlg' : 'sdr';
}

/** The profile in Dolby Vision's configuration record, which ffprobe shows as side data. */
function readDolbyVision(stream: Json): { dolbyVision?: number } {
  const profile = listOf(stream.side_data_list)
    .map((data) => integer(data.dv_profile))
    .find((value) => value !== null);
  return profile === undefined || profile === null ? {} : { dolbyVision: profile };
}

function nameOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== 'unknown' && value !== 'reserved' ? value : null;
}
