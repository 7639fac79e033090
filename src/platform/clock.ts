import type { TimeMs } from '../core/time.ts';

/** The only source of "now" and of waiting, so that tests turn the hands themselves. */
export interface Clock {
  nowMs(): TimeMs;
  /** Calls `fn` once, `ms` from now. Returns the function that calls it off. */
  setTimeout(ms: number, fn: () => void): () => void;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// setTimeout takes 32 bits of milliseconds and fires at once above that.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimeout(ms, fn) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const partMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : fn()), partMs);
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
};

export interface FakeClock extends Clock {
  /** Moves time on, firing each timer at its own moment and letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /**
   * Jumps from timer to timer until the promise settles, and returns its value: `await clock.runUntil(queue.drain())`.
   * Only for work that waits on this clock: work that waits on a real process would see its timeouts fire.
   */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

/** A clock that stands still until told otherwise. Starts at 2026-01-01 UTC. */
export function createFakeClock(startMs: TimeMs = Date.UTC(2026, 0, 1)): FakeClock {
  let now = startMs;
  let timers: { dueMs: TimeMs; fn: () => void }[] = [];

  /** Fires the earliest timer that is due by `limitMs`; false when there is none. */
  function fireNext(limitMs: TimeMs): boolean {
    const next = timers.reduce<(typeof timers)[number] | null>(
      (best, timer) => (best === null || timer.dueMs < best.dueMs ? timer : best),
      null,
    );
    if (next === null || next.dueMs > limitMs) return false;
    timers = timers.filter((timer) => timer !== next);
    now = Math.max(now, next.dueMs);
    next.fn();
    return true;
  }

  const clock: FakeClock = {
    nowMs: () => now,
    setTimeout(ms, fn) {
      const timer = { dueMs: now + Math.max(0, ms), fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    sleep: (ms, signal) => sleepOn(clock, ms, signal),
    async advance(ms) {
      const endMs = now + ms;
      await settle();
      while (fireNext(endMs)) await settle();
      now = Math.max(now, endMs);
      await settle();
    },
    async runUntil(promise) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      await settle();
      for (let round = 0; !settled; round += 1) {
        // Nothing left to fire and still not settled: it waits for something real, or for ever.
        if (!fireNext(Number.POSITIVE_INFINITY) && round > 10_000)
          throw new Error('runUntil: no timer is left to fire.');
        await settle();
      }
      return promise;
    },
  };
  return clock;
}

/** Lets everything that is ready to go on do so: a few turns of the event loop, no waiting. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.setTimeout(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
