import { SECOND_MS } from '../../core/time.ts';
import { type StreamRendition, type StreamSource, segmentCount } from '../source.ts';
import { HEADER } from './arrivals.ts';
import { type Asker, createAskers } from './askers.ts';
import type { EncodePorts } from './encode-ports.ts';
import {
  createSession,
  isAbandoned,
  isRunning,
  type Session,
  SessionStopped,
  serves,
  speedOf,
  stopSession,
} from './encode-session.ts';
import { arrive, busyWith } from './encoder-busy.ts';
import { encoderCost } from './encoder-costs.ts';
import { createSessionRunner } from './run-session.ts';

/** Who asks for a segment. */
export interface SegmentAsk {
  /** Names the viewer: what they ask for next tells that they have left where they were. Unless given, a stranger. */
  viewer?: string | undefined;
  /** Aborted when they no longer wait. */
  signal?: AbortSignal | undefined;
  /** The rendition's header is all they wait for: the segment is what they ask for next. */
  header?: boolean;
}

/**
 * Encodes what players ask for, when they ask. A session is one ffmpeg on one rendition from one place on: it serves
 * everybody who watches there, runs a bounded number of segments ahead of the last one asked for, ends where stored
 * segments begin, and stops when nobody has asked for a while.
 */
export interface EncodeSessions {
  /**
   * Resolves when the segment is stored. Rejects when it cannot be made, when `signal` says nobody waits any more, and
   * with `encoder-busy` when others were served all the time.
   */
  make(source: StreamSource, rendition: StreamRendition, index: number, ask?: SegmentAsk): Promise<void>;
  /** Somebody has taken a stored segment: the session that made it goes on ahead of them. */
  taken(rendition: StreamRendition, index: number, viewer: string | undefined): void;
  /** What a viewer waits for: how many are served before them, or null when their segment is being made. */
  waiting(viewer: string, videoId: string): { ahead: number | null } | null;
  /** Stops whatever runs for a video: it is being deleted or replaced. */
  stopVideo(videoId: string): Promise<void>;
  list(): SessionFact[];
  close(): Promise<void>;
}

export interface SessionFact {
  videoId: string;
  renditionId: string;
  kind: 'video' | 'audio';
  /** The segment it is at. */
  next: number;
}

/** Its equals need not wait that long for its slot. */
const TAKEABLE_MS = 8 * SECOND_MS;
/** How often a request starts over when its session had to make room for another. */
const TRIES = 3;

