import { SECOND_MS } from '../core/time.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ffmpeg } from '../platform/ffmpeg.ts';
import type { Hardware } from '../platform/hardware.ts';
import type { Log } from '../platform/log.ts';
import type { Arrivals } from './arrivals.ts';
import type { Claim, Claims } from './claims.ts';
import { encodeSegments } from './encode-segments.ts';
import type { SegmentStore } from './segment-store.ts';
import { type StreamRendition, type StreamSource, segmentCount } from './source.ts';

/**
 * Encodes what players ask for, when they ask. A session is one ffmpeg on one rendition from one place on: it serves
 * everybody who watches there, runs a bounded number of segments ahead of the last one asked for, ends where stored
 * segments begin, and stops when nobody has asked for a while.
 */
export interface EncodeSessions {
  /** Resolves when the segment is stored. Rejects when it cannot be made, or when `signal` says nobody waits any more. */
  make(source: StreamSource, rendition: StreamRendition, index: number, signal?: AbortSignal): Promise<void>;
  /** Stops whatever runs for a video: it is being deleted or replaced. */
  stopVideo(videoId: string): Promise<void>;
  list(): { videoId: string; renditionId: string; next: number }[];
  close(): Promise<void>;
}

export interface SessionSettings {
  /** At most this many at once; one more stops the one asked least recently. */
  sessions: number;
  aheadSegments: number;
  preset: string;
  audioKbps: number;
}

export interface EncodePorts {
  ffmpeg: Ffmpeg;
  hardware: Hardware;
  store: SegmentStore;
  claims: Claims;
  arrivals: Arrivals;
  clock: Clock;
  log: Log;
  settings: SessionSettings;
}

interface Session {
  source: StreamSource;
  rendition: StreamRendition;
  claim: Claim;
  /** The highest segment somebody asked for. */
  wanted: number;
  askedAtMs: number;
  stop: AbortController;
  ended: Promise<void>;
  /** Wakes the session when somebody asks for more. */
  wake: () => void;
}

/** A session nobody asks anything of is stopped after this long. */
const IDLE_MS = 30 * SECOND_MS;
/** How often a request starts over when its session had to make room for another. */
const TRIES = 3;

