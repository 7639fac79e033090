import { WorkersGone } from '../../platform/workers/offered-runs.ts';
import { ElsewhereFailed } from '../elsewhere/elsewhere.ts';
import { boundariesOf, type StreamRendition, segmentCount } from '../source.ts';
import { HEADER } from './arrivals.ts';
import type { Claim } from './claims.ts';
import type { EncodePorts } from './encode-ports.ts';
import { encodeSegments } from './encode-segments.ts';
import { SessionStopped } from './encode-session.ts';
import { encoderCost } from './encoder-costs.ts';
import type { Place } from './encoder-slots.ts';
import { type FillOptions, type FillRun, isOutdated } from './fill-plan.ts';
import { createPace, type Pace } from './pace.ts';

/**
 * How a run ended that did not fail: how many segments it made, or `interrupted` where it had made none by then.
 * `unfit`: workers cannot do it.
 */
export type RunEnd = number | 'interrupted' | 'unfit';

/** Whoever is at a run, and what is to be told to whom. */
interface RunInHand {
  options: FillOptions;
  run: FillRun;
  signal: AbortSignal;
  /** Ends it, without fault. */
  end: () => void;
  /** From now on it is in the way of others. */
  begin: (onMet?: (segment: number) => void) => Promise<boolean>;
  onHeader: (rendition: StreamRendition) => void;
  /** A segment has been stored. */
  stored: (rendition: StreamRendition, index: number) => Promise<void>;
  pace: Pace;
  /** The segment it is at. */
  at: () => number;
}

/**
 * Makes one run's segments. Ends early, without fault, where somebody else has made the next one, or needs what it is making
 * or has.
 */
export async function fillRun(
  ports: EncodePorts,
  options: FillOptions,
  run: FillRun,
  where: 'here' | 'elsewhere',
): Promise<RunEnd> {
  const { store, claims, arrivals, clock } = ports;
  const meeting = new AbortController();
  const ended = Promise.withResolvers<void>();
  const end = () => meeting.abort(new SessionStopped());
  const giveWay = () => {
    end();
    return ended.promise;
  };
  const total = options.renditions.reduce((sum, { spec }) => sum + segmentCount(options.source.timeline, spec.grid), 0);
  const stored = await Promise.all(options.renditions.map((rendition) => store.present(rendition)));
  const own = new Map<string, Claim>();
  let made = 0;
  let failure: unknown = new SessionStopped();
  const inHand: RunInHand = {
    options,
    run,
    end,
    signal: AbortSignal.any([options.signal, meeting.signal]),
    pace: createPace(() => clock.nowMs()),
    at: () => Math.min(run.endSegment, ...[...own.values()].map(({ next }) => next)),
    async begin(onMet) {
      // Only now: what waits for its turn is in nobody's way. By now others may have begun or done some of it.
      if (await isOutdated(ports, run)) return false;
      for (const { id } of run.renditions) {
        const claim = { renditionId: id, next: run.firstSegment, end: run.endSegment, giveWay, onMet };
        own.set(id, claim);
        claims.add(claim);
      }
      return true;
    },
    onHeader: ({ id }) => arrivals.arrived(id, HEADER),
    async stored(rendition, index) {
      const claim = own.get(rendition.id)!;
      made++;
      claim.next = index + 1;
      arrivals.arrived(rendition.id, index);
      const boundariesUs = boundariesOf(options.source.timeline, rendition.spec.grid);
      inHand.pace.made((boundariesUs[index + 1]! - boundariesUs[index]!) / 1000 / run.renditions.length);
      options.onPercent((100 * stored.reduce((sum, indexes) => sum + indexes.size, 0)) / total);
      const met = claims.holder(rendition.id, claim.next, 0, claim) !== null;
      if (claim.next < run.endSegment && (met || (await store.present(rendition)).has(claim.next))) end();
    },
  };
  try {
    const began = await (where === 'here' ? encodeHere(ports, inHand) : encodeElsewhere(ports, inHand));
    if (!began) return 'interrupted';
  } catch (error) {
    failure = error;
    if (options.signal.aborted) throw error;
    if (error instanceof ElsewhereFailed && !ports.elsewhere?.only) return 'unfit';
    if (!(error instanceof SessionStopped || error instanceof WorkersGone)) throw error;
    if (made === 0) return 'interrupted';
  } finally {
    for (const claim of own.values()) {
      claims.remove(claim);
      arrivals.failed(claim.renditionId, claim.next, claim.next + 2, failure);
    }
    ended.resolve();
  }
  return made;
}

/** By an encoder of this machine, when it is its turn. False: it is outdated. */
async function encodeHere(ports: EncodePorts, inHand: RunInHand): Promise<boolean> {
  const { store, settings, slots, elsewhere } = ports;
  const { options, run, signal, pace } = inHand;
  const place = slots.enter({
    ...encoderCost(options.source, run.renditions),
    urgency: options.urgency ?? 'eager',
    owner: null,
    giveWay: (need) => {
      // Paused it lends its slot; it must end where its memory is needed.
      if (need === 'memory') inHand.end();
    },
    about: () => ({
      videoId: options.source.videoId,
      renditionIds: run.renditions.map(({ id }) => id),
      segment: inHand.at(),
      viewers: 0,
      speed: pace.speed(),
    }),
  });
  // Workers that come back take over from where it is.
  const stopFollowing = elsewhere?.follow(() => {
    if (elsewhere.slots() > 0 && !options.isHereOnly?.()) inHand.end();
  });
  try {
    pace.pause();
    await place.working(signal);
    if (!(await inHand.begin())) return false;
    pace.goOn();
    await encodeSegments(ports, {
      source: options.source,
      ...run,
      preset: settings.preset,
      crf: settings.crf,
      audioKbps: settings.audioKbps,
      priority: 'background',
      signal,
      gate: (stopped) => pause(place, pace, stopped),
      onHeader: inHand.onHeader,
      async onSegment(rendition, index, bytes) {
        await store.write(rendition, index, bytes);
        await inHand.stored(rendition, index);
      },
    });
    return true;
  } finally {
    stopFollowing?.();
    place.leave();
  }
}

/** By a worker. */
async function encodeElsewhere({ store, elsewhere }: EncodePorts, inHand: RunInHand): Promise<boolean> {
  const { options, run, signal, pace } = inHand;
  let began = false;
  pace.pause();
  const encoding = elsewhere!.encode({
    source: options.source,
    ...run,
    urgency: options.urgency ?? 'eager',
    turn: options.turn ?? 0,
    signal,
    async begin() {
      began = await inHand.begin((segment) => encoding.until(segment));
      pace.goOn();
      return began;
    },
    onHeader: inHand.onHeader,
    async onStored(rendition, index, sizeBytes) {
      await store.noteStored(rendition, index, sizeBytes);
      await inHand.stored(rendition, index);
    },
    progress: () => ({ segment: inHand.at(), speed: pace.speed() }),
  });
  try {
    await encoding.done;
  } catch (error) {
    if (!began && error instanceof WorkersGone) return false;
    throw error;
  }
  return began;
}

/** Between two fragments: waits while somebody more urgent has its slot. The readers of all rungs come here. */
async function pause(place: Place, pace: Pace, signal: AbortSignal): Promise<void> {
  if (place.shouldYield()) place.park();
  if (place.state === 'working') return;
  pace.pause();
  await place.working(signal);
  pace.goOn();
}
