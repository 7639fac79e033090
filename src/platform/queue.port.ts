import type { TimeMs } from '../core/time.ts';
import type { Tx } from './db.ts';
import type { JobDefinition, Lane } from './queue.define.ts';
import type { JobHandler } from './queue.run.ts';

export interface EnqueueOptions {
  videoId?: string;
  /** While a job with this key is queued or running, another one is not added. */
  dedupeKey?: string;
  /** Higher goes first; the definition's unless given. */
  priority?: number;
  /** Not before this many milliseconds from now. */
  delayMs?: number;
}

export interface LaneCounts {
  lane: Lane;
  concurrency: number;
  running: number;
  queued: number;
  /** Why nothing of this lane is taken up now. */
  held: string | null;
  failed: number;
}

/** The durable queue: a job is a row that commits together with the change that wants it, and survives `kill -9`. */
export interface Queue {
  /** Adds a job; returns its id, or null when an active job has the same `dedupeKey`. */
  enqueue<P>(tx: Tx, definition: JobDefinition<P>, payload: P, options?: EnqueueOptions): string | null;
  /** Says who does the work. All handlers are named before `start`. Handlers must be idempotent. */
  handle<P>(definition: JobDefinition<P>, handler: JobHandler<P>): void;
  start(): void;
  /** Takes no more work, aborts what runs and waits for it; interrupted jobs stay queued, the attempt not counted. */
  stop(): Promise<void>;
  /** For tests: resolves when nothing is queued or running any more, waiting for retries by the clock. */
  drain(): Promise<void>;
  /** False when it has already ended or does not exist. */
  cancel(jobId: string): boolean;
  /** Cancels all of a video's jobs, together with the transaction's other changes. Returns how many. */
  cancelFor(tx: Tx, videoId: string): number;
  /** Starts a failed or cancelled job afresh, and a waiting one at once; false when it cannot be. */
  retry(jobId: string): boolean;
  /**
   * Pauses a lane, for a reason people can read: nothing of it is taken up, and what runs goes back to where it was, the
   * attempt not counted. Null lets it go on.
   */
  hold(lane: Lane, reason: string | null): void;
  /** Changes how many jobs of a lane run at once; those above it go on to their end. */
  resize(lane: Lane, concurrency: number): void;
  counts(): LaneCounts[];
  /** Deletes the rows of jobs that ended before a time; returns how many. */
  sweep(endedBeforeMs: TimeMs): number;
}
