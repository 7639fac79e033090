import { SECOND_MS } from '../../core/time.ts';
import { boundariesOf } from '../source.ts';
import { HEADER } from './arrivals.ts';
import type { Askers } from './askers.ts';
import type { EncodePorts } from './encode-ports.ts';
import { encodeSegments } from './encode-segments.ts';
import { isRunning, mustRest, reach, type Session, SessionStopped, stopSession } from './encode-session.ts';
import { encoderThreads } from './encoder-costs.ts';

/** A session nobody asks anything of is stopped after this long. */
const IDLE_MS = 30 * SECOND_MS;
/** A session that waits for its slot keeps its turn for so long when its viewer was told to come back. */
const TURN_KEPT_MS = 12 * SECOND_MS;

/**
 * What a session does from its beginning to its end: waits for its slot, hands on what ffmpeg makes, and rests where it is far
 * enough ahead. `live` are all sessions; one that has ended is taken out of them. Never rejects: whoever waits is told why.
 */
export function createSessionRunner(
  ports: EncodePorts,
  { askers, live }: { askers: Askers; live: Set<Session> },
): (session: Session) => Promise<void> {
  const { store, claims, arrivals, clock, log, settings } = ports;
  return run;

  async function run(session: Session): Promise<void> {
    const { source, rendition, claim, stop, starter } = session;
    const stopWatching = stopWhenIdle(session);
    const firstSegment = claim.next;
    let failure: unknown = new SessionStopped();
    try {
      const quietMs = askers.quietMs(starter);
      if (quietMs > 0) await clock.sleep(quietMs, stop.signal);
      await session.place.working(stop.signal);
      askers.started(starter);
      session.workingSinceMs = clock.nowMs();
      await encodeSegments(ports, {
        source,
        renditions: [rendition],
        firstSegment,
        endSegment: claim.end,
        preset: settings.preset,
        crf: settings.crf,
        audioKbps: settings.audioKbps,
        threads: encoderThreads(ports.machine, [...live].filter(isRunning).length - 1),
        priority: 'watching',
        firstAlone: true,
        signal: stop.signal,
        gate: (signal) => rest(session, signal),
        onHeader: ({ id }) => arrivals.arrived(id, HEADER),
        onSegment: async (_, index, bytes) => {
          const boundariesUs = boundariesOf(source.timeline, rendition.spec.grid);
          session.madeMs += (boundariesUs[index + 1]! - boundariesUs[index]!) / 1000;
          await store.write(rendition, index, bytes, { somebodyWaits: true });
          void ports.cache.keep();
          claim.next = index + 1;
          arrivals.arrived(rendition.id, index);
          if (await isTaken(session)) stopSession(session);
        },
      });
    } catch (error) {
      failure = error;
      if (!(error instanceof SessionStopped)) log.warn({ error, videoId: source.videoId }, 'An encode session failed.');
    } finally {
      stopWatching();
      live.delete(session);
      claims.remove(claim);
      session.place.leave();
      arrivals.failed(rendition.id, HEADER, HEADER + 1, failure);
      // Whoever still waits here starts over, and finds the segment, another session, or this failure again.
      arrivals.failed(rendition.id, claim.next, reach(session, settings.aheadSegments) + 1, failure);
    }
  }

  /** Whether the next segment has been made, or is being made, by somebody else. */
  async function isTaken({ rendition, claim }: Session): Promise<boolean> {
    const present = await store.present(rendition);
    return present.has(claim.next) || claims.holder(rendition.id, claim.next, 0, claim) !== null;
  }

  /** Between two fragments: pauses where it is far enough ahead, has nobody left, or has lent its slot. */
  async function rest(session: Session, signal: AbortSignal): Promise<void> {
    const { place } = session;
    if (place.shouldYield()) place.park();
    if (!mustRest(session, settings.aheadSegments) && place.state === 'working') return;
    session.workedMs += clock.nowMs() - session.workingSinceMs;
    while (mustRest(session, settings.aheadSegments) && !signal.aborted) {
      place.park();
      await asked(session, signal);
    }
    if (place.state !== 'working') await place.working(signal);
    session.workingSinceMs = clock.nowMs();
  }

  /** Resolves when somebody asks this session for more, or it is stopped. */
  function asked(session: Session, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      session.wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  function stopWhenIdle(session: Session): () => void {
    let cancel = () => {};
    const check = () => {
      const patienceMs = isRunning(session) ? IDLE_MS : TURN_KEPT_MS;
      const leftMs = session.waiting > 0 ? patienceMs : session.askedAtMs + patienceMs - clock.nowMs();
      if (leftMs <= 0) stopSession(session);
      else cancel = clock.setTimeout(leftMs, check);
    };
    cancel = clock.setTimeout(TURN_KEPT_MS, check);
    return () => cancel();
  }
}
