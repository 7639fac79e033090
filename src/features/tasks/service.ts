import { eq } from 'drizzle-orm';
import { defineProblem } from '../../core/problem.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import type { TaskWire } from './api.ts';
import { type RunningTask, type TaskRunner, taskRunner } from './runner.service.ts';
import { tasks } from './schema.ts';

const taskNotFound = defineProblem('task-not-found', 404);
const taskFixed = defineProblem('task-fixed', 409);
const notStarted = defineProblem('not-started', 503);

/** Everything periodic, and how it goes. */
export function listTasks(app: App): TaskWire[] {
  return taskRunner(app)?.list().map(taskWire) ?? [];
}

/** Begins a run now; one that is under way goes on. Throws `task-not-found`. */
export function runTask(app: App, by: Actor, name: string): TaskWire {
  const { runner, entry } = getTask(app, name);
  app.db.write((tx) => recordAct(app, tx, by, { act: 'task.started', target: { id: name, name: entry.task.name } }));
  void runner.run(name);
  return taskWire(runner.find(name)!);
}

/** Chooses how often a task runs; null is as usual. Throws `task-not-found` or `task-fixed`. */
export function editTask(app: App, by: Actor, name: string, everyMinutes: number | null): TaskWire {
  const { runner, entry } = getTask(app, name);
  if (!isEditable(entry)) throw taskFixed('This task keeps its own time: other things rely on it.');
  const everyMs = everyMinutes === null ? null : everyMinutes * MINUTE_MS;
  const wanted = everyMs ?? entry.task.everyMs;
  app.db.write((tx) => {
    tx.insert(tasks).values({ name }).onConflictDoNothing().run();
    tx.update(tasks).set({ everyMs }).where(eq(tasks.name, name)).run();
    const changes = { everyMinutes: { before: entry.everyMs / MINUTE_MS, after: wanted / MINUTE_MS } };
    recordAct(app, tx, by, { act: 'task.rescheduled', target: { id: name, name: entry.task.name }, changes });
    app.db.afterCommit(() => {
      runner.setEvery(name, wanted);
      app.events.emit('task.changed', { name });
    });
  });
  return taskWire(runner.find(name)!);
}

function getTask(app: App, name: string): { runner: TaskRunner; entry: RunningTask } {
  const runner = taskRunner(app);
  if (!runner) throw notStarted('Kinora is still starting, or about to stop. Try again in a moment.');
  const entry = runner.find(name);
  if (!entry) throw taskNotFound('There is no such task.');
  return { runner, entry };
}

/** What keeps the disk and the queue in order within minutes is not for choosing. */
const isEditable = ({ task }: RunningTask) => task.everyMs >= HOUR_MS;

function taskWire(entry: RunningTask): TaskWire {
  const { task, id, everyMs, isRunning, startedAtMs, durationMs, failure, nextAtMs } = entry;
  return {
    ...{ name: id, summary: task.name, everyMs, usualEveryMs: task.everyMs, isEditable: isEditable(entry) },
    ...{ isRunning, startedAtMs, durationMs, failure, nextAtMs },
  };
}
