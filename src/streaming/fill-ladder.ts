import type { Claim } from './claims.ts';
import { encodeSegments } from './encode-segments.ts';
import { type EncodePorts, SessionStopped } from './encode-sessions.ts';
import { type StreamRendition, type StreamSource, segmentCount } from './source.ts';

/** More key frames than this make a command line too long: a run ends there and the next one goes on. */
const LONGEST_RUN = 1500;
/** A fill that made nothing in this many runs is stuck on something. */
const FRUITLESS_RUNS = 5;

export interface FillOptions {
  source: StreamSource;
  /** All encoded renditions of the source. */
  renditions: StreamRendition[];
  signal: AbortSignal;
  /** Share of all segments that are stored, 0 to 100; told after each. */
  onPercent: (percent: number) => void;
}

/** Segments that one run makes: the same range of each rendition. */
export interface FillRun {
  renditions: StreamRendition[];
  firstSegment: number;
  endSegment: number;
}

/**
 * Fills what is missing of a source's encoded renditions: one ffmpeg that decodes a track once and encodes every rung.
 * What players had made on demand is left out; where a run meets a session of theirs, or is in its way, it ends and plans
 * anew.
 */
export async function fillLadder(ports: EncodePorts, options: FillOptions): Promise<void> {
  let fruitless = 0;
  for (;;) {
    options.signal.throwIfAborted();
    const run = await nextRun(ports, options);
    if (!run) return;
    if (run === 'others') {
      await ports.clock.sleep(500, options.signal);
      continue;
    }
    const made = await fillRun(ports, options, run);
    fruitless = made === 0 ? fruitless + 1 : 0;
    if (fruitless === FRUITLESS_RUNS) throw new Error('the encoder ends without making any segment');
  }
}

/** The longest range from the first hole on in which the same renditions of one track miss their segments. */
async function nextRun(
  { store, claims }: EncodePorts,
  { source, renditions }: FillOptions,
): Promise<FillRun | 'others' | null> {
  let othersAreAtIt = false;
  for (const group of groupByTrack(renditions)) {
    const present = await Promise.all(group.map((rendition) => store.present(rendition)));
    const count = segmentCount(source.timeline, group[0]!.spec.grid);
    const missingAt = (index: number) =>
      group.filter((rendition, n) => {
        if (present[n]!.has(index)) return false;
        const taken = claims.holder(rendition.id, index, 8) !== null;
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

function groupByTrack(renditions: StreamRendition[]): StreamRendition[][] {
  const groups = new Map<string, StreamRendition[]>();
  for (const rendition of renditions) {
    const { kind, trackIndex, grid } = rendition.spec;
    const key = `${kind} ${trackIndex} ${grid}`;
    groups.set(key, [...(groups.get(key) ?? []), rendition]);
  }
  // Sound first: it is quick, and a picture without its sound is of no use.
  return [...groups.values()].sort((a, b) => a[0]!.spec.kind.localeCompare(b[0]!.spec.kind));
}

/** Makes one run's segments; returns how many. Ends early, without fault, where somebody else has made the next one. */
async function fillRun(ports: EncodePorts, options: FillOptions, run: FillRun): Promise<number> {
  const { store, claims, arrivals, settings } = ports;
  const meeting = new AbortController();
  const ended = Promise.withResolvers<void>();
  const giveWay = () => {
    meeting.abort(new SessionStopped());
    return ended.promise;
  };
  const { firstSegment: next, endSegment: end } = run;
  const own = new Map<string, Claim>(run.renditions.map(({ id }) => [id, { renditionId: id, next, end, giveWay }]));
  for (const claim of own.values()) claims.add(claim);
  const total = options.renditions.reduce((sum, { spec }) => sum + segmentCount(options.source.timeline, spec.grid), 0);
  const stored = await Promise.all(options.renditions.map((rendition) => store.present(rendition)));
  let made = 0;
  let failure: unknown = new SessionStopped();
  try {
    await encodeSegments(ports, {
      source: options.source,
      ...run,
      preset: settings.preset,
      audioKbps: settings.audioKbps,
      priority: 'background',
      signal: AbortSignal.any([options.signal, meeting.signal]),
      onSegment: async (rendition, index, bytes) => {
        const claim = own.get(rendition.id)!;
        await store.write(rendition, index, bytes);
        made++;
        claim.next = index + 1;
        arrivals.arrived(rendition.id, index);
        options.onPercent((100 * stored.reduce((sum, indexes) => sum + indexes.size, 0)) / total);
        const met = claims.holder(rendition.id, claim.next, 0, claim) !== null;
        if (claim.next < run.endSegment && (met || (await store.present(rendition)).has(claim.next))) {
          meeting.abort(new SessionStopped());
        }
      },
    });
  } catch (error) {
    failure = error;
    if (!(error instanceof SessionStopped) || options.signal.aborted) throw error;
  } finally {
    for (const claim of own.values()) {
      claims.remove(claim);
      arrivals.failed(claim.renditionId, claim.next, claim.next + 2, failure);
    }
    ended.resolve();
  }
  return made;
}
