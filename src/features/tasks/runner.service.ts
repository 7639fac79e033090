import { MINUTE_MS, type TimeMs } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import { tasks } from './schema.ts';

/** Something periodic: an entry of the list src/schedule.ts. */
export interface Periodic {
  /** What it does, as in "Could not ...". */
  name: string;
  everyMs: number;
  /** Also when the server starts. */
  atStart?: boolean;
  run(app: App): unknown;
}

/** A task and how it goes. */
export interface RunningTask {
  task: Periodic;
  id: string;
  everyMs: number;
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
  /** From here on this often; counted from the last run. */
  setEvery(id: string, everyMs: number): void;
  stop(): void;
}

/** What runs more often than this is kept in memory alone: a row every few seconds tells nobody anything. */
const RARE_MS = 5 * MINUTE_MS;

const runners = new WeakMap<App, TaskRunner>();

/** The runner of a started app; null before its start. */
export function taskRunner(app: App): TaskRunner | null {
  return runners.get(app) ?? null;
}

/** "scan libraries" is `scan-libraries` in addresses and in the database. */
export const taskId = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

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
  const all = new Map<string, RunningTask & { cancel: () => void }>();
  let stopped = false;

  function wait(entry: RunningTask & { cancel: () => void }, afterMs: number): void {
    entry.cancel();
    if (stopped) return;
    entry.nextAtMs = clock.nowMs() + afterMs;
    entry.cancel = clock.setTimeout(afterMs, () => void run(entry));
  }

  async function run(entry: RunningTask & { cancel: () => void }): Promise<void> {
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
    wait(entry, entry.everyMs);
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
    const { everyMs, startedAtMs = null, durationMs = null, failure = null } = rows.get(id) ?? {};
    const state = { startedAtMs, durationMs, failure, isRunning: false, nextAtMs: null };
    const entry = { task, id, everyMs: everyMs ?? task.everyMs, ...state, cancel: () => {} };
    all.set(id, entry);
    if (task.atStart) void run(entry);
    else wait(entry, entry.everyMs);
  }

  const runner: TaskRunner = {
    list: () => [...all.values()],
    find: (id) => all.get(id) ?? null,
    run: (id) => run(all.get(id)!),
    setEvery(id, everyMs) {
      const entry = all.get(id)!;
      entry.everyMs = everyMs;
      if (entry.isRunning) return;
      const dueMs = (entry.startedAtMs ?? clock.nowMs()) + everyMs;
      wait(entry, Math.max(0, dueMs - clock.nowMs()));
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
