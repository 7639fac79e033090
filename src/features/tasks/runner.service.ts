import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { tasks } from './schema.ts';
import { nextDailyMs } from './when.ts';

/** Something periodic: an entry of the list src/schedule.ts. */
export interface Periodic {
  /** What it does, as in "Could not ...". */
  name: string;
  everyMs: number;
  /** Once a day when nobody watches (`schedule.nightlyAt`), and not `everyMs` after the last run. */
  nightly?: boolean;
  /** Also when the server starts. */
  atStart?: boolean;
  run(app: App): unknown;
}

/** When a task runs: so often, or once a day at a time such as "03:00". */
export type Timing = { everyMs: number; dailyAt?: undefined } | { dailyAt: string; everyMs?: undefined };

/** A task and how it goes. */
export interface RunningTask {
  task: Periodic;
  id: string;
  /** What an admin chose; null: as usual. */
  chosen: Timing | null;
  isRunning: boolean;
  startedAtMs: TimeMs | null;
  durationMs: number | null;
  failure: string | null;
  nextAtMs: TimeMs | null;
}

export interface TaskRunner {
  list(): RunningTask[];
  find(id: string): RunningTask | null;
  /** Begins a run at once, unless one is under way; resolves when it has ended, however it did. */
  run(id: string): Promise<void>;
  /** From here on at these times; null is as usual. */
  setTiming(id: string, chosen: Timing | null): void;
  /** The usual time of nightly tasks has changed. */
  replan(): void;
  stop(): void;
}

/** When a task runs unless an admin chose otherwise. */
export function usualTiming({ config }: Pick<App, 'config'>, task: Periodic): Timing {
  return task.nightly ? { dailyAt: config.schedule.nightlyAt } : { everyMs: task.everyMs };
}

/** What runs more often than this is kept in memory alone: a row every few seconds tells nobody anything. */
const RARE_MS = 5 * MINUTE_MS;

interface Entry extends RunningTask {
  /** The next run is counted from the last one, or from here where that is later. */
  countedFromMs: TimeMs;
  cancel: () => void;
}

const runners = new WeakMap<App, TaskRunner>();

/** The runner of a started app; null before its start. */
export function taskRunner(app: App): TaskRunner | null {
  return runners.get(app) ?? null;
}

/** "scan libraries" is `scan-libraries` in addresses and in the database. */
const taskId = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Runs the schedule until it is stopped. A task that fails is logged, and tried again in its time. */
export function startTasks(app: App, schedule: Periodic[]): TaskRunner {
  const { clock, db, events, log } = app;
  const rows = new Map(
    db.orm
      .select()
      .from(tasks)
      .all()
      .map((row) => [row.name, row]),
  );
  const all = new Map<string, Entry>();
  let stopped = false;
  /** Nightly tasks run one after the other: the disk has one of them at a time. */
  let night = Promise.resolve();

  /** Sets the timer for the next run. What has been missed, since the server was off, is due at once. */
  function plan(entry: Entry): void {
    entry.cancel();
    if (stopped || entry.isRunning) return;
    const nowMs = clock.nowMs();
    const { everyMs, dailyAt } = entry.chosen ?? usualTiming(app, entry.task);
    const fromMs = Math.max(entry.startedAtMs ?? 0, entry.countedFromMs);
    const dueMs = Math.max(nowMs, dailyAt === undefined ? fromMs + everyMs : nextDailyMs(dailyAt, fromMs));
    entry.nextAtMs = dueMs;
    const begin = () => {
      if (dailyAt === undefined) void run(entry);
      else night = night.then(() => run(entry));
    };
    // Machines sleep and clocks are set: the time is looked at again and again.
    const waitMs = dueMs - nowMs;
    entry.cancel = clock.setTimeout(Math.min(waitMs, HOUR_MS), () => (waitMs > HOUR_MS ? plan(entry) : begin()));
  }

  async function run(entry: Entry): Promise<void> {
    if (entry.isRunning || stopped) return;
    entry.cancel();
    const { task, id } = entry;
    const startedAtMs = clock.nowMs();
    Object.assign(entry, { isRunning: true, nextAtMs: null });
    const isTold = task.everyMs >= RARE_MS;
    if (isTold) events.emit('task.changed', { name: id });
    let failure: string | null = null;
    try {
      await task.run(app);
    } catch (error) {
      failure = (error as Error).message;
      log.error({ error, task: id }, `Could not ${task.name}.`);
    }
    const ended = { startedAtMs, durationMs: clock.nowMs() - startedAtMs, failure };
    Object.assign(entry, { ...ended, isRunning: false });
    if (stopped) return;
    if (isTold) keep(id, ended);
    plan(entry);
    if (isTold) events.emit('task.changed', { name: id });
  }

  function keep(id: string, ended: { startedAtMs: TimeMs; durationMs: number; failure: string | null }): void {
    try {
      db.write((tx) =>
        tx
          .insert(tasks)
          .values({ name: id, ...ended })
          .onConflictDoUpdate({ target: tasks.name, set: ended })
          .run(),
      );
    } catch (error) {
      log.warn({ error, task: id }, 'How a periodic task went could not be written down.');
    }
  }

  for (const task of schedule) {
    const id = taskId(task.name);
    const { everyMs, dailyAt, startedAtMs = null, durationMs = null, failure = null } = rows.get(id) ?? {};
    const chosen = dailyAt ? { dailyAt } : everyMs ? { everyMs } : null;
    const state = { startedAtMs, durationMs, failure, isRunning: false, nextAtMs: null };
    const countedFromMs = startedAtMs ?? clock.nowMs();
    const entry: Entry = { task, id, chosen, countedFromMs, ...state, cancel: () => {} };
    all.set(id, entry);
    if (task.atStart) void run(entry);
    else plan(entry);
  }

  const runner: TaskRunner = {
    list: () => [...all.values()],
    find: (id) => all.get(id) ?? null,
    run: (id) => run(all.get(id)!),
    setTiming(id, chosen) {
      const entry = all.get(id)!;
      entry.chosen = chosen;
      // A time of day that is over for today has not been missed.
      const isDaily = (chosen ?? usualTiming(app, entry.task)).dailyAt !== undefined;
      entry.countedFromMs = isDaily ? clock.nowMs() : 0;
      plan(entry);
    },
    replan() {
      for (const { id, task, chosen } of all.values()) if (task.nightly && chosen === null) runner.setTiming(id, null);
    },
    stop() {
      stopped = true;
      for (const { cancel } of all.values()) cancel();
      runners.delete(app);
    },
  };
  runners.set(app, runner);
  return runner;
}
