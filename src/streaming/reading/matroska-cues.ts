import { countBefore } from '../../core/search.ts';
import { isSized, readElement, readUint } from '../../media/container/ebml.ts';
import { type BlockWalk, beginWalk, type StoredBlock } from '../../media/container/matroska-blocks.ts';
import type { MatroskaTrack } from '../../media/container/matroska-header.ts';
import { ID } from '../../media/container/matroska-ids.ts';
import type { Cue, MatroskaFile } from './matroska-file.ts';
import { blockReader } from './matroska-scan.ts';

/** In so many parts of the film the cues are compared with what lies between them. */
const SAMPLED_PARTS = 8;

/**
 * Finds key frames of a video track by its cues alone. That is believed as far as it has been seen that cues leave out no key
 * frame: between some of them, and wherever two are farther apart than any looked at before. Returns null where
 * clusters have to be looked through instead.
 */
export function createKeyFinder(
  file: MatroskaFile,
  track: MatroskaTrack,
): (ticks: number) => Promise<StoredBlock | null> {
  const cues = track.kind === 'video' ? (file.cues.get(track.number) ?? []) : [];
  const sampled = new Set<number>();
  /** By the number of its cue, each key frame that was found: cuts are looked for first, and then where they lie. */
  const found = new Map<number, StoredBlock>();
  let isBelieved = cues.length > 0;
  let widestTicks = -1;
  let isEndSeen = false;

  /** Whether no key frame lies between a cue and the next one, or the end. */
  async function isNextKey(key: StoredBlock, nextTicks: number | undefined): Promise<boolean> {
    const next = blockReader(file, beginWalk(key.end, file.end, key.clusterTicks), track.number);
    for (let block = await next(); block; block = await next()) if (block.key) return block.ticks === nextTicks;
    return nextTicks === undefined;
  }

  return async (ticks) => {
    const n = isBelieved ? lastAtOrBefore(cues, ticks) : -1;
    const cue = cues[n];
    if (!cue) return null;
    const known = found.get(n);
    if (known) return known;
    const key = await readCue(file, track.number, cue);
    isBelieved = key?.ticks === cue.ticks && key.key && key.lacing === 0;
    if (!key || !isBelieved) return null;
    const next = cues[n + 1];
    const part = Math.floor((n * SAMPLED_PARTS) / cues.length);
    const gapTicks = next ? next.ticks - cue.ticks : 0;
    if (!sampled.has(part) || gapTicks > widestTicks || (!next && !isEndSeen)) {
      isBelieved = await isNextKey(key, next?.ticks);
      sampled.add(part);
      widestTicks = Math.max(widestTicks, gapTicks);
      isEndSeen ||= !next;
    }
    if (isBelieved) found.set(n, key);
    return isBelieved ? key : null;
  };
}

/** The block of a track that a cue points at, whatever it is; null where there is none in that cluster. */
async function readCue(file: MatroskaFile, trackNumber: number, cue: Cue): Promise<StoredBlock | null> {
  try {
    const walk = await walkFromCue(file, cue);
    const isExact = walk.clusterTicks !== null;
    const next = blockReader(file, walk, trackNumber);
    const { cluster } = walk;
    for (let block = await next(); block; block = await next()) {
      if (isExact || (block.ticks === cue.ticks && block.key)) return block;
      if (block.cluster > cluster + 1) break;
    }
    return null;
  } catch {
    // A cue that points to nowhere. What is wrong with the file itself shows when it is walked through.
    return null;
  }
}

/** Begins at the block a cue points at, or else at its cluster. */
export async function walkFromCue({ windows, end }: MatroskaFile, cue: Cue): Promise<BlockWalk> {
  const { clusterPosition, blockOffset } = cue;
  const { bytes, base } = await windows.at(clusterPosition);
  const cluster = readElement(bytes, clusterPosition - base);
  const ticks = cluster?.id === ID.Cluster ? clusterTimeIn(bytes, cluster.bodyStart) : null;
  if (!cluster || ticks === null || blockOffset === null) return beginWalk(clusterPosition, end);
  return beginWalk(base + cluster.bodyStart + blockOffset, end, ticks);
}

/** The time of a cluster, which is among its first elements. */
function clusterTimeIn(bytes: Buffer, bodyStart: number): number | null {
  for (let at = bodyStart, n = 0; n < 4; n++) {
    const element = readElement(bytes, at);
    if (!isSized(element) || element.end > bytes.length) return null;
    if (element.id === ID.Timestamp) return readUint(bytes, element);
    at = element.end;
  }
  return null;
}

/** A track's own cues, or those of the one that has most. */
export function cuesFor({ cues }: MatroskaFile, trackNumber: number): Cue[] {
  const most = [...cues.values()].reduce((longest, one) => (one.length > longest.length ? one : longest));
  return cues.get(trackNumber) ?? most;
}

/** Index of the last cue at or before a time, or -1. */
export function lastAtOrBefore(cues: readonly Cue[], ticks: number): number {
  return countBefore(cues.length, (n) => cues[n]!.ticks <= ticks) - 1;
}
