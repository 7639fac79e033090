import { eq } from 'drizzle-orm';
import PQueue from 'p-queue';
import { z } from 'zod';
import type { Events } from '../core/events.ts';
import { newId } from '../core/ids.ts';
import type { Clock } from './clock.ts';
import type { Db, Tx } from './db.ts';
import type { Log } from './log.ts';
import { defineJob, LANES, type Lane, PermanentJobError } from './queue.define.ts';
import type { Queue } from './queue.port.ts';
import {
  type ChangedJob,
  cancelJobs,
  countJobs,
  deleteEnded,
  hasActiveJobs,
  recoverLost,
  requeueJob,
} from './queue.rows.ts';
import { LEASE_MS, type Run, type RunPorts, startRun } from './queue.run.ts';
import { type JobRow, jobs } from './queue.schema.ts';
import { type JobStatements, prepareStatements } from './queue.statements.ts';

export type { Queue } from './queue.port.ts';

export interface QueueOptions {
  db: Db;
  clock: Clock;
  log: Log;
  events?: Events;
  /** How many jobs of each lane run at once here; 0 leaves a lane to other processes. */
  lanes: Record<Lane, number>;
  /** Names this process in the leases: a fresh id every start. */
  ownerId: string;
  /** No other process works on this database: what is `running` at the start was lost, and is put back at once. */
  exclusive?: boolean;
  random?: () => number;
}

/** Finds retries that came due and leases that ran out; new work does not wait for it. */
const POLL_MS = 2000;

