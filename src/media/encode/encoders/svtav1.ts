import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/** SVT-AV1's presets by the words of x264 that take about as long for what they give. */
const PRESETS: Readonly<Record<string, number>> = {
  ultrafast: 12,
  superfast: 11,
  veryfast: 10,
  faster: 9,
  fast: 8,
  medium: 7,
  slow: 6,
  slower: 5,
};
/** Its quality goes from 0 to 63 where x264's goes from 0 to 51, and its 35 looks like x264's 22. */
const CRF_TIMES_X264 = 1.6;

/**
 * AV1 Main of a constant quality, capped; no key frame but the forced ones. SVT-AV1 1.x (Debian 12) heeds those only when
 * told to, and only with a constant quality. `level` is `seq_level_idx`: 5 for 3.1.
 */
export function svtAv1Args(rung: RungOutput, { preset, crf, threads }: EncoderSettings): string[] {
  const cap = `${capKbps(rung)}k`;
  const params = [
    ...['enable-force-key-frames=1', 'scd=0'],
    // It counts levels as people do, times ten: 31 where `seq_level_idx` is 5.
    ...(rung.level === null ? [] : [`level=${20 + 10 * (rung.level >> 2) + (rung.level & 3)}`]),
    ...(threads === undefined ? [] : [`lp=${threads}`]),
  ];
  return [
    ...['-c:v', 'libsvtav1', '-preset', String(PRESETS[preset] ?? PRESETS['veryfast'])],
    ...['-crf', String(Math.min(63, Math.round(crf * CRF_TIMES_X264))), '-maxrate', cap, '-bufsize', cap],
    ...['-g', '9999', '-svtav1-params', params.join(':')],
  ];
}
