import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/** SVT-AV1's scale that takes about as long for the picture it gives as x264's words. */
const PRESETS: Record<string, number> = {
  ultrafast: 12,
  superfast: 11,
  veryfast: 10,
  faster: 9,
  fast: 8,
  medium: 7,
  slow: 6,
  slower: 5,
};

/**
 * AV1 Main, capped, no key frame but the forced ones: SVT-AV1 up to 1.x heeds those only when it is told to, and only
 * with a constant quality.
 */
export function svtAv1Args(rung: RungOutput, { preset, threads }: EncoderSettings): string[] {
  const params = ['enable-force-key-frames=1', 'scd=0', ...(threads === undefined ? [] : [`lp=${threads}`])];
  return [
    ...['-c:v', 'libsvtav1', '-preset', String(PRESETS[preset] ?? 10)],
    ...['-crf', '35', '-maxrate', `${capKbps(rung)}k`, '-g', '9999'],
    ...['-svtav1-params', params.join(':')],
  ];
}
