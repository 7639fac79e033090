import type { Queue } from 'bullmq';
import { newId } from '../../core/ids.ts';
import type { TimeMs } from '../../core/time.ts';
import type { Clock } from '../clock.ts';
import { type Line, LOST_MS, type Order, Outcome, Report } from './protocol.ts';
import type { Known } from './roster.ts';

/** Nobody took a run, or whoever had it is gone: it is to be planned anew. */
export class WorkersGone extends Error {}

type OrderToRun = Extract<Order, { run: string }>;
/** An order, without the run it is for. */
export type RunOrder = OrderToRun extends infer O ? (O extends OrderToRun ? Omit<O, 'run'> : never) : never;

export interface OfferOptions {
  line: Line;
  payload: unknown;
  /** 1 to 2^21; lower goes first. */
  priority: number;
  signal: AbortSignal;
  /** One after the other. What it throws ends the run, and is what `done` rejects with. */
  onReport: (report: Report, run: OfferedRun) => Promise<void> | void;
}

export interface OfferedRun {
  /** The name of the worker that has it; null while it waits for one. */
  worker(): string | null;
  tell(order: RunOrder): void;
  /** Rejects with `WorkersGone`, or the signal's reason once the worker has ended. */
  done: Promise<Outcome>;
}

/** The server's side of every run that is offered, or that a worker is at. */
export interface OfferedRuns {
  offer(options: OfferOptions): OfferedRun;
  /** What BullMQ's events say. */
  report(id: string, data: unknown): void;
  complete(id: string, value: unknown): void;
  lose(id: string, why: string): void;
  /** Gives up those whose worker is gone, and those that nobody comes for. */
  look(nowMs: TimeMs): void;
  /** Those that no worker has come to. */
  waiting(): { id: string; line: Line }[];
}

export interface OfferedRunsPorts {
  /** The server's id. */
  server: string;
  clock: Clock;
  /** Null before Redis has answered for the first time. */
  queue: (line: Line) => Queue | null;
  publish: (order: Order) => void;
  findWorker: (id: string) => Known | null;
  /** Whether Redis has been heard lately: what it knows can be relied upon. */
  isUp: () => boolean;
  /** Nobody has been there for a while who would take anything. */
  isForsaken: () => boolean;
}

interface Run {
  id: string;
  line: Line;
  worker: string | null;
  takenAtMs: TimeMs;
  /** Since when its worker does not speak of it. */
  unheardSinceMs: TimeMs | null;
  onReport: (report: Report) => Promise<void> | void;
  /** Reports are taken one after the other. */
  chain: Promise<void>;
  /** What it ends with, whatever its worker says. */
  failure: { error: unknown } | null;
  /** It is not wanted any more: what it still reports counts, and then it ends with this. */
  withdrawn: { reason: unknown } | null;
  end: PromiseWithResolvers<Outcome>;
  ended: boolean;
}

/** A worker that does not speak of a run it has taken for so long has lost it. */
const UNHEARD_MS = 4000;
const REPEAT_MS = 500;

export function createOfferedRuns(ports: OfferedRunsPorts): OfferedRuns {
  const { server, clock, queue, publish, findWorker, isUp, isForsaken } = ports;
  const runs = new Map<string, Run>();

  const tell = (run: Run, order: RunOrder) => publish({ ...order, run: run.id } as Order);

  function isLost(run: Run, nowMs: TimeMs): boolean {
    if (!isUp()) return true;
    if (run.worker === null) return isForsaken();
    const known = findWorker(run.worker);
    if (!known || nowMs - known.seenAtMs > LOST_MS) return true;
    const speaks = known.seenAtMs <= run.takenAtMs || known.card.runs.includes(run.id);
    run.unheardSinceMs = speaks ? null : (run.unheardSinceMs ?? nowMs);
    return run.unheardSinceMs !== null && nowMs - run.unheardSinceMs > UNHEARD_MS;
  }

  function lose(id: string, why: string): void {
    const run = runs.get(id);
    if (!run) return;
    void run.chain.then(() => run.end.reject(run.failure?.error ?? new WorkersGone(why)));
    // It may still wait there: nobody is to begin with it.
    if (run.worker === null)
      queue(run.line)
        ?.remove(run.id)
        .catch(() => {});
  }

  /** Ends a run that is not wanted any more, and waits until its worker has. */
  async function withdraw(run: Run, reason: unknown): Promise<void> {
    const endMs = clock.nowMs() + LOST_MS;
    run.withdrawn = { reason };
    while (!run.ended && clock.nowMs() < endMs && isUp()) {
      if (run.worker === null) {
        const removed = await queue(run.line)
          ?.remove(run.id)
          .catch(() => 0);
        if (removed === 1) break;
      }
      tell(run, { order: 'stop' });
      await Promise.race([clock.sleep(REPEAT_MS), run.end.promise.catch(() => {})]);
    }
    run.end.reject(reason);
  }

  return {
    lose,
    report(id, data) {
      const run = runs.get(id);
      const parsed = Report.safeParse(data);
      if (!parsed.success) return;
      if (!run) {
        // It was given up before its worker came to it.
        publish({ order: 'stop', run: id });
        return;
      }
      if (parsed.data.kind === 'taken' && run.worker === null) {
        run.worker = parsed.data.worker;
        run.takenAtMs = clock.nowMs();
      }
      run.chain = run.chain
        .then(() => (run.failure ? undefined : run.onReport(parsed.data)))
        .catch((error) => {
          run.failure ??= { error };
          tell(run, { order: 'stop' });
        });
    },
    complete(id, value) {
      const run = runs.get(id);
      const outcome = Outcome.safeParse(value);
      if (!run) return;
      void run.chain.then(() => {
        if (run.failure) run.end.reject(run.failure.error);
        else if (run.withdrawn) run.end.reject(run.withdrawn.reason);
        else if (outcome.success) run.end.resolve(outcome.data);
        else run.end.reject(new WorkersGone('The worker ended without saying how.'));
      });
    },
    look(nowMs) {
      for (const run of runs.values()) if (isLost(run, nowMs)) lose(run.id, 'its worker is gone');
    },
    waiting: () => [...runs.values()].filter(({ worker }) => worker === null).map(({ id, line }) => ({ id, line })),
    offer({ line, payload, priority, signal, onReport }) {
      const run: Run = {
        id: newId(),
        line,
        worker: null,
        takenAtMs: 0,
        unheardSinceMs: null,
        onReport: (heard) => onReport(heard, offered),
        chain: Promise.resolve(),
        failure: null,
        withdrawn: null,
        end: Promise.withResolvers<Outcome>(),
        ended: false,
      };
      const abandon = () => void withdraw(run, signal.reason);
      runs.set(run.id, run);
      const offered: OfferedRun = {
        worker: () => (run.worker === null ? null : (findWorker(run.worker)?.card.name ?? null)),
        tell: (order) => tell(run, order),
        done: run.end.promise.finally(() => {
          run.ended = true;
          runs.delete(run.id);
          signal.removeEventListener('abort', abandon);
        }),
      };
      const into = queue(line);
      if (into) {
        const options = { jobId: run.id, priority, removeOnComplete: true, removeOnFail: true };
        into
          .add('encode', { server, payload }, options)
          .catch((error) => run.end.reject(new WorkersGone('The run could not be offered.', { cause: error })));
      } else run.end.reject(new WorkersGone('Redis is not connected.'));
      signal.addEventListener('abort', abandon, { once: true });
      if (signal.aborted) abandon();
      return offered;
    },
  };
}
