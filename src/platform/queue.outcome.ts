import { Problem } from '../core/problem.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs } from '../core/time.ts';
import { backoffMs, type JobDefinition } from './queue.define.ts';
import type { JobRow } from './queue.schema.ts';
import type { AttemptEnd } from './queue.statements.ts';
import { lastBytes } from './queue.tail.ts';
import { isStorageAway } from './storage/port.ts';

/** How much of what a handler said is kept with its job. */
export const LOG_BYTES = 8192;

/** How long a job waits for a storage that is away. */
const STORAGE_WAIT_MS = 20 * SECOND_MS;

/** Why an attempt was told to end early. `held`: its lane pauses. `lost`: another process has the row now. */
export type AbortCause = 'stopping' | 'held' | 'cancelled' | 'timeout' | 'lost';

export interface Outcome {
  cause: AbortCause | null;
  /** What the handler threw; null when it came to its end. */
  error: unknown;
  /** What the handler said. */
  log: string | null;
}

/** Decides what to write at the end of an attempt: done, tried again after a wait, or failed for good. */
export function decideEnd(
  definition: Pick<JobDefinition<unknown>, 'timeoutMs' | 'backoff'>,
  row: JobRow,
  outcome: Outcome,
  { nowMs, random }: { nowMs: TimeMs; random: number },
): AttemptEnd {
  const { attempts, runAfterMs } = row;
  if (outcome.cause === 'stopping' || outcome.cause === 'held') {
    // Kinora's own stop is not the job's fault: as if this attempt had never been.
    return { state: 'queued', attempts: attempts - 1, error: row.error, log: row.log, runAfterMs, finishedAtMs: null };
  }
  const ended = { attempts, runAfterMs, finishedAtMs: nowMs };
  if (outcome.cause === null && outcome.error === null) {
    return { ...ended, state: 'done', error: null, log: outcome.log };
  }
  if (isStorageAway(outcome.error)) {
    // Nor is this, however long it lasts.
    const error = errorText(outcome.error);
    const waiting = { state: 'queued' as const, attempts: attempts - 1, finishedAtMs: null };
    return { ...waiting, error, log: outcome.log, runAfterMs: nowMs + STORAGE_WAIT_MS };
  }
  const timedOut = outcome.cause === 'timeout';
  const error = timedOut
    ? `It was stopped because it took longer than ${durationText(definition.timeoutMs)}.`
    : errorText(outcome.error);
  const log = (!timedOut && errorLog(outcome.error)) || outcome.log;
  if (attempts >= row.maxAttempts || (!timedOut && isPermanent(outcome.error))) {
    return { ...ended, state: 'failed', error, log };
  }
  const waitMs = Math.max(backoffMs(definition.backoff, attempts, random), askedWaitMs(outcome.error));
  return { state: 'queued', attempts, error, log, runAfterMs: nowMs + waitMs, finishedAtMs: null };
}

/** How long an error says that trying again is of no use: of a server that asked to be left alone until then. */
function askedWaitMs(error: unknown): number {
  const { retryAfterMs } = (error ?? {}) as { retryAfterMs?: unknown };
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? retryAfterMs : 0;
}

function errorText(error: unknown): string {
  if (error instanceof Problem) return error.detail;
  return error instanceof Error ? error.message : String(error);
}

function errorLog(error: unknown): string | null {
  const log = (error as { log?: unknown } | null)?.log;
  return typeof log === 'string' && log !== '' ? lastBytes(log, LOG_BYTES) : null;
}

/** A problem below 500 is about the input, and so is everything that says so of itself: trying again changes nothing. */
function isPermanent(error: unknown): boolean {
  if (error instanceof Problem) return error.status < 500;
  return (error as { permanent?: unknown } | null)?.permanent === true;
}

function durationText(ms: number): string {
  const [size, unit] =
    ms >= HOUR_MS ? [HOUR_MS, 'hour'] : ms >= MINUTE_MS ? [MINUTE_MS, 'minute'] : [SECOND_MS, 'second'];
  const count = Number((ms / size).toFixed(1));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
