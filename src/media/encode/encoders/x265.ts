import type { EncoderSettings, RungOutput } from '../encode-options.ts';
import { capKbps } from './cap.ts';

/** x265 gives about the same picture at a factor this much higher than x264's. */
const CRF_OVER_X264 = 3;

/**
 * HEVC Main of a constant quality, capped; closed groups, no key frame but the forced ones. Parameter sets are in the
 * sample entry alone, as its name `hvc1` promises. `level` is `level_idc`: 93 for 3.1.
 */
export function x265Args(rung: RungOutput, { preset, crf, threads }: EncoderSettings): string[] {
  const cap = `${capKbps(rung)}k`;
  const params = [
    ...['log-level=error', 'repeat-headers=0', 'info=0'],
    ...['open-gop=0', 'scenecut=0', 'keyint=9999', 'min-keyint=1'],
    ...(rung.level === null ? [] : [`level-idc=${rung.level / 30}`, 'high-tier=0']),
    ...(threads === undefined ? [] : [`pools=${threads}`]),
  ];
  return [
    ...['-c:v', 'libx265', '-preset', preset, '-profile:v', 'main', '-tag:v', 'hvc1'],
    ...['-crf', String(crf + CRF_OVER_X264), '-maxrate', cap, '-bufsize', cap],
    ...['-x265-params', params.join(':')],
  ];
}
