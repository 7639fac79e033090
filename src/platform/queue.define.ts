import type { z } from 'zod';
import { parseDurationMs } from '../core/time.ts';

/** The queues that work waits in, each with its own concurrency. */
export const LANES = ['probe', 'encode', 'scan', 'image', 'caption', 'mail', 'backup', 'import'] as const;
export type Lane = (typeof LANES)[number];

/** A duration as people write it: "90s", "10m", "6h". */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

export interface JobOptions {
  lane: Lane;
  /** How often it is tried before it stays failed; 3 unless given. */
  attempts?: number;
  /** How long one attempt may take. */
  timeout: Duration;
  /** Higher goes first; 0 unless given. */
  priority?: number;
  /** The wait after the first failure, doubled each time up to `max`; 5 s and 10 min unless given. */
  backoff?: { first: Duration; max: Duration };
}

/** Everything there is to know about one kind of job. */
export interface JobDefinition<P> {
  name: string;
  payload: z.ZodType<P>;
  lane: Lane;
  attempts: number;
  timeoutMs: number;
  priority: number;
  backoff: { firstMs: number; maxMs: number };
}

/**
 * Defines a job once: `defineJob('videos.probe', ProbePayload, { lane: 'probe', attempts: 3, timeout: '10m' })`.
 * The name is `feature.verb` and is stored with every job: it must not change while jobs of it may be waiting.
 */
export function defineJob<P>(name: string, payload: z.ZodType<P>, options: JobOptions): JobDefinition<P> {
  if (!/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/.test(name)) throw new Error(`"${name}" is no job name: feature.verb`);
  return {
    name,
    payload,
    lane: options.lane,
    attempts: options.attempts ?? 3,
    timeoutMs: durationMs(options.timeout),
    priority: options.priority ?? 0,
    backoff: {
      firstMs: durationMs(options.backoff?.first ?? '5s'),
      maxMs: durationMs(options.backoff?.max ?? '10m'),
    },
  };
}

function durationMs(text: Duration): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new Error(`"${text}" is no duration. Write "90s", "10m" or "6h".`);
  return ms;
}

/** How long to wait after attempt number `attempt` failed. `random` is in [0, 1): the wait varies by a fifth either way. */
export function backoffMs(backoff: JobDefinition<unknown>['backoff'], attempt: number, random: number): number {
  const ms = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (attempt - 1));
  return Math.round(ms * (0.8 + 0.4 * random));
}

/** Thrown by a handler when trying again cannot help, such as for a file that is not media. */
export class PermanentJobError extends Error {
  readonly permanent = true;
  /** What goes into the job's log, such as ffmpeg's own words. */
  readonly log: string | undefined;

  constructor(message: string, options: { log?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PermanentJobError';
    this.log = options.log;
  }
}