export function createQueue(options: QueueOptions): Queue {
  const { db, clock, log, events, ownerId, exclusive = false, random = Math.random } = options;
  const lanes = { ...options.lanes };
  let prepared: JobStatements | null = null;
  // Not at once: the queue may be made before the migrations have made its table.
  const statements = () => (prepared ??= prepareStatements(db.orm));
  const ports: RunPorts = { db, clock, log, events, statements, random };
  const ownLanes = LANES.filter((lane) => lanes[lane] > 0);
  const slots = new Map(ownLanes.map((lane) => [lane, new PQueue({ concurrency: lanes[lane] })]));
  const handlers = new Map<string, (row: JobRow) => Run>();
  const runs = new Map<string, Run>();
  const laneOf = new WeakMap<Run, Lane>();
  const nudged = new Set<Lane>();
  const held = new Map<Lane, string>();
  let state: 'new' | 'started' | 'stopped' = 'new';
  let stopPolling = () => {};
  let drained: (() => void)[] = [];

  /** Fills the free slots of a lane. */
  function pump(lane: Lane): void {
    const slot = slots.get(lane);
    while (slot && state === 'started' && !held.has(lane) && slot.pending + slot.size < slot.concurrency) {
      const nowMs = clock.nowMs();
      const claim = { lane, ownerId, nowMs, leaseUntilMs: nowMs + LEASE_MS, except: [...runs.keys()] };
      const row = db.write(() => {
        const claimed = statements().claim(claim);
        if (claimed) announce([claimed]);
        return claimed;
      });
      if (!row) break;
      const run = (handlers.get(row.name) ?? startUnknown)(row);
      runs.set(row.id, run);
      laneOf.set(run, lane);
      void slot
        .add(() => run.finished)
        .finally(() => {
          runs.delete(row.id);
          nudge(lane);
        });
    }
  }

  function startUnknown(row: JobRow): Run {
    const definition = defineJob(row.name, z.unknown(), { lane: row.lane, timeout: '1m' });
    const error = new PermanentJobError(`This version of Kinora has no job called ${row.name}.`);
    return startRun(ports, definition, () => Promise.reject(error), row);
  }

  /** Looks at a lane in the next turn of the event loop; many nudges make one look. */
  function nudge(lane: Lane): void {
    if (nudged.size === 0) setImmediate(pumpNudged);
    nudged.add(lane);
  }
  function pumpNudged(): void {
    const due = [...nudged];
    nudged.clear();
    if (!db.raw.open) return;
    unattended(() => {
      due.forEach(pump);
      tellDrained();
    });
  }

  /** For what timers start: a database that cannot be written now is tried again at the next poll. */
  function unattended(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      log.error({ error }, 'The job queue could not look for work.');
    }
  }

  function poll(): void {
    unattended(() => recover(false));
    ownLanes.forEach(nudge);
    stopPolling = clock.setTimeout(POLL_MS, poll);
  }

  function recover(all: boolean): void {
    const options = { nowMs: clock.nowMs(), lanes: all ? [...LANES] : ownLanes, except: [...runs.keys()], all };
    db.write((tx) => announce(recoverLost(tx, options)));
  }

  function tellDrained(): void {
    if (drained.length === 0 || runs.size > 0 || hasActiveJobs(db.orm, ownLanes)) return;
    const waiting = drained;
    drained = [];
    for (const resolve of waiting) resolve();
  }

  /** Tells of changed rows and looks for work in their lanes, once they are committed. */
  function announce(rows: ChangedJob[], effect?: (id: string) => void): void {
    if (rows.length === 0) return;
    db.afterCommit(() => {
      for (const { id, lane } of rows) {
        effect?.(id);
        events?.emit('job.changed', { jobId: id });
        nudge(lane);
      }
    });
  }

  function cancelWhere(tx: Tx, which: ReturnType<typeof eq>): number {
    const cancelled = cancelJobs(tx, which, clock.nowMs());
    announce(cancelled, (id) => runs.get(id)?.abort('cancelled'));
    return cancelled.length;
  }

  return {
    // The Tx is the caller's proof that the row commits with the change that wants it; there is one connection.
    enqueue(_tx, definition, payload, { videoId, dedupeKey, priority, delayMs = 0 } = {}) {
      const nowMs = clock.nowMs();
      const row = {
        id: newId(),
        name: definition.name,
        lane: definition.lane,
        payload: JSON.stringify(definition.payload.parse(payload)),
        videoId: videoId ?? null,
        dedupeKey: dedupeKey ?? null,
        priority: priority ?? definition.priority,
        maxAttempts: definition.attempts,
        runAfterMs: nowMs + delayMs,
        createdAtMs: nowMs,
      };
      if (!statements().insert(row)) return null;
      announce([row]);
      return row.id;
    },
    handle(definition, handler) {
      if (handlers.has(definition.name)) throw new Error(`The job ${definition.name} has two handlers.`);
      handlers.set(definition.name, (row) => startRun(ports, definition, handler, row));
    },
    start() {
      if (state === 'started') return;
      state = 'started';
      if (exclusive) recover(true);
      poll();
    },
    async stop() {
      if (state !== 'started') return;
      state = 'stopped';
      stopPolling();
      for (const run of runs.values()) run.abort('stopping');
      await Promise.all([...runs.values()].map((run) => run.finished));
    },
    drain() {
      if (state !== 'started') throw new Error('Start the queue before draining it.');
      return new Promise((resolve) => {
        drained.push(resolve);
        ownLanes.forEach(nudge);
      });
    },
    cancel: (jobId) => db.write((tx) => cancelWhere(tx, eq(jobs.id, jobId)) > 0),
    cancelFor: (tx, videoId) => cancelWhere(tx, eq(jobs.videoId, videoId)),
    retry: (jobId) =>
      db.write((tx) => {
        const row = requeueJob(tx, jobId, clock.nowMs());
        if (row) announce([row]);
        return row !== null;
      }),
    hold(lane, reason) {
      if (reason === null) {
        if (held.delete(lane)) nudge(lane);
        return;
      }
      held.set(lane, reason);
      for (const run of runs.values()) if (laneOf.get(run) === lane) run.abort('held');
    },
    resize(lane, concurrency) {
      const slot = slots.get(lane);
      if (!slot) throw new Error(`The lane ${lane} is left to other processes.`);
      lanes[lane] = concurrency;
      slot.concurrency = concurrency;
      nudge(lane);
    },
    counts() {
      const rows = countJobs(db.orm);
      const of = (lane: Lane, jobState: string) => rows.find((r) => r.lane === lane && r.state === jobState)?.jobs ?? 0;
      return LANES.map((lane) => ({
        lane,
        concurrency: lanes[lane],
        running: of(lane, 'running'),
        queued: of(lane, 'queued'),
        held: held.get(lane) ?? null,
        failed: of(lane, 'failed'),
      }));
    },
    sweep: (endedBeforeMs) => db.write((tx) => deleteEnded(tx, endedBeforeMs)),
  };
}
