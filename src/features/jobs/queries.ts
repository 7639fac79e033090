import { and, desc, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import { defineProblem } from '../../core/problem.ts';
import type { Page } from '../../core/wire.ts';
import { jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import type { JobWire, ListJobsQuery } from './api.ts';

const jobNotFound = defineProblem('job-not-found', 404);

function selectJobs(app: App) {
  return app.db.orm
    .select({ job: jobs, video: { id: videos.id, title: videos.title } })
    .from(jobs)
    .leftJoin(videos, eq(videos.id, jobs.videoId));
}

/** Lists jobs, newest first. */
export function listJobs(app: App, { cursor, limit, state, lane }: z.output<typeof ListJobsQuery>): Page<JobWire> {
  const [createdAtMs, id] = cursor ? decodeCursor(cursor, ['number', 'string']) : [Number.MAX_SAFE_INTEGER, ''];
  const rows = selectJobs(app)
    .where(
      and(
        state ? eq(jobs.state, state) : undefined,
        lane ? eq(jobs.lane, lane) : undefined,
        sql`(${jobs.createdAtMs}, ${jobs.id}) < (${createdAtMs}, ${id})`,
      ),
    )
    .orderBy(desc(jobs.createdAtMs), desc(jobs.id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit).map(toWire);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.createdAtMs, last.id]) : null };
}

export function getJob(app: App, id: string): JobWire {
  const row = selectJobs(app).where(eq(jobs.id, id)).get();
  if (!row) throw jobNotFound('There is no such job. Finished ones are forgotten after a while.');
  return toWire(row);
}

function toWire({ job, video }: ReturnType<ReturnType<typeof selectJobs>['all']>[number]): JobWire {
  const { id, name, lane, state, percent, etaMs, attempts, maxAttempts, error, log } = job;
  const { createdAtMs, startedAtMs, finishedAtMs, runAfterMs } = job;
  return {
    id,
    name,
    lane,
    state,
    video,
    percent,
    etaMs,
    attempts,
    maxAttempts,
    error,
    log,
    createdAtMs,
    startedAtMs,
    finishedAtMs,
    runAfterMs,
  };
}
