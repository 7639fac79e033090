import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import { IdParam, valid } from '../../http/validate.ts';
import { actorOf } from '../../http/viewer.ts';
import type { App } from '../../ports.ts';
import { EncoderList, JobPage, JobReply, LaneList, ListJobsQuery, WorkerList } from './api.ts';
import { listEncoders, listWorkers } from './encoders.queries.ts';
import { getJob, listJobs } from './queries.ts';
import { cancelJob, retryJob } from './service.ts';

export function jobRoutes(app: App) {
  return new Hono<HttpEnv>()
    .get(
      '/api/jobs',
      access('admin', { summary: 'List background jobs, newest first', returns: { 200: JobPage } }),
      valid('query', ListJobsQuery),
      (c) => c.json(listJobs(app, c.req.valid('query')), 200),
    )
    .get('/api/jobs/lanes', access('admin', { summary: 'How busy each lane is', returns: { 200: LaneList } }), (c) =>
      c.json({ items: app.queue.counts() }, 200),
    )
    .get(
      '/api/jobs/encoders',
      access('admin', {
        summary: 'Every encoder: at work, paused or waiting for its turn',
        returns: { 200: EncoderList },
      }),
      (c) => c.json(listEncoders(app), 200),
    )
    .get(
      '/api/jobs/workers',
      access('admin', {
        summary: "Processes that encode in the server's place (`kinora worker`)",
        returns: { 200: WorkerList },
      }),
      (c) => c.json(listWorkers(app), 200),
    )
    .get(
      '/api/jobs/:id',
      access('admin', { summary: 'One job', returns: { 200: JobReply } }),
      valid('param', IdParam),
      (c) => c.json({ job: getJob(app, c.req.valid('param').id) }, 200),
    )
    .post(
      '/api/jobs/:id/retry',
      access('admin', { summary: 'Start a failed or cancelled job afresh', returns: { 200: JobReply } }),
      valid('param', IdParam),
      (c) => {
        const { id } = c.req.valid('param');
        retryJob(app, actorOf(c, app), id);
        return c.json({ job: getJob(app, id) }, 200);
      },
    )
    .post(
      '/api/jobs/:id/cancel',
      access('admin', { summary: 'Stop a job', returns: { 200: JobReply } }),
      valid('param', IdParam),
      (c) => {
        const { id } = c.req.valid('param');
        cancelJob(app, actorOf(c, app), id);
        return c.json({ job: getJob(app, id) }, 200);
      },
    );
}
