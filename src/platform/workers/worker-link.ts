import type { Job, Worker } from 'bullmq';
import type { Log } from '../log.ts';
import {
  BEAT_MS,
  FENCE_MS,
  KEYS,
  LINES,
  type Line,
  LOST_MS,
  Offered,
  Order,
  type Outcome,
  PREFIX,
  type Report,
  ServerCard,
  type WorkerCard,
} from './protocol.ts';
import { closeRedis, openRedis, type Redis, redisName } from './redis.ts';
import { redisTrouble } from './redis-trouble.ts';
import { readCard } from './roster.ts';

/** Why a run ends early: nothing is wrong with it. */
export class RunStopped extends Error {}

/** What a run has of its surroundings. */
export interface RunContext {
  /** Aborted with `RunStopped` when the server wants it to end, cannot be reached, or the worker stops. */
  signal: AbortSignal;
  /** The server makes, or has made, what comes from this segment on. */
  until(): number;
  /** Tells the server. Rejects where it does not take it. */
  report(report: Report): Promise<void>;
  /** Reports again and again until the server gives this order. */
  ask<K extends Order['order']>(report: Report, order: K, fits?: (order: Order) => boolean): Promise<OrderOf<K>>;
}
type OrderOf<K extends Order['order']> = Extract<Order, { order: K }>;

export interface WorkerLinkOptions {
  url: string;
  self: Pick<WorkerCard, 'id' | 'name' | 'version' | 'slots' | 'startedAtMs'>;
  log: Log;
  /** Why no work can be taken of this server: a sentence, or null. Asked at every beat. */
  refusal: (server: ServerCard) => Promise<string | null>;
  /** Makes one run. What it throws is the end of it. */
  work: (payload: unknown, context: RunContext) => Promise<Outcome>;
}

export interface WorkerLinkFacts {
  /** Why it takes no work: a sentence, or null. */
  refusal: string | null;
  runs: number;
}

/** A worker's side: takes runs out of the queues while there is a server that it fits. */
export interface WorkerLink {
  /** Resolves once Redis has answered. Rejects where it refuses. */
  start(): Promise<void>;
  facts(): WorkerLinkFacts;
  /** Gives back what it is at, and says goodbye. */
  close(): Promise<void>;
}

interface Run {
  server: string;
  stop: AbortController;
  until: number;
  waiting: Set<(order: Order) => void>;
}

const NO_SERVER = 'It waits for a Kinora server that uses the same Redis.';
const ASK_AGAIN_MS = 1000;
const SOUND_PER_SLOT = 2;

