import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps, given } from './cap.ts';

/**
 * libvpx's `cpu-used` of its real-time mode, by the words of x264 that take about as long. Its other mode looks ahead, and
 * spent thirty times its constant rate where noise follows a still picture.
 */
const SPEEDS: Readonly<Record<string, number>> = {
  ultrafast: 8,
  superfast: 8,
  veryfast: 7,
  faster: 6,
  fast: 5,
  medium: 4,
  slow: 3,
  slower: 2,
};
/** Its quantisers go from 0 to 63; its 33 looks like x264's 22. */
const QUANTISER_TIMES_X264 = 1.5;
/** Its rate control overshoots by up to a third on noise. */
const SHARE = 0.7;

/**
 * VP9 profile 0, capped; no key frame but the forced ones. Its constant quality pays no heed to a ceiling (twice as much
 * was measured on noise), its constant bit rate does: with a lower bound to the quantiser, easy pictures take fewer bits.
 */
export function vpxArgs(rung: RungOutput, { preset, crf, threads }: EncoderSettings): string[] {
  const cap = capKbps(rung, SHARE);
  const speed = SPEEDS[preset] ?? SPEEDS['veryfast'];
  return [
    ...['-c:v', 'libvpx-vp9', '-profile:v', '0', '-deadline', 'realtime', '-cpu-used', String(speed), '-row-mt', '1'],
    ...['-qmin', String(Math.min(60, Math.round(crf * QUANTISER_TIMES_X264))), '-qmax', '63'],
    ...['-b:v', `${cap}k`, '-minrate', `${cap}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    ...['-undershoot-pct', '100', '-overshoot-pct', '0'],
    // With a full buffer, a session begins as well as another goes on.
    ...['-rc_init_occupancy', `${cap}k`],
    ...['-g', '9999', '-keyint_min', '1'],
    ...given('-threads', threads),
  ];
}
