import { SECOND_MS, type TimeMs } from '../../core/time.ts';
import type { Clock } from '../../platform/clock.ts';

/** Whom an encoder works for, the most urgent first. */
export const URGENCIES = ['live', 'watching', 'upload', 'eager'] as const;
export type Urgency = (typeof URGENCIES)[number];

export interface SlotAsk {
  urgency: Urgency;
  /** Sound, or a single frame: over before anybody notices, and never in the way of a picture, so it has slots of its own. */
  light: boolean;
  /** What its ffmpeg is expected to take. */
  memoryBytes: number;
  /** Whose share it counts toward; null for Kinora's own work. */
  owner: string | null;
  /**
   * Somebody more urgent needs what this one has. `slot`: it is parked already, and must not go on until `working` resolves
   * again. `memory`: it must end.
   */
  giveWay?: (need: 'slot' | 'memory') => void;
  /** False while it only works ahead: it lends its slot to an equal whom somebody waits for. True unless given. */
  isWaitedFor?: () => boolean;
  /** Nobody wants it any more: its equals may have it ended. */
  isIdle?: () => boolean;
  /** It is not its turn yet, whatever is free. */
  isBlocked?: () => boolean;
  /** For the admin: what it makes. */
  about?: () => EncoderWork;
}

export interface EncoderWork {
  videoId: string;
  renditionIds: string[];
  /** The segment it is at; null for what makes none. */
  segment: number | null;
  /** How many people watch what it makes. */
  viewers: number;
  /** Seconds of video made in a second of work; null before there is anything to measure. */
  speed: number | null;
}

export interface EncoderFacts extends EncoderWork {
  id: number;
  urgency: Urgency;
  state: Place['state'];
  sinceMs: TimeMs;
  /** The name of the worker that does it; null for this machine, or while it waits for one. */
  worker: string | null;
}

/**
 * One encoder's place: first it waits, then it works. Parked it is paused: it keeps its memory and gives up its slot.
 */
export interface Place {
  readonly state: 'waiting' | 'working' | 'parked' | 'left';
  readonly sinceMs: TimeMs;
  /** Whether it has worked, and so has an ffmpeg. */
  readonly started: boolean;
  /** Resolves when it may work. Rejects with the signal's reason; the place is left then. */
  working(signal?: AbortSignal): Promise<void>;
  park(): void;
  leave(): void;
  /** It has had its slot for a while, and an equal waits: time to park. */
  shouldYield(): boolean;
  /** How many others get their slot before this one does. */
  ahead(): number;
}

/**
 * Who may encode: as many at once as there are slots, and as their memory allows. The more urgent go first, and take from
 * the less urgent; among equals whoever has least goes first, then whoever came first.
 */
