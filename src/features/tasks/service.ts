import { eq } from 'drizzle-orm';
import { defineProblem } from '../../core/problem.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import { difference, recordAct } from '../audit/service.ts';
import type { EditTaskBody, TaskWire } from './api.ts';
import { type RunningTask, type TaskRunner, type Timing, taskRunner, usualTiming } from './runner.service.ts';
import { tasks } from './schema.ts';

const taskNotFound = defineProblem('task-not-found', 404);
const taskFixed = defineProblem('task-fixed', 409);
const notStarted = defineProblem('not-started', 503);

/** Everything periodic, and how it goes. */
export function listTasks(app: App): TaskWire[] {
  return (
    taskRunner(app)
      ?.list()
      .map((entry) => taskWire(app, entry)) ?? []
  );
}

/** Begins a run now; one that is under way goes on. Throws `task-not-found`. */
export function runTask(app: App, by: Actor, name: string): TaskWire {
  const { runner, entry } = getTask(app, name);
  app.db.write((tx) => recordAct(app, tx, by, { act: 'task.started', target: { id: name, name: entry.task.name } }));
  void runner.run(name);
  return taskWire(app, runner.find(name)!);
}

/** Chooses when a task runs; neither is as usual. Throws `task-not-found` or `task-fixed`. */
export function editTask(app: App, by: Actor, name: string, { everyMinutes, dailyAt }: EditTaskBody): TaskWire {
  const { runner, entry } = getTask(app, name);
  if (!isEditable(entry)) throw taskFixed('This task keeps its own time: other things rely on it.');
  const chosen: Timing | null = dailyAt ? { dailyAt } : everyMinutes ? { everyMs: everyMinutes * MINUTE_MS } : null;
  const usual = usualTiming(app, entry.task);
  app.db.write((tx) => {
    tx.insert(tasks).values({ name }).onConflictDoNothing().run();
    const row = { everyMs: chosen?.everyMs ?? null, dailyAt: chosen?.dailyAt ?? null };
    tx.update(tasks).set(row).where(eq(tasks.name, name)).run();
    const changes = difference(named(entry.chosen ?? usual), named(chosen ?? usual));
    recordAct(app, tx, by, { act: 'task.rescheduled', target: { id: name, name: entry.task.name }, changes });
    app.db.afterCommit(() => {
      runner.setTiming(name, chosen);
      app.events.emit('task.changed', { name });
    });
  });
  return taskWire(app, runner.find(name)!);
}

/** For the audit log. */
const named = ({ everyMs, dailyAt }: Timing) => ({
  everyMinutes: everyMs === undefined ? null : everyMs / MINUTE_MS,
  dailyAt: dailyAt ?? null,
});

function getTask(app: App, name: string): { runner: TaskRunner; entry: RunningTask } {
  const runner = taskRunner(app);
  if (!runner) throw notStarted('Kinora is still starting, or about to stop. Try again in a moment.');
  const entry = runner.find(name);
  if (!entry) throw taskNotFound('There is no such task.');
  return { runner, entry };
}

/** What keeps the disk and the queue in order within minutes is not for choosing. */
const isEditable = ({ task }: RunningTask) => task.everyMs >= HOUR_MS;

function taskWire(app: App, entry: RunningTask): TaskWire {
  const { task, id, chosen, isRunning, startedAtMs, durationMs, failure, nextAtMs } = entry;
  const usual = usualTiming(app, task);
  return {
    name: id,
    summary: task.name,
    ...plain(chosen ?? usual),
    usual: plain(usual),
    isChosen: chosen !== null,
    isEditable: isEditable(entry),
    isRunning,
    startedAtMs,
    durationMs,
    failure,
    nextAtMs,
  };
}

const plain = ({ everyMs = null, dailyAt = null }: { everyMs?: number | null; dailyAt?: string | null }) => ({
  everyMs,
  dailyAt,
});
