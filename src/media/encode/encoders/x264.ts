import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps, given } from './cap.ts';

/** H.264 High of a constant quality, capped; no key frame but the forced ones. `level` is times ten: 31 for 3.1. */
export function x264Args(rung: RungOutput, { preset, crf, threads }: EncoderSettings): string[] {
  const cap = `${capKbps(rung)}k`;
  return [
    ...['-c:v', 'libx264', '-preset', preset, '-profile:v', 'high'],
    ...given('-level:v', rung.level === null ? null : (rung.level / 10).toFixed(1)),
    ...['-crf', String(crf), '-maxrate', cap, '-bufsize', cap],
    ...['-g', '9999', '-keyint_min', '1', '-sc_threshold', '0'],
    ...given('-threads', threads),
  ];
}
