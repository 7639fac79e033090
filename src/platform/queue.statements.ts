import { and, asc, desc, eq, lte, type SQL, sql } from 'drizzle-orm';
import type { TimeMs } from '../core/time.ts';
import type { Orm } from './db.ts';
import type { Lane } from './queue.define.ts';
import { type JobRow, type JobState, jobs } from './queue.schema.ts';

/** What a new row says; the rest is empty. */
export type NewJob = Pick<
  JobRow,
  | 'id'
  | 'name'
  | 'lane'
  | 'payload'
  | 'videoId'
  | 'dedupeKey'
  | 'priority'
  | 'maxAttempts'
  | 'runAfterMs'
  | 'createdAtMs'
>;

/** What is written at the end of an attempt. */
export interface AttemptEnd {
  state: Extract<JobState, 'done' | 'failed' | 'queued'>;
  attempts: number;
  error: string | null;
  log: string | null;
  runAfterMs: TimeMs;
  finishedAtMs: TimeMs | null;
}

/**
 * The statements that every job goes through, prepared once: to prepare them each time took most of a small job's
 * millisecond when a scan queues ten thousand of them. To be run inside `db.write`.
 */
export interface JobStatements {
  /** False when an active job has the same dedupe key. */
  insert(row: NewJob): boolean;
  /** Takes the next due job of a lane: highest priority first, then the one that has been due longest. */
  claim(claim: Claim): JobRow | null;
  /** Renews the lease. Like the two below, false when this attempt no longer holds the row. */
  renewLease(row: JobRow, leaseUntilMs: TimeMs): boolean;
  setProgress(row: JobRow, percent: number, etaMs: number | null): boolean;
  end(row: JobRow, end: AttemptEnd): boolean;
}

export interface Claim {
  lane: Lane;
  ownerId: string;
  nowMs: TimeMs;
  leaseUntilMs: TimeMs;
  /** Jobs whose former run has not ended yet. */
  except: string[];
}

const given = (name: string) => sql.placeholder(name);
/** The same inside `set`, whose types know no placeholders. */
const value = (name: string): SQL => sql`${sql.placeholder(name)}`;

export function prepareStatements(orm: Orm): JobStatements {
  const insert = orm
    .insert(jobs)
    .values({
      id: given('id'),
      name: given('name'),
      lane: given('lane'),
      state: 'queued',
      payload: given('payload'),
      videoId: given('videoId'),
      dedupeKey: given('dedupeKey'),
      priority: given('priority'),
      attempts: 0,
      maxAttempts: given('maxAttempts'),
      runAfterMs: given('runAfterMs'),
      createdAtMs: given('createdAtMs'),
    })
    .onConflictDoNothing()
    .prepare();

  const next = nextJob(orm, sql`${jobs.id} not in (select value from json_each(${given('except')}))`);
  const claim = orm
    .update(jobs)
    .set({
      state: 'running',
      leaseOwner: value('ownerId'),
      leaseUntilMs: value('leaseUntilMs'),
      attempts: sql`${jobs.attempts} + 1`,
      startedAtMs: value('nowMs'),
      finishedAtMs: null,
      percent: null,
      etaMs: null,
    })
    .where(eq(jobs.id, next))
    .returning()
    .prepare();

  // This very attempt: not cancelled, not taken by another process, not a later one.
  const held = and(
    eq(jobs.id, given('id')),
    eq(jobs.state, 'running'),
    eq(jobs.leaseOwner, given('leaseOwner')),
    eq(jobs.attempts, given('attempts')),
  );
  const renewLease = orm
    .update(jobs)
    .set({ leaseUntilMs: value('until') })
    .where(held)
    .prepare();
  const setProgress = orm
    .update(jobs)
    .set({ percent: value('percent'), etaMs: value('etaMs') })
    .where(held)
    .prepare();
  const end = orm
    .update(jobs)
    .set({
      state: value('newState'),
      attempts: value('newAttempts'),
      error: value('error'),
      log: value('log'),
      runAfterMs: value('runAfterMs'),
      finishedAtMs: value('finishedAtMs'),
      percent: sql`case ${given('newState')} when 'done' then 100 when 'failed' then ${jobs.percent} end`,
      etaMs: null,
      leaseOwner: null,
      leaseUntilMs: null,
    })
    .where(held)
    .prepare();

  const holder = ({ id, leaseOwner, attempts }: JobRow) => ({ id, leaseOwner, attempts });
  return {
    insert: (row) => insert.run({ ...row }).changes === 1,
    claim: (wanted) => claim.get({ ...wanted, except: JSON.stringify(wanted.except) }) ?? null,
    renewLease: (row, until) => renewLease.run({ ...holder(row), until }).changes === 1,
    setProgress: (row, percent, etaMs) => setProgress.run({ ...holder(row), percent, etaMs }).changes === 1,
    end: (row, { state, attempts, ...rest }) =>
      end.run({ ...holder(row), ...rest, newState: state, newAttempts: attempts }).changes === 1,
  };
}

/** The query behind `claim`, with `lane` and `nowMs` to be given: walks the index jobs_claim, which ends in the rowid. */
export function nextJob(orm: Orm, filter?: SQL) {
  return orm
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.lane, given('lane')), eq(jobs.state, 'queued'), lte(jobs.runAfterMs, given('nowMs')), filter))
    .orderBy(desc(jobs.priority), asc(jobs.runAfterMs), sql`rowid`)
    .limit(1);
}
