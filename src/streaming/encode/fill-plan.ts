import { type StreamRendition, type StreamSource, segmentCount } from '../source.ts';
import type { SegmentStore } from '../store/segment-store.ts';
import type { Claims } from './claims.ts';

export interface FillOptions {
  source: StreamSource;
  /** All encoded renditions of the source. */
  renditions: StreamRendition[];
  /** `upload` where somebody has just sent it and waits for it; `eager` unless given. */
  urgency?: 'upload' | 'eager';
  /** Among fills by workers: those with lower numbers go first. */
  turn?: number;
  signal: AbortSignal;
  /** Share of all segments that are stored, 0 to 100; told after each. */
  onPercent: (percent: number) => void;
  /** Workers have shown that they cannot make it. */
  isHereOnly?: () => boolean;
}

/** Segments that one run makes: the same range of each rendition. */
export interface FillRun {
  renditions: StreamRendition[];
  firstSegment: number;
  /** One past the last. */
  endSegment: number;
}

/** More key frames than this make a command line too long: a run ends there and the next one goes on. */
const LONGEST_RUN = 1500;
/** What one worker is given at once: five minutes of video. Enough that starting an encoder costs nothing, and others may help. */
const LONGEST_PART = 75;
const SHORTEST_PART = 4;

/**
 * The longest range from the first hole on in which the same renditions of one track miss their segments. What `runs` are at is
 * left out; `others`: all that is missing is being made by somebody else. Null: nothing is missing.
 */
export async function nextRun(
  { store, claims }: { store: SegmentStore; claims: Claims },
  source: StreamSource,
  renditions: StreamRendition[],
  runs: readonly FillRun[] = [],
): Promise<FillRun | 'others' | null> {
  let othersAreAtIt = false;
  for (const group of groupByTrack(renditions)) {
    const present = await Promise.all(group.map((rendition) => store.present(rendition)));
    const count = segmentCount(source.timeline, group[0]!.spec.grid);
    const missingAt = (index: number) =>
      group.filter((rendition, n) => {
        if (present[n]!.has(index)) return false;
        const taken = isIn(runs, rendition, index) || claims.holder(rendition.id, index, 8) !== null;
        othersAreAtIt ||= taken;
        return !taken;
      });
    for (let first = 0; first < count; first++) {
      const missing = missingAt(first);
      if (missing.length === 0) continue;
      const same = (other: StreamRendition[]) =>
        other.length === missing.length && other.every((r, n) => r === missing[n]);
      let end = first + 1;
      while (end < count && end - first < LONGEST_RUN && same(missingAt(end))) end++;
      return { renditions: missing, firstSegment: first, endSegment: end };
    }
  }
  return othersAreAtIt ? 'others' : null;
}

function isIn(runs: readonly FillRun[], rendition: StreamRendition, index: number): boolean {
  return runs.some(
    (run) =>
      index >= run.firstSegment && index < run.endSegment && run.renditions.some(({ id }) => id === rendition.id),
  );
}

function groupByTrack(renditions: StreamRendition[]): StreamRendition[][] {
  const groups = new Map<string, StreamRendition[]>();
  for (const rendition of renditions) {
    // A codec that takes longer would hold up the others: each ladder is a run of its own, in the order of the plan.
    const { kind, trackIndex, grid, codec } = rendition.spec;
    const key = `${kind} ${trackIndex} ${grid} ${codec}`;
    groups.set(key, [...(groups.get(key) ?? []), rendition]);
  }
  return [...groups.values()];
}

/** Whether somebody has made, or is about to make, what this run would begin with. */
export async function isOutdated(
  { store, claims }: { store: SegmentStore; claims: Claims },
  { renditions, firstSegment }: FillRun,
): Promise<boolean> {
  for (const rendition of renditions) {
    if ((await store.present(rendition)).has(firstSegment)) return true;
    if (claims.holder(rendition.id, firstSegment, 8)) return true;
  }
  return false;
}

/** The first of a run's parts, where `free` of `width` workers are to share it. */
export function partOf(run: FillRun, free: number, width: number): FillRun {
  if (run.renditions[0]!.spec.kind !== 'video') return run;
  const segments = run.endSegment - run.firstSegment;
  const longest = width === 1 ? segments : Math.ceil(segments / free);
  const length = Math.min(LONGEST_PART, Math.max(SHORTEST_PART, longest));
  // What would be left over is not worth an encoder of its own.
  const end = run.firstSegment + length;
  return run.endSegment - end < SHORTEST_PART ? run : { ...run, endSegment: end };
}
