import type { Queue, QueueEvents } from 'bullmq';
import type { TimeMs } from '../../core/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { createOfferedRuns, type OfferedRun, type OfferOptions } from './offered-runs.ts';
import {
  BEAT_MS,
  KEYS,
  LINES,
  type Line,
  LOST_MS,
  MOMENT_MS,
  type Order,
  PREFIX,
  type ServerCard,
  type WorkerCard,
} from './protocol.ts';
import { closeRedis, openRedis, type Redis, redisName } from './redis.ts';
import { redisTrouble } from './redis-trouble.ts';
import { createRoster, type Roster } from './roster.ts';

export interface WorkforceFacts {
  /** The address of Redis, without its password. */
  redis: string;
  state: 'connecting' | 'connected' | 'away';
  sinceMs: TimeMs;
  /** What is wrong: a sentence. */
  problem: string | null;
  workers: (WorkerCard & { seenAtMs: TimeMs })[];
}

/** Other processes that take work off the server (`kinora worker`), reached by BullMQ on Redis or Valkey. */
export interface Workforce {
  start(): void;
  facts(): WorkforceFacts;
  /** How many runs of pictures they make at once; 0 where nobody is to be had now. */
  slots(): number;
  /** True when somebody takes work. False when there has been nobody for a moment. */
  ready(signal: AbortSignal): Promise<boolean>;
  /** Tells when `slots` may have changed. Returns what ends it. */
  follow(fn: () => void): () => void;
  offer(options: OfferOptions): OfferedRun;
  close(): Promise<void>;
}

export interface WorkforceOptions {
  url: string;
  /** A fresh id every start. */
  self: Omit<ServerCard, 'beat'>;
  /** Leaves the server's id in the storage (`STORAGE_PROOF`), before workers are told that it is there. */
  announce: () => Promise<void>;
  clock: Clock;
  log: Log;
}

interface Connected {
  redis: Redis;
  roster: Roster;
  queues: Record<Line, Queue>;
  events: QueueEvents[];
}

const LOOK_AGAIN_MS = 500;

