import { boundariesOf, type StreamRendition, type StreamSource, segmentCount } from '../source.ts';
import { HEADER } from './arrivals.ts';
import type { Claim } from './claims.ts';
import type { EncodePorts } from './encode-ports.ts';
import { encodeSegments } from './encode-segments.ts';
import { SessionStopped } from './encode-session.ts';
import { encoderCost } from './encoder-costs.ts';
import type { Place } from './encoder-slots.ts';

/** More key frames than this make a command line too long: a run ends there and the next one goes on. */
const LONGEST_RUN = 1500;
/** A fill that made nothing in this many runs is stuck on something. */
const FRUITLESS_RUNS = 5;

export interface FillOptions {
  source: StreamSource;
  /** All encoded renditions of the source. */
  renditions: StreamRendition[];
  /** `upload` where somebody has just sent it and waits for it; `eager` unless given. */
  urgency?: 'upload' | 'eager';
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
 * anew. Where viewers need its slot alone it pauses, and loses nothing.
 */
export async function fillLadder(ports: EncodePorts, options: FillOptions): Promise<void> {
  // Sound beside the pictures: it is quick and there early, and one encoder of sound does not keep two cores busy.
  const kinds = Object.values(Object.groupBy(options.renditions, ({ spec }) => spec.kind));
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const fills = kinds.map((renditions) =>
    fillTracks(ports, { ...options, signal }, renditions).catch((error) => {
      failing.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(fills);
  await Promise.all(fills);
}

/** Fills the renditions of some tracks, one track after the other. */
async function fillTracks(ports: EncodePorts, options: FillOptions, renditions: StreamRendition[]): Promise<void> {
  let fruitless = 0;
  for (;;) {
    options.signal.throwIfAborted();
    const run = await nextRun(ports, options.source, renditions);
    if (!run) return;
    if (run === 'others') {
      await ports.clock.sleep(500, options.signal);
      continue;
    }
    const made = await fillRun(ports, options, run);
    // A run that was told to go has not failed.
    if (made !== 'interrupted') fruitless = made === 0 ? fruitless + 1 : 0;
    if (fruitless === FRUITLESS_RUNS) throw new Error('the encoder ends without making any segment');
  }
}

/** The longest range from the first hole on in which the same renditions of one track miss their segments. */
async function nextRun(
  { store, claims }: EncodePorts,
  source: StreamSource,
  renditions: StreamRendition[],
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
    // A codec that takes longer would hold up the others: each ladder is a run of its own, in the order of the plan.
    const { kind, trackIndex, grid, codec } = rendition.spec;
    const key = `${kind} ${trackIndex} ${grid} ${codec}`;
    groups.set(key, [...(groups.get(key) ?? []), rendition]);
  }
  return [...groups.values()];
}

/**
 * Makes one run's segments; returns how many. Ends early, without fault, where somebody else has made the next one, or
 * needs what it is making or has: `interrupted` where it had made nothing by then.
 */
async function fillRun(ports: EncodePorts, options: FillOptions, run: FillRun): Promise<number | 'interrupted'> {
  const { store, claims, arrivals, settings, slots, clock } = ports;
  const meeting = new AbortController();
  const signal = AbortSignal.any([options.signal, meeting.signal]);
  const ended = Promise.withResolvers<void>();
  const end = () => meeting.abort(new SessionStopped());
  const giveWay = () => {
    end();
    return ended.promise;
  };
  const total = options.renditions.reduce((sum, { spec }) => sum + segmentCount(options.source.timeline, spec.grid), 0);
  const stored = await Promise.all(options.renditions.map((rendition) => store.present(rendition)));
  let made = 0;
  let pace: Pace | null = null;
  const place = slots.enter({
    ...encoderCost(options.source, run.renditions),
    urgency: options.urgency ?? 'eager',
    owner: null,
    giveWay: (need) => {
      // Paused it lends its slot; it must end where its memory is needed.
      if (need === 'memory') end();
    },
    about: () => ({
      videoId: options.source.videoId,
      renditionIds: run.renditions.map(({ id }) => id),
      segment: Math.min(...[...own.values()].map(({ next }) => next)),
      viewers: 0,
      speed: pace?.speed() ?? null,
    }),
  });
  const own = new Map<string, Claim>();
  let failure: unknown = new SessionStopped();
  try {
    await place.working(signal);
    // Only now: what waits for its turn is in nobody's way. By now others may have begun or done some of it.
    if (await isOutdated(ports, run)) return 'interrupted';
    for (const { id } of run.renditions) {
      const claim = { renditionId: id, next: run.firstSegment, end: run.endSegment, giveWay };
      own.set(id, claim);
      claims.add(claim);
    }
    pace = createPace(() => clock.nowMs());
    await encodeSegments(ports, {
      source: options.source,
      ...run,
      preset: settings.preset,
      crf: settings.crf,
      audioKbps: settings.audioKbps,
      priority: 'background',
      signal,
      gate: (stopped) => pause(place, pace!, stopped),
      onHeader: ({ id }) => arrivals.arrived(id, HEADER),
      onSegment: async (rendition, index, bytes) => {
        const claim = own.get(rendition.id)!;
        await store.write(rendition, index, bytes);
        made++;
        claim.next = index + 1;
        arrivals.arrived(rendition.id, index);
        const boundariesUs = boundariesOf(options.source.timeline, rendition.spec.grid);
        pace!.made((boundariesUs[index + 1]! - boundariesUs[index]!) / 1000 / run.renditions.length);
        options.onPercent((100 * stored.reduce((sum, indexes) => sum + indexes.size, 0)) / total);
        const met = claims.holder(rendition.id, claim.next, 0, claim) !== null;
        if (claim.next < run.endSegment && (met || (await store.present(rendition)).has(claim.next))) end();
      },
    });
  } catch (error) {
    failure = error;
    if (!(error instanceof SessionStopped) || options.signal.aborted) throw error;
    if (made === 0) return 'interrupted';
  } finally {
    place.leave();
    for (const claim of own.values()) {
      claims.remove(claim);
      arrivals.failed(claim.renditionId, claim.next, claim.next + 2, failure);
    }
    ended.resolve();
  }
  return made;
}

/** Whether somebody has made, or is about to make, what this run would begin with. */
async function isOutdated({ store, claims }: EncodePorts, { renditions, firstSegment }: FillRun): Promise<boolean> {
  for (const rendition of renditions) {
    if ((await store.present(rendition)).has(firstSegment)) return true;
    if (claims.holder(rendition.id, firstSegment, 8)) return true;
  }
  return false;
}

/** Between two fragments: waits while somebody more urgent has its slot. The readers of all rungs come here. */
async function pause(place: Place, pace: Pace, signal: AbortSignal): Promise<void> {
  if (place.shouldYield()) place.park();
  if (place.state === 'working') return;
  pace.pause();
  await place.working(signal);
  pace.goOn();
}

interface Pace {
  made(ms: number): void;
  pause(): void;
  goOn(): void;
  speed(): number | null;
}

/** Measures how much is made in the time spent working. */
function createPace(nowMs: () => number): Pace {
  let madeMs = 0;
  let workedMs = 0;
  let sinceMs: number | null = nowMs();
  const spentMs = () => workedMs + (sinceMs === null ? 0 : nowMs() - sinceMs);
  return {
    made: (ms) => void (madeMs += ms),
    pause() {
      workedMs = spentMs();
      sinceMs = null;
    },
    goOn: () => void (sinceMs ??= nowMs()),
    speed: () => (madeMs === 0 ? null : Math.round((10 * madeMs) / Math.max(1, spentMs())) / 10),
  };
}
