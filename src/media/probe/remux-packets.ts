import { type CutPoint, TARGET_US } from '../plan/boundaries.ts';

/** What ffprobe lists of a track's packets, and whether it is good enough to cut by. Times in seconds on ffmpeg's clock. */

export interface RemuxPacket {
  ptsSec: number;
  durationSec: number;
  key: boolean;
}

/** A key frame this much later than where it was looked for is as good. */
const LATE_KEY_US = 500_000;

/**
 * Reads the lines of `listPacketsArgv`. Null where a track cannot be copied by them without losing or misplacing a frame: no
 * times, decode times that do not rise, two packets at one time, no key frame at the start.
 * `reorders`: whether pictures are stored in another order than shown; then decode times do not tell when they are.
 */
export function readPackets(printed: string, reorders: boolean): RemuxPacket[] | null {
  const packets: RemuxPacket[] = [];
  const seen = new Set<number>();
  let lastDtsSec = Number.NEGATIVE_INFINITY;
  for (const line of printed.split('\n')) {
    if (line.trim() === '') continue;
    const [pts, dts, duration, flags = ''] = line.split(',');
    const dtsSec = Number.parseFloat(dts!);
    const ptsSec = pts === 'N/A' && !reorders ? dtsSec : Number.parseFloat(pts!);
    if (!Number.isFinite(ptsSec) || !(dtsSec > lastDtsSec) || seen.has(ptsSec) || ptsSec < dtsSec) return null;
    if (flags.includes('C') || flags.includes('D')) return null;
    lastDtsSec = dtsSec;
    seen.add(ptsSec);
    packets.push({ ptsSec, durationSec: Number.parseFloat(duration!) || 0, key: flags.startsWith('K') });
  }
  return packets[0]?.key ? packets : null;
}

/** The key frames nearest to every 4 s, counted from the first. */
export function cutsOf(packets: readonly RemuxPacket[], originSec: number): CutPoint[] {
  const keys: CutPoint[] = [];
  for (const { ptsSec, key } of packets) {
    const us = Math.round((ptsSec - originSec) * 1e6);
    if (key) keys.push({ keyUs: us, startUs: us });
    else if (us < keys.at(-1)!.startUs) keys.at(-1)!.startUs = us;
  }
  const cuts = keys.slice(0, 1);
  let at = 0;
  const endUs = Math.round((endOf(packets) - originSec) * 1e6);
  for (let wantedUs = keys[0]!.keyUs + TARGET_US; wantedUs + LATE_KEY_US < endUs; wantedUs += TARGET_US) {
    while (at + 1 < keys.length && keys[at + 1]!.keyUs <= wantedUs) at++;
    const late = keys[at + 1];
    const isNearer = late !== undefined && late.keyUs - wantedUs < Math.min(LATE_KEY_US, wantedUs - keys[at]!.keyUs);
    const nearest = isNearer ? late : keys[at]!;
    if (nearest !== cuts.at(-1)) cuts.push(nearest);
  }
  return cuts;
}

/** Where the last packet ends. */
export function endOf(packets: readonly RemuxPacket[]): number {
  const typical =
    packets.length > 1 ? Math.max(0, (packets.at(-1)!.ptsSec - packets[0]!.ptsSec) / (packets.length - 1)) : 0;
  return packets.reduce((end, { ptsSec, durationSec }) => Math.max(end, ptsSec + (durationSec || typical)), 0);
}
