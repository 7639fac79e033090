import { ffprobe } from './media.ts';

/** What a decoder or demuxer makes of a file, for holding one file against another. */

/** Presentation times of a stream's packets in seconds, sorted. */
export async function packetTimes(path: string, stream: 'v:0' | 'a:0'): Promise<number[]> {
  const printed = await ffprobe('-select_streams', stream, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path);
  return printed
    .split('\n')
    .map(Number.parseFloat)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
}

/** The largest distance from what the step between two packets should be, in seconds. */
export function worstStep(times: number[], expectedStepSec: number): number {
  return times.slice(1).reduce((worst, time, n) => Math.max(worst, Math.abs(time - times[n]! - expectedStepSec)), 0);
}
