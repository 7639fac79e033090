import type { Events } from '../core/events.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db.ts';
import type { Log } from './log.ts';
import { type JobDefinition, PermanentJobError } from './queue.define.ts';
import { type AbortCause, decideEnd, LOG_BYTES } from './queue.outcome.ts';
import type { JobRow } from './queue.schema.ts';
import type { JobStatements } from './queue.statements.ts';
import { createTail } from './queue.tail.ts';

/** What a handler gets beside its payload. */
export interface JobContext {
  jobId: string;
  /** The video it was enqueued for, if any. */
  videoId: string | null;
  /** Aborted when the job is cancelled, takes too long, or Kinora stops. Pass it on to everything that waits. */
  signal: AbortSignal;
  /** 1 for the first try. */
  attempt: number;
  /** Call it as often as you like: it is written at most once a second and told at most four times a second. */
  progress(percent: number, etaMs?: number | null): void;
  /** Adds to the job's log, of which the last 8 kB are kept. */
  log(text: string): void;
}

export type JobHandler<P> = (payload: P, context: JobContext) => Promise<void>;

export interface RunPorts {
  db: Db;
  clock: Clock;
  log: Log;
  events: Events | undefined;
  statements: () => JobStatements;
  /** In [0, 1): spreads the retries. */
  random: () => number;
}

export interface Run {
  abort(cause: AbortCause): void;
  /** Resolves, never rejects, once the row says how it ended. */
  finished: Promise<void>;
}

export const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
/** How long an aborted handler may take to clean up: ffmpeg gets SIGTERM, then SIGKILL, and needs a few seconds. */
const GRACE_MS = 10_000;
const EMIT_EVERY_MS = 250;
const WRITE_EVERY_MS = 1000;

/** Runs one claimed row to its end, keeping its lease meanwhile. */
export function startRun<P>(ports: RunPorts, definition: JobDefinition<P>, handler: JobHandler<P>, row: JobRow): Run {
  const { db, clock, log, events, statements, random } = ports;
  const names = { job: row.name, jobId: row.id };
  const controller = new AbortController();
  const tail = createTail(LOG_BYTES);
  let cause: AbortCause | null = null;
  let ended = false;
  let stopTimers: (() => void)[] = [];

  function abort(why: AbortCause): void {
    if (ended || cause !== null) return;
    cause = why;
    const error = new Error(`The job ${row.name} was aborted (${why}).`);
    error.name = 'AbortError';
    controller.abort(error);
  }

  function renewLater(): void {
    const renew = () => {
      const held = writeAside(ports, row, () => statements().renewLease(row, clock.nowMs() + LEASE_MS));
      if (held) renewLater();
      else abort('lost');
    };
    stopTimers.push(clock.setTimeout(RENEW_MS, renew));
  }

  /** Resolves when an aborted handler has had its time to end by itself. */
  const givenUp = new Promise<void>((resolve) => {
    const giveUp = () => {
      if (!ended) tail.add('It did not end when it was told to, so it was left behind.');
      resolve();
    };
    controller.signal.addEventListener('abort', () => stopTimers.push(clock.setTimeout(GRACE_MS, giveUp)));
  });

  async function handle(): Promise<void> {
    const payload = definition.payload.safeParse(JSON.parse(row.payload));
    if (!payload.success) {
      throw new PermanentJobError(`Its payload does not fit this version of Kinora: ${payload.error.message}`);
    }
    await handler(payload.data, {
      jobId: row.id,
      videoId: row.videoId,
      signal: controller.signal,
      attempt: row.attempts,
      log: tail.add,
      progress: createProgress(ports, row, () => ended || cause !== null),
    });
  }

  async function run(): Promise<void> {
    renewLater();
    stopTimers.push(clock.setTimeout(definition.timeoutMs, () => abort('timeout')));
    let error: unknown = null;
    try {
      await Promise.race([handle(), givenUp]);
    } catch (thrown) {
      error = thrown ?? new Error('It failed without saying why.');
    }
    ended = true;
    for (const stop of stopTimers) stop();
    stopTimers = [];
    // A cancelled or lost row is no longer ours to write.
    if (cause === 'cancelled' || cause === 'lost') return;
    const outcome = { cause, error, log: tail.text() };
    const end = decideEnd(definition, row, outcome, { nowMs: clock.nowMs(), random: random() });
    const told = { ...names, attempt: row.attempts, reason: end.error };
    if (end.state === 'failed') log.error({ ...told, error }, 'A job failed.');
    else if (end.state === 'queued' && cause !== 'stopping' && cause !== 'held')
      log.warn(told, 'A job failed and will be tried again.');
    db.write(() => {
      if (statements().end(row, end)) db.afterCommit(() => events?.emit('job.changed', { jobId: row.id }));
    });
  }

  // A run starts in a later turn, so that whoever claims has noted it before the handler can do anything.
  const finished = Promise.resolve()
    .then(run)
    .catch((error: unknown) => {
      // Its lease runs out and it is taken again: nothing is lost but time.
      log.error({ ...names, error }, 'The end of a job could not be written down.');
    });
  return { abort, finished };
}

/** False when the attempt has lost its row. A database that cannot be written now is no reason to think so. */
function writeAside({ db, log }: RunPorts, row: JobRow, write: () => boolean): boolean {
  try {
    return db.write(write);
  } catch (error) {
    // This runs in timers and in ffmpeg's callbacks, where nobody would catch it.
    log.warn({ error, job: row.name, jobId: row.id }, 'The progress of a job could not be written down.');
    return true;
  }
}

function createProgress(ports: RunPorts, row: JobRow, isOver: () => boolean) {
  const { clock, events, statements } = ports;
  let emittedAtMs = Number.NEGATIVE_INFINITY;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return (percentSoFar: number, etaMs: number | null = null) => {
    if (isOver() || !Number.isFinite(percentSoFar)) return;
    const percent = Math.floor(Math.min(100, Math.max(0, percentSoFar)));
    const wholeEtaMs = etaMs === null || !Number.isFinite(etaMs) ? null : Math.round(etaMs);
    const nowMs = clock.nowMs();
    if (nowMs - writtenAtMs >= WRITE_EVERY_MS) {
      writtenAtMs = nowMs;
      writeAside(ports, row, () => statements().setProgress(row, percent, wholeEtaMs));
    }
    if (nowMs - emittedAtMs >= EMIT_EVERY_MS) {
      emittedAtMs = nowMs;
      const { id: jobId, videoId, lane } = row;
      events?.emit('job.progressed', { jobId, videoId, lane, percent, etaMs: wholeEtaMs });
    }
  };
}
