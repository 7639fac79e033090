import { availableParallelism } from 'node:os';
import type { Machine } from '../../platform/machine.ts';
import type { StreamRendition, StreamSource } from '../source.ts';

const MB = 1024 * 1024;
/** Of all memory; the rest is for Kinora, the database and the pages of files that are being read. */
const ENCODERS_SHARE = 0.6;

/** How many encoders a machine bears at once: one for each of its cores, and two on the smallest. */
export function slotsOf(sessions: number | 'auto', { cores }: Pick<Machine, 'cores'>): number {
  return sessions === 'auto' ? Math.max(2, Math.floor(cores)) : sessions;
}

export function encoderMemoryBytes({ memoryBytes }: Pick<Machine, 'memoryBytes'>): number {
  return memoryBytes * ENCODERS_SHARE;
}

/** Bytes for each pixel that is encoded, at least; x264 takes more the more threads it has. */
const LEAST_PER_PIXEL: Readonly<Record<string, number>> = { hevc: 165, av1: 225, vp9: 140 };

/**
 * What one ffmpeg that makes these renditions of one track takes, at most. Measured as peak resident memory with ffmpeg 5.1 and
 * preset veryfast, 360 to 2160 lines: 64 MB, 22 bytes for each pixel it decodes (H.264), and for each it encodes by x264 75 and
 * 12 more for each thread (1 to 24). On two cores that is 94 MB at 360 lines, 182 at 720, 330 at 1080 and 1036 at 2160.
 */
export function encoderCost(
  source: StreamSource,
  renditions: StreamRendition[],
  seenCores = availableParallelism(),
): { light: boolean; memoryBytes: number } {
  const spec = renditions[0]!.spec;
  if (spec.kind === 'audio' || spec.cut === 'remux') return { light: true, memoryBytes: 48 * MB };
  const track = source.info.video.find(({ index }) => index === spec.trackIndex);
  const decoded = track ? track.codedWidth * track.codedHeight : 0;
  const x264Bytes = 75 + 12 * Math.ceil(seenCores * 1.5);
  const encodedBytes = renditions.reduce((sum, { spec: s }) => {
    if (s.kind !== 'video') return sum;
    return sum + s.width * s.height * Math.max(x264Bytes, LEAST_PER_PIXEL[s.codec] ?? 0);
  }, 0);
  return { light: false, memoryBytes: 64 * MB + 22 * decoded + encodedBytes };
}

/**
 * Threads for one more encoder where others work already. Undefined leaves it to the encoder, which takes what it sees: all
 * `seenCores` of the machine, also where a quota lets it use fewer.
 */
export function encoderThreads(
  { cores }: Pick<Machine, 'cores'>,
  others: number,
  seenCores = availableParallelism(),
): number | undefined {
  if (others === 0 && cores >= seenCores) return undefined;
  // One and a half for each core, as x264 does: some always wait for others.
  return Math.max(1, Math.ceil((cores * 1.5) / (others + 1)));
}
