import { availableParallelism } from 'node:os';
import type { Machine } from '../platform/machine.ts';
import type { StreamRendition, StreamSource } from './source.ts';

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

/**
 * What one ffmpeg that makes these renditions of one track takes. Measured with x264 veryfast: some 25 bytes for each
 * pixel it decodes and 50 for each that it encodes (references, lookahead, threads), beside itself.
 */
export function encoderCost(
  source: StreamSource,
  renditions: StreamRendition[],
): { light: boolean; memoryBytes: number } {
  const spec = renditions[0]!.spec;
  if (spec.kind === 'audio' || spec.cut === 'remux') return { light: true, memoryBytes: 48 * MB };
  const track = source.info.video.find(({ index }) => index === spec.trackIndex);
  const decoded = track ? track.codedWidth * track.codedHeight : 0;
  const encoded = renditions.reduce((sum, { spec: s }) => sum + (s.kind === 'video' ? s.width * s.height : 0), 0);
  return { light: false, memoryBytes: 64 * MB + 25 * decoded + 50 * encoded };
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
