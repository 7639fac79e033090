import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps, given } from './cap.ts';

/** libvpx's mode and speed by the words of x264 that take about as long. */
const SPEEDS: Readonly<Record<string, readonly [mode: string, speed: number]>> = {
  ultrafast: ['realtime', 8],
  superfast: ['realtime', 8],
  veryfast: ['realtime', 7],
  faster: ['realtime', 6],
  fast: ['realtime', 5],
  medium: ['good', 5],
  slow: ['good', 4],
  slower: ['good', 3],
};
/** Its quantisers go from 0 to 63; its 33 looks like x264's 22. */
const QUANTISER_TIMES_X264 = 1.5;
/** Its rate control overshoots more than others', most of all in a session's first second. */
const SHARE = 0.7;

/**
 * VP9 profile 0, capped; no key frame but the forced ones. Its constant quality pays no heed to a ceiling (twice as much
 * was measured on noise), its constant bit rate does: with a lower bound to the quantiser, easy pictures take fewer bits.
 */
export function vpxArgs(rung: RungOutput, { preset, crf, threads }: EncoderSettings): string[] {
  const cap = capKbps(rung, SHARE);
  const [mode, speed] = SPEEDS[preset] ?? SPEEDS['veryfast']!;
  return [
    ...['-c:v', 'libvpx-vp9', '-profile:v', '0', '-deadline', mode, '-cpu-used', String(speed), '-row-mt', '1'],
    ...['-qmin', String(Math.min(60, Math.round(crf * QUANTISER_TIMES_X264))), '-qmax', '63'],
    ...['-b:v', `${cap}k`, '-minrate', `${cap}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    // An empty buffer at the start keeps the first group, which opens every session, from being the dearest.
    ...['-rc_init_occupancy', `${Math.round(cap / 10)}k`],
    ...['-g', '9999', '-keyint_min', '1'],
    ...given('-threads', threads),
  ];
}