export function createEncodeSessions(ports: EncodePorts): EncodeSessions {
  const { store, claims, arrivals, clock, log, settings } = ports;
  const sessions = new Set<Session>();
  let closed = false;
  // Finding a session or starting one happens one request at a time: two would start two for the same segment.
  let door: Promise<unknown> = Promise.resolve();
  const throughTheDoor = <T>(fn: () => Promise<T>): Promise<T> => {
    const turn = door.then(fn);
    door = turn.catch(() => {});
    return turn;
  };

  async function findOrStart(source: StreamSource, rendition: StreamRendition, index: number): Promise<void> {
    if (closed) throw new SessionStopped();
    const own = [...sessions].find((session) => serves(session, rendition, index));
    if (own) return ask(own, index);
    // A whole ladder is slower than the one segment somebody waits for: whoever is filling it steps aside.
    await claims.holder(rendition.id, index, settings.aheadSegments)?.giveWay?.();
    ask(await start(source, rendition, index), index);
  }

  function serves(session: Session, rendition: StreamRendition, index: number): boolean {
    if (session.rendition.id !== rendition.id || session.stop.signal.aborted) return false;
    return index >= session.claim.next && index < session.claim.end && index <= reach(session);
  }

  /** The last segment this session will make without being asked again. */
  function reach({ wanted, claim }: Session): number {
    return Math.max(wanted, claim.next) + settings.aheadSegments;
  }

  function ask(session: Session, index: number): void {
    session.askedAtMs = clock.nowMs();
    session.wanted = Math.max(session.wanted, index);
    session.wake();
  }

  async function start(source: StreamSource, rendition: StreamRendition, index: number): Promise<Session> {
    const present = await store.present(rendition);
    const count = segmentCount(source.timeline, rendition.spec.grid);
    let end = index + 1;
    while (end < count && !present.has(end)) end++;
    await makeRoom();
    const session: Session = {
      source,
      rendition,
      claim: { renditionId: rendition.id, next: index, end },
      wanted: index,
      askedAtMs: clock.nowMs(),
      stop: new AbortController(),
      ended: Promise.resolve(),
      wake: () => {},
    };
    sessions.add(session);
    claims.add(session.claim);
    session.ended = run(session);
    return session;
  }

  async function makeRoom(): Promise<void> {
    while (sessions.size >= settings.sessions) {
      const oldest = [...sessions].reduce((a, b) => (a.askedAtMs <= b.askedAtMs ? a : b));
      oldest.stop.abort(new SessionStopped());
      await oldest.ended;
    }
  }

  async function run(session: Session): Promise<void> {
    const { source, rendition, claim, stop } = session;
    const stopWatching = stopWhenIdle(session);
    const firstSegment = claim.next;
    let failure: unknown = new SessionStopped();
    try {
      await encodeSegments(ports, {
        source,
        renditions: [rendition],
        firstSegment,
        endSegment: claim.end,
        preset: settings.preset,
        audioKbps: settings.audioKbps,
        priority: 'watching',
        signal: stop.signal,
        onSegment: async (_, index, bytes) => {
          await store.write(rendition, index, bytes);
          claim.next = index + 1;
          arrivals.arrived(rendition.id, index);
          if (await isTaken(session)) stop.abort(new SessionStopped());
          while (claim.next > session.wanted + settings.aheadSegments && !stop.signal.aborted) await asked(session);
        },
      });
    } catch (error) {
      failure = error;
      if (!(error instanceof SessionStopped)) log.warn({ error, videoId: source.videoId }, 'An encode session failed.');
    } finally {
      stopWatching();
      sessions.delete(session);
      claims.remove(claim);
      // Whoever still waits here starts over, and finds the segment, another session, or this failure again.
      arrivals.failed(rendition.id, claim.next, reach(session) + 1, failure);
    }
  }

  /** Whether the next segment has been made, or is being made, by somebody else. */
  async function isTaken({ rendition, claim }: Session): Promise<boolean> {
    const present = await store.present(rendition);
    return present.has(claim.next) || claims.holder(rendition.id, claim.next, 0, claim) !== null;
  }

  /** Resolves when somebody asks this session for more, or it is stopped. */
  function asked(session: Session): Promise<void> {
    return new Promise((resolve) => {
      session.wake = resolve;
      session.stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  function stopWhenIdle(session: Session): () => void {
    let cancel = () => {};
    const check = () => {
      const leftMs = session.askedAtMs + IDLE_MS - clock.nowMs();
      if (leftMs <= 0) session.stop.abort(new SessionStopped());
      else cancel = clock.setTimeout(leftMs, check);
    };
    cancel = clock.setTimeout(IDLE_MS, check);
    return () => cancel();
  }

  return {
    async make(source, rendition, index, signal) {
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        if ((await store.present(rendition)).has(index)) return;
        const arrival = arrivals.wait(rendition.id, index, signal);
        try {
          await throughTheDoor(() => findOrStart(source, rendition, index));
          // It may have been written while we stood at the door.
          if ((await store.present(rendition)).has(index)) return;
          return await arrival;
        } catch (error) {
          if (!(error instanceof SessionStopped) || closed || attempt === TRIES) throw error;
        }
      }
    },
    async stopVideo(videoId) {
      const own = [...sessions].filter((session) => session.source.videoId === videoId);
      for (const session of own) session.stop.abort(new SessionStopped());
      await Promise.all(own.map((session) => session.ended));
    },
    list: () =>
      [...sessions].map(({ source, rendition, claim }) => ({
        videoId: source.videoId,
        renditionId: rendition.id,
        next: claim.next,
      })),
    async close() {
      closed = true;
      for (const session of sessions) session.stop.abort(new SessionStopped());
      await Promise.all([...sessions].map((session) => session.ended));
    },
  };
}

/** Not a failure: the session had to go, and another may be started for whoever still waits. */
export class SessionStopped extends Error {
  constructor() {
    super('The encode session was stopped.');
    this.name = 'SessionStopped';
  }
}
