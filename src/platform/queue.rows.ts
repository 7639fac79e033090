import { and, count, eq, inArray, lt, notInArray, type SQL, sql } from 'drizzle-orm';
import type { TimeMs } from '../core/time.ts';
import type { Orm, Tx } from './db.ts';
import type { Lane } from './queue.define.ts';
import { isActive, type JobState, jobs } from './queue.schema.ts';

/** What became of a row; the queue announces these after the commit. */
export interface ChangedJob {
  id: string;
  lane: Lane;
}

const changed = { id: jobs.id, lane: jobs.lane };
const released = { leaseOwner: null, leaseUntilMs: null, etaMs: null };

/**
 * Puts back jobs whose process is gone: those whose lease ran out, or with `all` every running one.
 * The lost attempt counts, so that a job that takes the process down with it fails in the end.
 */
export function recoverLost(
  tx: Tx,
  options: { nowMs: TimeMs; lanes: Lane[]; except: string[]; all: boolean },
): ChangedJob[] {
  const lost = and(
    eq(jobs.state, 'running'),
    inArray(jobs.lane, options.lanes),
    notInArray(jobs.id, options.except),
    options.all ? undefined : lt(jobs.leaseUntilMs, options.nowMs),
  );
  const given = tx
    .update(jobs)
    .set({
      ...released,
      state: 'failed',
      error: sql`'The server stopped while this job was running, at attempt ' || ${jobs.attempts} || ' of ' || ${jobs.maxAttempts} || '. If this job did not cause it, start the job again.'`,
      finishedAtMs: options.nowMs,
    })
    .where(and(lost, sql`${jobs.attempts} >= ${jobs.maxAttempts}`))
    .returning(changed)
    .all();
  const back = tx
    .update(jobs)
    .set({ ...released, state: 'queued', runAfterMs: options.nowMs, percent: null })
    .where(lost)
    .returning(changed)
    .all();
  return [...given, ...back];
}

/** Cancels those of the matching jobs that are queued or running. */
export function cancelJobs(tx: Tx, which: SQL, nowMs: TimeMs): ChangedJob[] {
  return tx
    .update(jobs)
    .set({ ...released, state: 'cancelled', finishedAtMs: nowMs })
    .where(and(which, inArray(jobs.state, ['queued', 'running'])))
    .returning(changed)
    .all();
}

/** Starts a failed or cancelled job afresh, or a waiting one at once; null when there is nothing to start. */
export function requeueJob(tx: Tx, jobId: string, nowMs: TimeMs): ChangedJob | null {
  const row = tx.select().from(jobs).where(eq(jobs.id, jobId)).get();
  if (!row || row.state === 'running' || row.state === 'done') return null;
  if (row.state !== 'queued' && row.dedupeKey !== null && hasActive(tx, row.dedupeKey)) return null;
  tx.update(jobs)
    .set({ state: 'queued', attempts: 0, runAfterMs: nowMs, error: null, log: null, percent: null, finishedAtMs: null })
    .where(eq(jobs.id, jobId))
    .run();
  return { id: row.id, lane: row.lane };
}

function hasActive(orm: Orm, dedupeKey: string): boolean {
  const active = and(eq(jobs.dedupeKey, dedupeKey), isActive);
  return orm.select({ id: jobs.id }).from(jobs).where(active).get() !== undefined;
}

/** How many jobs of each lane are in each state; `done` and `cancelled` are not counted, there may be many. */
export function countJobs(orm: Orm): { lane: Lane; state: JobState; jobs: number }[] {
  return orm
    .select({ lane: jobs.lane, state: jobs.state, jobs: count() })
    .from(jobs)
    .where(inArray(jobs.state, ['queued', 'running', 'failed']))
    .groupBy(jobs.lane, jobs.state)
    .all();
}

/** Whether anything is queued or running in these lanes. */
export function hasActiveJobs(orm: Orm, lanes: Lane[]): boolean {
  const active = and(inArray(jobs.lane, lanes), inArray(jobs.state, ['queued', 'running']));
  return orm.select({ id: jobs.id }).from(jobs).where(active).limit(1).get() !== undefined;
}

/** Deletes what ended before a time; returns how many rows went. */
export function deleteEnded(tx: Tx, beforeMs: TimeMs): number {
  const ended = and(inArray(jobs.state, ['done', 'failed', 'cancelled']), lt(jobs.finishedAtMs, beforeMs));
  return tx.delete(jobs).where(ended).run().changes;
}