export function createEncodeSessions(ports: EncodePorts): EncodeSessions {
  const { store, claims, arrivals, slots, clock, settings } = ports;
  const sessions = new Set<Session>();
  const askers = createAskers(clock);
  const run = createSessionRunner(ports, { askers, live: sessions });
  let closed = false;
  // Finding a session or starting one happens one request at a time: two would start two for the same segment.
  let door: Promise<unknown> = Promise.resolve();
  const throughTheDoor = <T>(fn: () => Promise<T>): Promise<T> => {
    const turn = door.then(fn);
    door = turn.catch(() => {});
    return turn;
  };

  /**
   * Finds the session that will make a segment, or starts one; the asker waits there from then on. Null when the segment
   * has come meanwhile.
   */
  async function findOrStart(source: StreamSource, rendition: StreamRendition, index: number, asker: Asker) {
    if (closed) throw new SessionStopped();
    let session = [...sessions].find((s) => serves(s, rendition, index, settings.aheadSegments));
    if (!session) {
      // A whole ladder is slower than the one segment somebody waits for: whoever is filling it steps aside.
      await claims.holder(rendition.id, index, settings.aheadSegments)?.giveWay?.();
      // One that is being stopped may just be writing this.
      const ending = [...sessions].filter((s) => s.rendition.id === rendition.id && s.stop.signal.aborted);
      await Promise.all(ending.map(({ ended }) => ended));
      if ((await store.present(rendition)).has(index)) return null;
      session = await start(source, rendition, index, asker);
    }
    session.waiting++;
    follow(session, asker);
    ask(session, index);
    return session;
  }

  function ask(session: Session, index: number): void {
    session.askedAtMs = clock.nowMs();
    session.wanted = Math.max(session.wanted, index);
    session.lent = false;
    session.wake();
  }

  /** A viewer is at one place at a time: what served them alone elsewhere serves nobody now. */
  function follow(session: Session, asker: Asker): void {
    for (const other of sessions) if (other !== session) other.followers.delete(asker);
    session.followers.add(asker);
    endAbandoned(asker);
  }

  /** Of the sessions a viewer has left, one is kept, paused, for coming back. */
  function endAbandoned(asker: Asker): void {
    const left = [...sessions].filter((session) => session.starter === asker && isAbandoned(session));
    const kept = left.filter(isRunning).sort((a, b) => b.askedAtMs - a.askedAtMs)[0];
    for (const session of left) if (session !== kept) stopSession(session);
    slots.look();
  }

  async function start(source: StreamSource, rendition: StreamRendition, index: number, starter: Asker) {
    const present = await store.present(rendition);
    const count = segmentCount(source.timeline, rendition.spec.grid);
    let end = index + 1;
    while (end < count && !present.has(end)) end++;
    const place = slots.enter({
      ...encoderCost(source, [rendition]),
      urgency: 'watching',
      owner: starter.viewer,
      giveWay: (need) => {
        if (need === 'memory') stopSession(session);
        else session.lent = true;
      },
      isWaitedFor: () => session.waiting > 0,
      isIdle: () => session.waiting === 0 && (isAbandoned(session) || clock.nowMs() - session.askedAtMs > TAKEABLE_MS),
      isBlocked: () => isOvertaken(session),
      about: () => ({
        videoId: source.videoId,
        renditionIds: [rendition.id],
        segment: session.claim.next,
        viewers: session.followers.size,
        speed: speedOf(session, clock.nowMs()),
      }),
    });
    const session = createSession({ source, rendition, index, end, place, starter, nowMs: clock.nowMs() });
    sessions.add(session);
    claims.add(session.claim);
    session.ended = run(session);
    return session;
  }

  /** A viewer's newer request goes first, and nobody has more than two at work: the place they are at, and the one before. */
  function isOvertaken(session: Session): boolean {
    const own = [...sessions].filter((other) => other !== session && other.starter === session.starter);
    if (own.filter(isRunning).length >= 2) return true;
    return (
      session.followers.size === 0 && own.some((other) => other.followers.has(session.starter) && other.waiting > 0)
    );
  }

  return {
    async make(source, rendition, index, { viewer, signal, header = false } = {}) {
      const asker = askers.of(viewer ?? null, source.videoId, rendition.spec.kind);
      const isThere = async () =>
        header ? (await store.readInit(rendition)) !== null : (await store.present(rendition)).has(index);
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        if (await isThere()) return;
        const gone = new AbortController();
        const arrival = arrivals.wait(
          rendition.id,
          header ? HEADER : index,
          signal ? AbortSignal.any([signal, gone.signal]) : gone.signal,
        );
        let session: Session | null = null;
        try {
          session = await throughTheDoor(() => {
            signal?.throwIfAborted();
            return findOrStart(source, rendition, index, asker);
          });
          // It may have been written while we stood at the door.
          if (session && !(await isThere())) await arrive(clock, session.place, arrival);
          askers.served(asker);
          return;
        } catch (error) {
          // Nobody waits for a session that has not begun: it never will, unless they were told to come back.
          if (session && signal?.aborted && session.waiting === 1 && !isRunning(session)) stopSession(session);
          if (!(error instanceof SessionStopped)) throw error;
          if (closed || attempt === TRIES) throw busyWith(0);
        } finally {
          gone.abort(new SessionStopped());
          if (session) {
            session.waiting--;
            endAbandoned(session.starter);
          }
        }
      }
    },
    taken(rendition, index, viewer) {
      for (const session of sessions) {
        const { claim } = session;
        const isBehind = index < claim.next && index >= claim.next - 2 * settings.aheadSegments;
        if (session.rendition.id !== rendition.id || !isBehind) continue;
        if (viewer !== undefined) follow(session, askers.of(viewer, rendition.videoId, rendition.spec.kind));
        ask(session, index);
        return;
      }
    },
    waiting(viewer, videoId) {
      const kinds = ['video', 'audio'] as const;
      const own = kinds.map((kind) => askers.of(viewer, videoId, kind));
      const mine = [...sessions].filter((s) => s.waiting > 0 && own.some((asker) => s.followers.has(asker)));
      if (mine.length === 0) return null;
      const ahead = mine.flatMap(({ place }) => (place.state === 'waiting' ? [place.ahead()] : []));
      return { ahead: ahead.length > 0 ? Math.max(...ahead) : null };
    },
    async stopVideo(videoId) {
      const own = [...sessions].filter((session) => session.source.videoId === videoId);
      for (const session of own) stopSession(session);
      await Promise.all(own.map((session) => session.ended));
    },
    list: () =>
      [...sessions].map(({ source, rendition, claim }) => ({
        videoId: source.videoId,
        renditionId: rendition.id,
        kind: rendition.spec.kind,
        next: claim.next,
      })),
    async close() {
      closed = true;
      for (const session of sessions) stopSession(session);
      await Promise.all([...sessions].map((session) => session.ended));
    },
  };
}