export interface EncoderSlots {
  readonly slots: number;
  enter(ask: SlotAsk): Place;
  /** Does something short with a slot. */
  run<T>(ask: SlotAsk, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T>;
  /** Looks again: what `isIdle` or `isBlocked` say has changed. */
  look(): void;
  list(): EncoderFacts[];
}

interface Entry extends SlotAsk {
  id: number;
  state: Place['state'];
  sinceMs: TimeMs;
  /** An ffmpeg of its own is there: it has worked before. */
  started: boolean;
  /** It has been told to end. */
  leaving: boolean;
  /** Those who wait for its turn: the readers of all outputs of one ffmpeg do. */
  grants: (() => void)[];
}

/** Idleness comes with time, which nobody announces. */
const LOOK_MS = SECOND_MS;
/** How long one of several who all wait keeps its slot, where there are more of them than slots. */
const TURN_MS = 10 * SECOND_MS;
/** Encoders that are paused cost little, but are processes all the same. */
const PROCESSES_PER_SLOT = 4;
const LIGHT_PER_SLOT = 2;

export function createEncoderSlots(options: { slots: number; memoryBytes: number; clock: Clock }): EncoderSlots {
  const { slots, memoryBytes, clock } = options;
  const entries = new Set<Entry>();
  let entered = 0;
  let stopLooking: (() => void) | null = null;

  const rank = ({ urgency }: Entry) => URGENCIES.indexOf(urgency);
  const those = (state: Place['state']) => [...entries].filter((entry) => entry.state === state);
  const isWaitedFor = (entry: Entry) => entry.isWaitedFor?.() ?? true;
  const load = (owner: string | null) => [...entries].filter((e) => e.started && e.owner === owner).length;

  /** Those who wait, in the order in which they will be served. */
  function queue(): Entry[] {
    const asking = those('waiting').filter(({ grants }) => grants.length > 0);
    return asking.sort(
      (a, b) =>
        Number(a.isBlocked?.() ?? false) - Number(b.isBlocked?.() ?? false) ||
        rank(a) - rank(b) ||
        Number(isWaitedFor(b)) - Number(isWaitedFor(a)) ||
        (a.owner === b.owner ? 0 : load(a.owner) - load(b.owner)) ||
        a.sinceMs - b.sinceMs,
    );
  }

  let looking = false;
  let lookAgain = false;
  function look(): void {
    // Whoever gives way may do so at once, and so call this again.
    lookAgain = true;
    if (looking) return;
    looking = true;
    while (lookAgain) {
      lookAgain = false;
      for (const light of [true, false]) serve(queue().filter((entry) => entry.light === light));
    }
    looking = false;
    stopLooking?.();
    stopLooking = those('waiting').length > 0 ? clock.setTimeout(LOOK_MS, look) : null;
  }

  function serve(waiting: Entry[]): void {
    for (const entry of waiting) {
      if (entry.isBlocked?.()) break;
      // Those behind may have their memory already, and give some back when they are done.
      if (!entry.started && !haveMemoryFor(entry)) continue;
      if (!haveSlotFor(entry)) break;
      entry.state = 'working';
      entry.started = true;
      entry.sinceMs = clock.nowMs();
      for (const grant of entry.grants.splice(0)) grant();
    }
  }

  /** Whether there is a slot for it; where not, what is in its way is told to go. */
  function haveSlotFor(entry: Entry): boolean {
    const rivals = () => those('working').filter(({ light }) => light === entry.light);
    const most = entry.light ? slots * LIGHT_PER_SLOT : slots;
    for (const other of inTheWayOf(entry)) {
      if (rivals().filter(({ leaving }) => !leaving).length < most) break;
      if (other.leaving) continue;
      if (lends(other, entry)) {
        other.state = 'parked';
        other.sinceMs = clock.nowMs();
        other.giveWay?.('slot');
      } else {
        other.leaving = true;
        other.giveWay?.('memory');
      }
    }
    return rivals().length < most;
  }

  const isIdle = (entry: Entry) => entry.isIdle?.() ?? false;
  const lends = (other: Entry, to: Entry) =>
    rank(other) > rank(to) || (rank(other) === rank(to) && !isIdle(other) && isWaitedFor(to) && !isWaitedFor(other));

  /** Working ones it may take from: the least urgent first, of those the one that has worked longest. */
  function inTheWayOf(entry: Entry): Entry[] {
    const mayTake = (other: Entry) =>
      other.light === entry.light &&
      other.giveWay !== undefined &&
      (lends(other, entry) || (rank(other) === rank(entry) && isIdle(other)));
    return those('working')
      .filter(mayTake)
      .sort((a, b) => rank(b) - rank(a) || a.sinceMs - b.sinceMs);
  }

  function haveMemoryFor(entry: Entry): boolean {
    const others = [...entries].filter(({ started }) => started);
    let bytes = others.reduce((sum, other) => sum + other.memoryBytes, entry.memoryBytes);
    let processes = others.length + 1;
    const tooMany = () => processes > 1 && (bytes > memoryBytes || processes > slots * PROCESSES_PER_SLOT);
    if (!tooMany()) return true;
    const parked = others
      .filter((other) => other.state === 'parked' && other.giveWay && rank(other) >= rank(entry))
      .sort((a, b) => rank(b) - rank(a) || load(b.owner) - load(a.owner) || a.sinceMs - b.sinceMs);
    const working = others.filter((o) => o.state === 'working' && o.giveWay && rank(o) > rank(entry)).reverse();
    for (const other of [...parked, ...working]) {
      if (!tooMany()) break;
      bytes -= other.memoryBytes;
      processes--;
      if (other.leaving) continue;
      other.leaving = true;
      other.giveWay?.('memory');
    }
    return false;
  }

  function leave(entry: Entry): void {
    if (!entries.delete(entry)) return;
    entry.state = 'left';
    entry.started = false;
    look();
  }

  const self: EncoderSlots = {
    slots,
    look,
    enter(ask) {
      const entry: Entry = {
        ...ask,
        id: ++entered,
        state: 'waiting',
        sinceMs: clock.nowMs(),
        started: false,
        leaving: false,
        grants: [],
      };
      entries.add(entry);
      return {
        get state() {
          return entry.state;
        },
        get sinceMs() {
          return entry.sinceMs;
        },
        get started() {
          return entry.started;
        },
        working: (signal) =>
          new Promise<void>((resolve, reject) => {
            if (entry.state === 'working') return resolve();
            const giveUp = () => {
              leave(entry);
              reject(signal?.reason);
            };
            if (signal?.aborted || entry.state === 'left') return giveUp();
            signal?.addEventListener('abort', giveUp, { once: true });
            entry.grants.push(() => {
              signal?.removeEventListener('abort', giveUp);
              resolve();
            });
            if (entry.state === 'parked') {
              entry.state = 'waiting';
              entry.sinceMs = clock.nowMs();
            }
            look();
          }),
        park() {
          if (entry.state !== 'working') return;
          entry.state = 'parked';
          entry.sinceMs = clock.nowMs();
          look();
        },
        shouldYield() {
          if (entry.state !== 'working' || clock.nowMs() - entry.sinceMs < TURN_MS) return false;
          const rivals = queue().filter(({ light }) => light === entry.light);
          return rivals.some((other) => rank(other) <= rank(entry) && isWaitedFor(other) && !other.isBlocked?.());
        },
        leave: () => leave(entry),
        ahead: () => Math.max(0, queue().indexOf(entry)),
      };
    },
    async run(ask, signal, work) {
      const place = self.enter(ask);
      try {
        await place.working(signal);
        return await work();
      } finally {
        place.leave();
      }
    },
    list: () =>
      [...entries].flatMap(({ id, urgency, state, sinceMs, about }) =>
        about ? [{ id, urgency, state, sinceMs, worker: null, ...about() }] : [],
      ),
  };
  return self;
}
