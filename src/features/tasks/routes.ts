import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { EditTaskBody, TaskList, TaskParam, TaskReply } from './api.ts';
import { editTask, listTasks, runTask } from './service.ts';

export function taskRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get('/api/tasks', access('admin', { summary: 'Everything periodic', returns: { 200: TaskList } }), (c) =>
      c.json({ items: listTasks(app), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }, 200),
    )
    .post(
      '/api/tasks/:name/run',
      access('admin', { summary: 'Run a periodic task now', returns: { 202: TaskReply } }),
      valid('param', TaskParam),
      (c) => c.json({ task: runTask(app, actorOf(c, app), c.req.valid('param').name) }, 202),
    )
    .patch(
      '/api/tasks/:name',
      access('admin', { summary: 'Choose when a task runs', returns: { 200: TaskReply } }),
      valid('param', TaskParam),
      valid('json', EditTaskBody),
      (c) => {
        const { name } = c.req.valid('param');
        return c.json({ task: editTask(app, actorOf(c, app), name, c.req.valid('json')) }, 200);
      },
    );
}