export function createWorkerLink({ url, self, log, refusal, work }: WorkerLinkOptions): WorkerLink {
  const runs = new Map<string, Run>();
  const stop = new AbortController();
  let redis: Redis | null = null;
  let orders: Redis | null = null;
  let takers: Worker[] = [];
  let why: string | null = NO_SERVER;
  let beats = 0;
  /** When the last beat that arrived was begun. */
  let contactMs = performance.now();
  let timers: NodeJS.Timeout[] = [];
  let beating = false;

  async function beat(): Promise<void> {
    const begunMs = performance.now();
    const text = await redis!.get(KEYS.server);
    const server = readCard(ServerCard, text);
    await heed(server);
    await show(why);
    contactMs = begunMs;
  }

  async function show(reason: string | null): Promise<void> {
    const card: WorkerCard = { ...self, refusal: reason, runs: [...runs.keys()], beat: ++beats };
    await Promise.all([
      redis!.set(KEYS.worker(self.id), JSON.stringify(card), 'PX', LOST_MS),
      redis!.sadd(KEYS.workers, self.id),
    ]);
  }

  /** Takes work from this server or from none. */
  async function heed(server: ServerCard | null): Promise<void> {
    if (server) stopRuns((run) => run.server !== server.id, 'the server has started anew');
    const next = server ? await refusal(server) : NO_SERVER;
    if (next !== why) {
      if (next === null) log.info(`Takes work of ${server!.name}.`);
      else log.warn(`Takes no work: ${next}`);
      why = next;
    }
    for (const taker of takers) {
      if (why === null && (taker.isPaused() || !taker.isRunning())) await taker.resume();
      else if (why !== null && !taker.isPaused()) await taker.pause(true);
    }
  }

  function stopRuns(which: (run: Run) => boolean, reason: string): void {
    for (const run of runs.values()) if (which(run)) run.stop.abort(new RunStopped(reason));
  }

  function tick(): void {
    if (performance.now() - contactMs > FENCE_MS) stopRuns(() => true, 'Redis cannot be reached');
    if (beating) return;
    beating = true;
    beat()
      .catch((error) => log.debug({ error }, 'A beat was missed.'))
      .finally(() => {
        beating = false;
      });
  }

  async function takeRun(job: Job): Promise<Outcome> {
    const offered = Offered.safeParse(job.data);
    if (why !== null || !offered.success || stop.signal.aborted) return { outcome: 'stopped' };
    const run: Run = {
      server: offered.data.server,
      stop: new AbortController(),
      until: Number.POSITIVE_INFINITY,
      waiting: new Set(),
    };
    runs.set(job.id!, run);
    const context = contextOf(job, run);
    try {
      // By now it may be made already, or be wanted by nobody.
      await context.ask({ kind: 'taken', worker: self.id }, 'go');
      return await work(offered.data.payload, context);
    } catch (error) {
      if (error instanceof RunStopped || run.stop.signal.aborted) return { outcome: 'stopped' };
      throw error;
    } finally {
      runs.delete(job.id!);
    }
  }

  function contextOf(job: Job, run: Run): RunContext {
    const { signal } = run.stop;
    const report = (said: Report) => orAborted(job.updateProgress(said), signal);
    return {
      signal,
      until: () => run.until,
      async report(said) {
        // It was heard of last so long ago that somebody else may be at it.
        if (performance.now() - contactMs > FENCE_MS) run.stop.abort(new RunStopped('Redis cannot be reached'));
        signal.throwIfAborted();
        await report(said);
      },
      async ask(said, kind, fits = () => true) {
        const answer = Promise.withResolvers<Order>();
        const wait = (order: Order) => {
          if (order.order === kind && fits(order)) answer.resolve(order);
        };
        run.waiting.add(wait);
        const again = setInterval(() => void report(said).catch(() => {}), ASK_AGAIN_MS);
        try {
          await report(said);
          return (await orAborted(answer.promise, signal)) as never;
        } finally {
          clearInterval(again);
          run.waiting.delete(wait);
        }
      },
    };
  }

  function hear(text: string): void {
    const order = readCard(Order, text);
    if (!order) return;
    if (order.order === 'server') {
      stopRuns((run) => run.server !== order.server, 'the server has started anew');
      return;
    }
    const run = runs.get(order.run);
    if (!run) return;
    if (order.order === 'stop') run.stop.abort(new RunStopped('the server wants it so'));
    if (order.order === 'until') run.until = Math.min(run.until, order.segment);
    for (const wait of run.waiting) wait(order);
  }

  return {
    async start() {
      const { Worker: BullWorker } = await import('bullmq');
      let saidAway = false;
      redis = await openRedis(url, (error) => {
        if (!saidAway)
          log.warn(`Redis at ${redisName(url)} cannot be reached: ${redisTrouble(url, error)}. It is tried again.`);
        saidAway = true;
      });
      redis.on('ready', () => {
        if (saidAway) log.info(`Redis at ${redisName(url)} is connected.`);
        saidAway = false;
      });
      orders = redis.duplicate();
      orders.on('error', () => {});
      orders.on('message', (_channel, text) => hear(text));
      await orders.subscribe(KEYS.orders);
      if (stop.signal.aborted) return;
      const concurrency: Record<Line, number> = { picture: self.slots, sound: self.slots * SOUND_PER_SLOT };
      takers = LINES.map((line) => {
        const options = { connection: redis!, prefix: PREFIX, autorun: false, maxStalledCount: 0 };
        const taker = new BullWorker(line, takeRun, { ...options, concurrency: concurrency[line], name: self.name });
        taker.on('error', (error) => log.debug({ error }, 'BullMQ says so.'));
        return taker;
      });
      timers = [setInterval(tick, BEAT_MS)];
      tick();
    },
    facts: () => ({ refusal: why, runs: runs.size }),
    async close() {
      stop.abort();
      timers.forEach(clearInterval);
      why = 'It is being stopped.';
      stopRuns(() => true, 'the worker stops');
      if (!redis) return;
      const own = redis;
      await closeRedis(own, async () => {
        // Before its runs end: the server is not to count on it for what it gives back.
        await show(why);
        await Promise.allSettled(takers.map((taker) => taker.close()));
        await own.del(KEYS.worker(self.id));
      });
    },
  };
}

/** A promise, or the signal's reason where that comes first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
