import type { TimeMs } from '../../core/time.ts';
import type { StreamRendition, StreamSource } from '../source.ts';
import type { Asker } from './askers.ts';
import type { Claim } from './claims.ts';
import type { Place } from './encoder-slots.ts';

/** One ffmpeg on one rendition from one place on, and whoever watches there. */
export interface Session {
  source: StreamSource;
  rendition: StreamRendition;
  claim: Claim;
  place: Place;
  /** Whose request it was begun for: it counts toward their share. */
  starter: Asker;
  /** Those whose place this is. */
  followers: Set<Asker>;
  /** How many requests wait here now. */
  waiting: number;
  /** The highest segment somebody asked for. */
  wanted: number;
  askedAtMs: TimeMs;
  /** Its slot was taken for somebody who waits; it goes on when it is asked. */
  lent: boolean;
  stop: AbortController;
  ended: Promise<void>;
  /** Wakes the session when somebody asks for more. */
  wake: () => void;
  /** Length of the segments made so far, and the time it took while it was not paused. */
  madeMs: number;
  workedMs: number;
  workingSinceMs: TimeMs;
}

interface NewSession {
  source: StreamSource;
  rendition: StreamRendition;
  index: number;
  end: number;
  place: Place;
  starter: Asker;
  nowMs: TimeMs;
}

export function createSession({ source, rendition, index, end, place, starter, nowMs }: NewSession): Session {
  return {
    source,
    rendition,
    claim: { renditionId: rendition.id, next: index, end },
    place,
    starter,
    followers: new Set([starter]),
    waiting: 0,
    wanted: index,
    askedAtMs: nowMs,
    lent: false,
    stop: new AbortController(),
    ended: Promise.resolve(),
    wake: () => {},
    madeMs: 0,
    workedMs: 0,
    workingSinceMs: nowMs,
  };
}

/** The last segment this session will make without being asked again. */
export function reach({ wanted, claim }: Session, aheadSegments: number): number {
  return Math.max(wanted, claim.next) + aheadSegments;
}

export function serves(session: Session, rendition: StreamRendition, index: number, aheadSegments: number): boolean {
  if (session.rendition.id !== rendition.id || session.stop.signal.aborted) return false;
  const { claim } = session;
  return index >= claim.next && index < claim.end && index <= reach(session, aheadSegments);
}

/** Everybody has gone elsewhere. */
export const isAbandoned = ({ followers, waiting }: Session) => followers.size === 0 && waiting === 0;

/** Whether it has an ffmpeg, which may be paused. */
export const isRunning = ({ place, stop }: Session) => place.started && !stop.signal.aborted;

export function mustRest(session: Session, aheadSegments: number): boolean {
  if (session.waiting > 0 && session.claim.next <= session.wanted) return false;
  return session.lent || isAbandoned(session) || session.claim.next > session.wanted + aheadSegments;
}

/** Seconds of video made in a second of work. */
export function speedOf({ madeMs, workedMs, workingSinceMs, place }: Session, nowMs: TimeMs): number | null {
  if (madeMs === 0) return null;
  const spentMs = workedMs + (place.state === 'working' ? nowMs - workingSinceMs : 0);
  return Math.round((10 * madeMs) / Math.max(1, spentMs)) / 10;
}

export function stopSession(session: Session): void {
  session.stop.abort(new SessionStopped());
}

/** Not a failure: the session had to go, and another may be started for whoever still waits. */
export class SessionStopped extends Error {
  constructor() {
    super('The encode session was stopped.');
    this.name = 'SessionStopped';
  }
}
