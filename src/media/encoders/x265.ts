import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/**
 * HEVC Main, capped, closed groups, no key frame but the forced ones. Parameter sets are in the sample entry alone, as its
 * name `hvc1` promises. `level` is `level_idc`: 93 for 3.1.
 */
export function x265Args(rung: RungOutput, { preset, threads }: EncoderSettings): string[] {
  const cap = capKbps(rung);
  const params = [
    'log-level=error',
    'repeat-headers=0',
    'open-gop=0',
    'scenecut=0',
    'keyint=9999',
    'min-keyint=1',
    'info=0',
    ...(rung.level === null ? [] : [`level-idc=${rung.level / 3}`, 'high-tier=0']),
    ...(threads === undefined ? [] : [`pools=${threads}`]),
  ];
  return [
    ...['-c:v', 'libx265', '-preset', preset, '-profile:v', 'main', '-tag:v', 'hvc1'],
    ...['-b:v', `${Math.min(rung.bitrateKbps, cap)}k`, '-maxrate', `${cap}k`, '-bufsize', `${cap}k`],
    ...['-x265-params', params.join(':')],
  ];
}
