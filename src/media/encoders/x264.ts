import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/** H.264 High, capped, no key frame but the forced ones. */
export function x264Args(rung: RungOutput, { preset, threads }: EncoderSettings): string[] {
  const cap = capKbps(rung);
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-profile:v', 'high'],
    ...(rung.level === null ? [] : ['-level:v', (rung.level / 10).toFixed(1)]),
    ...['-b:v', `${Math.min(rung.bitrateKbps, cap)}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    ...['-g', '9999', '-keyint_min', '1', '-sc_threshold', '0'],
    ...(threads === undefined ? [] : ['-threads', String(threads)]),
  ];
}
