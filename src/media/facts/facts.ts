/**
 * What a file says about itself, read in process, in the words of ffprobe's JSON: `readProbe` makes a `MediaInfo` of it as it
 * does of ffprobe's own. Readers here know the usual files exactly; of anything else they say that they are not sure.
 */

/** Thrown where ffprobe may know better. The message is for the log. */
export class Unsure extends Error {
  override name = 'Unsure';
}

export function unsure(why: string): never {
  throw new Unsure(why);
}

/** Reads so many bytes of a file from an offset on; fewer only at its end. */
export type ReadAt = (at: number, length: number) => Promise<Buffer>;

export interface FileFacts {
  format: { duration: string; start_time: string; bit_rate: string; tags: Record<string, string> };
  streams: StreamFacts[];
  chapters: { start_time: string; end_time: string; tags: Record<string, string> }[];
  packets: PacketFacts[];
}

export interface PacketFacts {
  stream_index: number;
  pts_time: string;
  flags: string;
}

/** What the configuration of a codec says, whatever the container. */
export interface PictureFacts {
  codec_name: string;
  profile: string;
  level: number;
  width: number;
  height: number;
  pix_fmt: string;
  has_b_frames: number;
  field_order: 'progressive';
  /** "4:3"; missing where nobody says. */
  sample_aspect_ratio?: string;
  colours: Colours;
}

export interface SoundFacts {
  codec_name: string;
  profile?: string;
  channels: number;
  sample_rate: number;
  bit_rate?: string;
}

/** Code points of ITU-T H.273; 2 where nobody says. */
export interface Colours {
  primaries: number;
  transfer: number;
  matrix: number;
  isFullRange: boolean;
}

export interface StreamFacts {
  index: number;
  codec_type: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment';
  codec_name?: string;
  disposition: { default: 0 | 1; forced: 0 | 1; hearing_impaired: 0 | 1; attached_pic: 0 | 1 };
  tags: Record<string, string>;
  side_data_list?: Record<string, number>[];
  avg_frame_rate?: string;
  start_time?: string;
  nb_frames?: string;
  bit_rate?: string;
  color_space?: string;
  color_primaries?: string;
  color_transfer?: string;
  [more: string]: unknown;
}

/** Seconds as ffprobe prints them. */
export const seconds = (sec: number) => (Object.is(sec, -0) ? 0 : sec).toFixed(6);

/** A ratio, reduced as far as it goes; refused where ffmpeg would have to round it. */
export function ratio(over: number, under: number, most = 2 ** 31 - 1): string {
  const divisor = greatestDivisor(over, under);
  const [a, b] = [over / divisor, under / divisor];
  return a <= most && b <= most ? `${a}/${b}` : nearestRatio(a, b, most);
}

/** The last convergent, or semiconvergent, with both numbers small enough: how ffmpeg shortens ratios. */
function nearestRatio(over: number, under: number, most: number): string {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
  for (let [a, b] = [over, under]; b !== 0; ) {
    const whole = Math.floor(a / b);
    const [p2, q2] = [whole * p1 + p0, whole * q1 + q0];
    if (p2 > most || q2 > most) {
      const part = Math.min(p1 ? Math.floor((most - p0) / p1) : whole, q1 ? Math.floor((most - q0) / q1) : whole);
      if (b * (2 * part * q1 + q0) > a * q1) return `${part * p1 + p0}/${part * q1 + q0}`;
      break;
    }
    [p0, q0, p1, q1] = [p1, q1, p2, q2];
    [a, b] = [b, a - b * whole];
  }
  return `${p1}/${q1}`;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a || 1 : greatestDivisor(b, a % b);
}