export function createWorkforce({ url, self, announce, clock, log }: WorkforceOptions): Workforce {
  const followers = new Set<() => void>();
  const stop = new AbortController();
  const startedAtMs = clock.nowMs();
  let redis: Redis | null = null;
  let up: Connected | null = null;
  let settled = false;
  let contactMs: TimeMs | null = null;
  let somebodyAtMs = startedAtMs;
  let state: WorkforceFacts['state'] = 'connecting';
  let sinceMs = startedAtMs;
  let lastSlots = 0;
  let lastError: string | null = null;
  let saidAlone = false;

  const isUp = () => contactMs !== null && clock.nowMs() - contactMs <= LOST_MS;
  const present = () => (up && isUp() ? up.roster.present(clock.nowMs()) : []);
  const slots = () =>
    settled ? present().reduce((sum, { card }) => sum + (card.refusal === null ? card.slots : 0), 0) : 0;

  const runs = createOfferedRuns({
    server: self.id,
    clock,
    queue: (line) => up?.queues[line] ?? null,
    publish,
    findWorker: (id) => up?.roster.find(id) ?? null,
    isUp,
    isForsaken: () => slots() === 0 && clock.nowMs() - somebodyAtMs > MOMENT_MS,
  });

  function turn(next: WorkforceFacts['state']): void {
    if (state === next) return;
    state = next;
    sinceMs = clock.nowMs();
    if (next === 'away')
      log.warn(
        `Redis at ${redisName(url)} cannot be reached${lastError ? ` (${lastError})` : ''}: this server encodes by itself until it is back.`,
      );
    else log.info(`Redis at ${redisName(url)} is connected.`);
  }

  async function connect(): Promise<void> {
    const { Queue: BullQueue, QueueEvents: BullEvents } = await import('bullmq');
    redis ??= await openRedis(url, (error) => {
      lastError = redisTrouble(url, error);
    });
    if (stop.signal.aborted) return redis.disconnect();
    const quiet = (error: Error) => log.debug({ error }, 'BullMQ says so.');
    const queues = {} as Connected['queues'];
    const events: QueueEvents[] = [];
    const connection = { connection: redis, prefix: PREFIX };
    const client = redis;
    // What comes into a queue's stream from here on is heard, also what comes before somebody listens.
    const lastIds = await Promise.all(
      LINES.map((line) => client.xrevrange(`${PREFIX}:${line}:events`, '+', '-', 'COUNT', 1)),
    );
    await announce();
    if (stop.signal.aborted) return;
    LINES.forEach((line, n) => {
      queues[line] = new BullQueue(line, connection);
      const heard = new BullEvents(line, { ...connection, lastEventId: lastIds[n]?.[0]?.[0] ?? '0-0' });
      heard.on('progress', ({ jobId, data }) => runs.report(jobId, data));
      heard.on('completed', ({ jobId, returnvalue }) => runs.complete(jobId, returnvalue));
      heard.on('failed', ({ jobId, failedReason }) => runs.lose(jobId, failedReason));
      events.push(heard);
      queues[line].on('error', quiet);
      heard.on('error', quiet);
    });
    up = { redis, queues, events, roster: createRoster(redis, self) };
    redis.on('ready', () => void checkWaiting().catch(quiet));
  }

  async function beat(): Promise<void> {
    const nowMs = clock.nowMs();
    await up!.roster.beat(nowMs);
    contactMs = nowMs;
    turn('connected');
    lastError = null;
    if (!settled) await settle();
  }

  /** What another server has left: nobody waits for it, and nothing of it may still be going on when work begins anew. */
  async function settle(): Promise<void> {
    const { queues } = up!;
    const endMs = clock.nowMs() + LOST_MS;
    for (const line of LINES) await queues[line].drain();
    while (clock.nowMs() < endMs) {
      publish({ order: 'server', server: self.id });
      const active = await Promise.all(LINES.map((line) => queues[line].getActiveCount()));
      if (active.every((count) => count === 0)) break;
      await clock.sleep(100, stop.signal);
    }
    settled = true;
  }

  /** Never rejects. Where Redis is away one beat waits for it, and no second one. */
  async function beatForEver(): Promise<void> {
    let isBeating = false;
    while (!stop.signal.aborted) {
      if (!isBeating) {
        isBeating = true;
        (up ? beat() : connect())
          .catch((error) => log.debug({ error }, 'A beat was missed.'))
          .finally(() => {
            isBeating = false;
          });
      }
      await clock.sleep(BEAT_MS, stop.signal).catch(() => {});
      look();
    }
  }

  /** Notices who has come and gone. */
  function look(): void {
    const nowMs = clock.nowMs();
    if (!isUp() && nowMs - (contactMs ?? startedAtMs) > LOST_MS) turn('away');
    const now = slots();
    if (now > 0) {
      somebodyAtMs = nowMs;
      if (saidAlone) log.info('Workers are there: they encode from now on.');
      saidAlone = false;
    }
    runs.look(nowMs);
    if (now === lastSlots) return;
    lastSlots = now;
    for (const fn of [...followers]) fn();
  }

  /** A Redis that was started anew without its data has forgotten what was waiting there. */
  async function checkWaiting(): Promise<void> {
    for (const { id, line } of runs.waiting()) {
      if (!(await up!.queues[line].getJob(id))) runs.lose(id, 'Redis has lost it');
    }
  }

  function publish(order: Order): void {
    if (up?.redis.status === 'ready') up.redis.publish(KEYS.orders, JSON.stringify(order)).catch(() => {});
  }

  return {
    start: () => void beatForEver(),
    slots,
    facts: () => ({
      redis: redisName(url),
      state,
      sinceMs,
      problem: problemOf(),
      workers: present().map(({ card, seenAtMs }) => ({ ...card, seenAtMs })),
    }),
    async ready(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (slots() > 0) return true;
        const nowMs = clock.nowMs();
        if (nowMs - somebodyAtMs > MOMENT_MS && (settled || !isUp())) {
          if (!saidAlone && isUp())
            log.info('No worker takes work: this server encodes by itself. See the page of jobs, and docs/workers.md.');
          saidAlone = true;
          return false;
        }
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
    },
    follow(fn) {
      followers.add(fn);
      return () => void followers.delete(fn);
    },
    offer: runs.offer,
    async close() {
      stop.abort(new Error('Kinora stops.'));
      if (!redis) return;
      const closed = up ? [...up.events, ...LINES.map((line) => up!.queues[line])] : [];
      await closeRedis(redis, () => Promise.allSettled(closed.map((each) => each.close())));
    },
  };

  function problemOf(): string | null {
    if (state === 'away') return `Redis cannot be reached${lastError ? `: ${lastError}` : '.'}`;
    const rival = up?.roster.rival();
    if (rival)
      return `Another Kinora ("${rival}") uses the same Redis database: give each its own, such as redis://host/1.`;
    return null;
  }
}
