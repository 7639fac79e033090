import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { LANES } from './queue.define.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Every durable job. Only the queue writes here; anyone may read. */
export const jobs = sqliteTable(
  'jobs',
  {
    id: text().primaryKey(),
    /** `feature.verb`: which definition and handler it belongs to. */
    name: text().notNull(),
    lane: text({ enum: LANES }).notNull(),
    state: text({ enum: JOB_STATES }).notNull(),
    /** JSON, checked against the definition's schema before it was written and again before it is handled. */
    payload: text().notNull(),
    /** The video it works for, if any. Not a foreign key: the platform knows no feature. */
    videoId: text('video_id'),
    /** At most one queued or running job has a given key. */
    dedupeKey: text('dedupe_key'),
    /** Higher goes first. */
    priority: integer().notNull(),
    /** How many times it has been started. */
    attempts: integer().notNull(),
    maxAttempts: integer('max_attempts').notNull(),
    /** Not before this time: a retry waits. Among jobs of one priority, the earliest goes first. */
    runAfterMs: integer('run_after_ms').notNull(),
    leaseOwner: text('lease_owner'),
    leaseUntilMs: integer('lease_until_ms'),
    percent: integer(),
    etaMs: integer('eta_ms'),
    /** Why the last attempt failed, as a sentence. */
    error: text(),
    /** The last lines the handler said, such as ffmpeg's own words. */
    log: text(),
    createdAtMs: integer('created_at_ms').notNull(),
    startedAtMs: integer('started_at_ms'),
    finishedAtMs: integer('finished_at_ms'),
  },
  (job) => [
    index('jobs_claim').on(job.lane, job.state, sql`${job.priority} desc`, job.runAfterMs),
    uniqueIndex('jobs_dedupe').on(job.dedupeKey).where(sql`${job.state} in ('queued', 'running')`),
    index('jobs_video').on(job.videoId),
    index('jobs_list').on(job.state, job.createdAtMs, job.id),
    index('jobs_lane').on(job.lane, job.createdAtMs, job.id),
    index('jobs_all').on(job.createdAtMs, job.id),
  ],
);

/** Queued or running. Spelt out, not bound: only then may the index of dedupe keys serve. */
export const isActive = sql`${jobs.state} in ('queued', 'running')`;

export type JobRow = typeof jobs.$inferSelect;
