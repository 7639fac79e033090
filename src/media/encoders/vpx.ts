import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/** libvpx's `cpu-used` of its real-time mode that takes about as long as x264's words. */
const SPEEDS: Record<string, number> = {
  ultrafast: 8,
  superfast: 8,
  veryfast: 7,
  faster: 6,
  fast: 5,
  medium: 5,
  slow: 5,
  slower: 5,
};

/** VP9 profile 0, capped, no key frame but the forced ones. `level` is times ten: 31 for 3.1. */
export function vpxArgs(rung: RungOutput, { preset, threads }: EncoderSettings): string[] {
  const cap = capKbps(rung);
  return [
    ...['-c:v', 'libvpx-vp9', '-profile:v', '0', '-deadline', 'realtime', '-cpu-used', String(SPEEDS[preset] ?? 7)],
    ...(rung.level === null ? [] : ['-level:v', (rung.level / 10).toFixed(1)]),
    ...['-b:v', `${Math.min(rung.bitrateKbps, cap)}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    ...['-row-mt', '1', '-g', '9999', '-keyint_min', '1'],
    ...(threads === undefined ? [] : ['-threads', String(threads)]),
  ];
}
