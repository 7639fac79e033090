import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEvents, type EventCatalogue, type Events } from '../../src/core/events.ts';
import { defineProblem } from '../../src/core/problem.ts';
import { createFakeClock, type FakeClock } from '../../src/platform/clock.ts';
import type { Db } from '../../src/platform/db.ts';
import { defineJob, type Lane, PermanentJobError } from '../../src/platform/queue.define.ts';
import type { Queue } from '../../src/platform/queue.port.ts';
import type { JobContext } from '../../src/platform/queue.run.ts';
import { jobs } from '../../src/platform/queue.schema.ts';

export interface QueueParts {
  db: Db;
  clock: FakeClock;
  events: Events;
  lanes: Record<Lane, number>;
  ownerId: string;
  exclusive: boolean;
}

/** What a driver brings: a fresh database with the jobs table, and its queue over these parts. */
export interface QueueDriver {
  openDb(): Db;
  createQueue(parts: QueueParts): Queue;
}

const Payload = z.object({ n: z.number() });
const render = defineJob('transcode.render', Payload, { lane: 'encode', attempts: 3, timeout: '1m' });
const probe = defineJob('videos.probe', Payload, { lane: 'probe', timeout: '10m', attempts: 2 });
const LANES: Record<Lane, number> = {
  probe: 2,
  encode: 1,
  scan: 1,
  image: 1,
  caption: 1,
  mail: 0,
  backup: 1,
  import: 1,
};
const tooDark = defineProblem('too-dark', 422);
const diskBusy = defineProblem('disk-busy', 503);

/** The suite that every queue driver passes. */
export function queueContract(driver: QueueDriver): void {
  let db: Db;
  let clock: FakeClock;
  let queue: Queue;
  let open: Queue[];
  let progressed: EventCatalogue['job.progressed'][];
  let changed: string[];

  function openQueue(ownerId: string, exclusive = true): Queue {
    const events = createEvents((error) => {
      throw error;
    });
    events.on('job.progressed', (event) => progressed.push(event));
    events.on('job.changed', ({ jobId }) =>
      changed.push(`${jobId} ${db.raw.inTransaction ? 'early' : row(jobId).state}`),
    );
    const created = driver.createQueue({ db, clock, events, lanes: LANES, ownerId, exclusive });
    open.push(created);
    return created;
  }
  beforeEach(() => {
    db = driver.openDb();
    clock = createFakeClock();
    open = [];
    progressed = [];
    changed = [];
    queue = openQueue('first');
  });
  afterEach(async () => {
    await Promise.all(open.map((one) => clock.runUntil(one.stop())));
    db.close();
  });

  const row = (id: string | null) =>
    db.orm
      .select()
      .from(jobs)
      .where(eq(jobs.id, id ?? ''))
      .get()!;
  const add = (n: number, options: Parameters<Queue['enqueue']>[3] = {}) =>
    db.write((tx) => queue.enqueue(tx, render, { n }, options))!;
  /** Runs until the clock has nothing more to do for a moment. */
  const soon = () => clock.advance(1);
  /** A handler that goes on until told, one entry for each payload. */
  function holding() {
    const held = new Map<number, { end: () => void; context: JobContext }>();
    const handler = ({ n }: { n: number }, context: JobContext) =>
      new Promise<void>((resolve, reject) => {
        held.set(n, { end: resolve, context });
        context.signal.addEventListener('abort', () => reject(context.signal.reason));
      });
    return { held, handler };
  }

  describe('enqueue', () => {
    it('runs a job once and says so in its row and its events', async () => {
      const seen: unknown[] = [];
      queue.handle(render, async (payload, { attempt, jobId }) => void seen.push({ payload, attempt, jobId }));
      queue.start();
      const id = add(7, { videoId: 'vid1' });
      await clock.runUntil(queue.drain());
      expect(seen).toEqual([{ payload: { n: 7 }, attempt: 1, jobId: id }]);
      expect(row(id)).toMatchObject({ state: 'done', percent: 100, attempts: 1, error: null, leaseOwner: null });
      expect(row(id)).toMatchObject({ videoId: 'vid1', name: 'transcode.render', lane: 'encode' });
      expect(changed).toEqual([`${id} queued`, `${id} running`, `${id} done`]);
    });

    it('is undone with its transaction: no row, no event, no run', async () => {
      let ran = 0;
      queue.handle(render, async () => void (ran += 1));
      queue.start();
      const failing = () =>
        db.write((tx) => {
          queue.enqueue(tx, render, { n: 1 });
          throw new Error('no');
        });
      expect(failing).toThrow('no');
      await clock.runUntil(queue.drain());
      expect([ran, changed, db.orm.select().from(jobs).all()]).toEqual([0, [], []]);
    });

    it('refuses a payload that does not fit', () => {
      // @ts-expect-error not what the definition says
      expect(() => db.write((tx) => queue.enqueue(tx, render, { n: 'one' }))).toThrow();
    });

    it('starts at once, without waiting for the clock', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      await soon();
      add(1);
      await clock.advance(0);
      expect(held.size).toBe(1);
    });

    it('waits for delayMs', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      add(1, { delayMs: 60_000 });
      await clock.advance(59_000);
      expect(held.size).toBe(0);
      await clock.advance(5000);
      expect(held.size).toBe(1);
    });

    it('adds nothing while a job with its key is queued or running', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      const first = add(1, { dedupeKey: 'a' });
      expect(add(2, { dedupeKey: 'a' })).toBe(null);
      expect(add(3, { dedupeKey: 'b' })).toBeTypeOf('string');
      queue.start();
      await soon();
      expect(row(first).state).toBe('running');
      expect(add(4, { dedupeKey: 'a' })).toBe(null);
      held.get(1)?.end();
      await soon();
      expect(add(5, { dedupeKey: 'a' })).toBeTypeOf('string');
    });
  });

  describe('order', () => {
    it('never runs more of a lane at once than it may, and lets other lanes go on', async () => {
      let running = 0;
      let most = 0;
      const work = async () => {
        most = Math.max(most, ++running);
        await clock.sleep(100);
        running -= 1;
      };
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.handle(probe, work);
      queue.start();
      add(1);
      db.write((tx) => {
        for (let n = 0; n < 7; n += 1) queue.enqueue(tx, probe, { n });
      });
      await clock.advance(1000);
      expect(most).toBe(2);
      expect(queue.counts()).toContainEqual({
        lane: 'probe',
        concurrency: 2,
        running: 0,
        queued: 0,
        failed: 0,
        held: null,
      });
      expect(queue.counts()).toContainEqual({
        lane: 'encode',
        concurrency: 1,
        running: 1,
        queued: 0,
        failed: 0,
        held: null,
      });
      held.get(1)?.end();
    });

    it('runs as many of a lane at once as it is told to from then on', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      for (let n = 0; n < 4; n += 1) add(n);
      await clock.advance(0);
      expect(held.size).toBe(1);
      queue.resize('encode', 3);
      await clock.advance(0);
      expect(held.size).toBe(3);
      expect(queue.counts()).toContainEqual(expect.objectContaining({ lane: 'encode', concurrency: 3, queued: 1 }));
      expect(() => queue.resize('mail', 1)).toThrow('left to other processes');
    });

    it('takes nothing up in a lane that is held, and puts back what runs there, the attempt not counted', async () => {
      const { held, handler } = holding();
      let probed = 0;
      queue.handle(render, handler);
      queue.handle(probe, async () => void probed++);
      queue.start();
      const running = add(1)!;
      add(2);
      await soon();
      queue.hold('encode', 'The disk is nearly full.');
      held.get(1)?.end();
      await soon();
      db.write((tx) => queue.enqueue(tx, probe, { n: 1 }));
      await clock.advance(10_000);
      expect(probed).toBe(1);
      expect(row(running)).toMatchObject({ state: 'queued', attempts: 0 });
      const lane = {
        lane: 'encode',
        concurrency: 1,
        running: 0,
        queued: 2,
        failed: 0,
        held: 'The disk is nearly full.',
      };
      expect(queue.counts()).toContainEqual(lane);
      queue.hold('encode', null);
      await soon();
      expect(row(running)).toMatchObject({ state: 'running', attempts: 1 });
      expect(queue.counts()).toContainEqual({ ...lane, running: 1, queued: 1, held: null });
      held.get(1)?.end();
      await soon();
      held.get(2)?.end();
    });

    it('takes higher priority first, then the oldest', async () => {
      const order: number[] = [];
      queue.handle(render, async ({ n }) => void order.push(n));
      add(1);
      add(2);
      await clock.advance(10);
      add(3, { priority: 5 });
      add(4);
      add(5, { priority: -1 });
      add(6, { priority: 5 });
      queue.start();
      await clock.runUntil(queue.drain());
      expect(order).toEqual([3, 6, 1, 2, 4, 5]);
    });
  });

  describe('failing', () => {
    it('tries again after a growing wait, then stays failed with its reason and log', async () => {
      const atMs: number[] = [];
      queue.handle(render, async (_payload, { log }) => {
        atMs.push(clock.nowMs());
        log(`frame ${atMs.length}`);
        throw new Error('The encoder gave up.');
      });
      queue.start();
      const id = add(1);
      await soon();
      expect(row(id)).toMatchObject({ state: 'queued', attempts: 1, error: 'The encoder gave up.', log: 'frame 1' });
      await clock.runUntil(queue.drain());
      const waits = [atMs[1]! - atMs[0]!, atMs[2]! - atMs[1]!];
      // 5 s and 10 s, a fifth either way, found by the next poll.
      expect(waits[0]).toBeGreaterThanOrEqual(4000);
      expect(waits[0]).toBeLessThanOrEqual(8100);
      expect(waits[1]).toBeGreaterThanOrEqual(8000);
      expect(waits[1]).toBeLessThanOrEqual(14_100);
      expect(atMs).toHaveLength(3);
      expect(row(id)).toMatchObject({ state: 'failed', attempts: 3, error: 'The encoder gave up.', log: 'frame 3' });
    });

    it.each([
      ['a permanent error', new PermanentJobError('Not media.', { log: 'moov atom not found' }), 1, 'Not media.'],
      ['a problem below 500', tooDark('It is too dark.'), 1, 'It is too dark.'],
      ['a problem of the server', diskBusy('The disk is busy.'), 3, 'The disk is busy.'],
    ])('%s', async (_what, error, attempts, text) => {
      queue.handle(render, () => Promise.reject(error));
      queue.start();
      const id = add(1);
      await clock.runUntil(queue.drain());
      expect(row(id)).toMatchObject({ state: 'failed', attempts, error: text });
      if (error instanceof PermanentJobError) expect(row(id).log).toBe('moov atom not found');
    });

    it('keeps the last 8 kB of the log, from a whole line on', async () => {
      queue.handle(render, async (_payload, { log }) => {
        for (let line = 0; line < 3000; line += 1) log(`line ${line}`);
      });
      queue.start();
      const id = add(1);
      await clock.runUntil(queue.drain());
      const kept = row(id).log ?? '';
      expect(kept.length).toBeLessThanOrEqual(8192);
      expect(kept.length).toBeGreaterThan(8000);
      expect(kept).toMatch(/^line \d+\n/);
      expect(kept.endsWith('line 2999')).toBe(true);
    });

    it('stops an attempt that takes too long', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      const id = add(1);
      await clock.advance(59_000);
      expect(held.get(1)?.context.signal.aborted).toBe(false);
      await clock.advance(1000);
      expect(held.get(1)?.context.signal.aborted).toBe(true);
      expect(row(id)).toMatchObject({ state: 'queued', attempts: 1 });
      expect(row(id).error).toBe('It was stopped because it took longer than 1 minute.');
    });

    it('leaves behind a handler that does not listen, and goes on with the lane', async () => {
      queue.handle(render, ({ n }) => (n === 1 ? new Promise<void>(() => {}) : Promise.resolve()));
      queue.start();
      add(1);
      const next = add(2);
      await clock.advance(71_000);
      expect(row(next).state).toBe('done');
    });

    it('fails what it has no handler for', async () => {
      queue.start();
      const id = add(1);
      await clock.runUntil(queue.drain());
      expect(row(id)).toMatchObject({ state: 'failed', attempts: 1 });
      expect(row(id).error).toContain('transcode.render');
    });
  });

  describe('cancel and retry', () => {
    it('cancels a waiting job, which then never runs', async () => {
      const ran: number[] = [];
      queue.handle(render, async ({ n }) => void ran.push(n));
      const id = add(1);
      expect(queue.cancel(id)).toBe(true);
      queue.start();
      await clock.runUntil(queue.drain());
      expect(ran).toEqual([]);
      expect(row(id).state).toBe('cancelled');
      expect(queue.cancel(id)).toBe(false);
    });

    it('cancels a running job: its signal is aborted and it is not tried again', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      const id = add(1);
      await soon();
      expect(queue.cancel(id)).toBe(true);
      expect(held.get(1)?.context.signal.aborted).toBe(true);
      await clock.runUntil(queue.drain());
      expect(row(id)).toMatchObject({ state: 'cancelled', attempts: 1, leaseOwner: null });
    });

    it("cancels a video's jobs with the transaction, or not at all", async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      const ids = [add(1, { videoId: 'vid1' }), add(2, { videoId: 'vid1' }), add(3, { videoId: 'vid2' })];
      await soon();
      const failing = () =>
        db.write((tx) => {
          queue.cancelFor(tx, 'vid1');
          throw new Error('no');
        });
      expect(failing).toThrow('no');
      expect(held.get(1)?.context.signal.aborted).toBe(false);
      expect(db.write((tx) => queue.cancelFor(tx, 'vid1'))).toBe(2);
      await soon();
      expect(ids.map((id) => row(id).state)).toEqual(['cancelled', 'cancelled', 'running']);
    });

    it('starts a failed job afresh', async () => {
      let fail = true;
      queue.handle(render, () => (fail ? Promise.reject(new Error('no')) : Promise.resolve()));
      queue.start();
      const id = add(1);
      await clock.runUntil(queue.drain());
      fail = false;
      expect(queue.retry(id)).toBe(true);
      expect(row(id)).toMatchObject({ state: 'queued', attempts: 0, error: null, finishedAtMs: null });
      await clock.runUntil(queue.drain());
      expect(row(id).state).toBe('done');
      expect(queue.retry(id)).toBe(false);
    });

    it('does not start a second active job of one key', () => {
      const id = add(1, { dedupeKey: 'a' });
      queue.cancel(id);
      add(2, { dedupeKey: 'a' });
      expect(queue.retry(id)).toBe(false);
      expect(row(id).state).toBe('cancelled');
    });

    it('runs a cancelled and restarted job only after its first run has ended', async () => {
      let running = 0;
      let most = 0;
      // On a lane with a free slot: nothing but the queue itself keeps the second run from starting.
      queue.handle(probe, async (_payload, { signal }) => {
        most = Math.max(most, ++running);
        // Takes two seconds to clean up after being told to stop.
        await clock.sleep(30_000, signal).catch(() => clock.sleep(2000));
        running -= 1;
      });
      queue.start();
      const id = db.write((tx) => queue.enqueue(tx, probe, { n: 1 }))!;
      await soon();
      queue.cancel(id);
      queue.retry(id);
      await clock.runUntil(queue.drain());
      expect(most).toBe(1);
      expect(row(id)).toMatchObject({ state: 'done', attempts: 1 });
    });
  });

  describe('progress', () => {
    it('is told at most four times a second and written at most once a second', async () => {
      let writes = 0;
      queue.handle(render, async (_payload, { progress }) => {
        let written: number | null = null;
        for (let ms = 0; ms < 3000; ms += 10) {
          progress(ms / 30, 3000 - ms);
          const { percent } = row(id);
          if (percent !== written) writes += 1;
          written = percent;
          await clock.sleep(10);
        }
      });
      queue.start();
      const id = add(1, { videoId: 'vid1' });
      await clock.runUntil(queue.drain());
      expect(writes).toBe(3);
      expect(progressed).toHaveLength(12);
      expect(progressed[4]).toEqual({ jobId: id, videoId: 'vid1', lane: 'encode', percent: 33, etaMs: 2000 });
    });
  });

  describe('stopping and crashing', () => {
    it('leaves an interrupted job queued, the attempt not counted, and takes no more', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      const ids = [add(1), add(2)];
      await soon();
      await clock.runUntil(queue.stop());
      expect(held.get(1)?.context.signal.aborted).toBe(true);
      expect(ids.map((id) => row(id).state)).toEqual(['queued', 'queued']);
      expect(row(ids[0]!)).toMatchObject({ attempts: 0, leaseOwner: null, error: null });
      await clock.advance(60_000);
      expect(held.size).toBe(1);
    });

    it('keeps the lease of a long job, and does not take it twice', async () => {
      const slow = defineJob('videos.slow', Payload, { lane: 'scan', timeout: '6h' });
      const { held, handler } = holding();
      let started = 0;
      queue.handle(slow, (payload, context) => {
        started += 1;
        return handler(payload, context);
      });
      queue.start();
      const id = db.write((tx) => queue.enqueue(tx, slow, { n: 1 }));
      await clock.advance(10 * 60_000);
      expect(row(id).leaseUntilMs).toBeGreaterThan(clock.nowMs());
      expect(started).toBe(1);
      held.get(1)?.end();
    });

    it('aborts a run whose row another process has taken', async () => {
      const { held, handler } = holding();
      queue.handle(render, handler);
      queue.start();
      const id = add(1);
      await soon();
      db.write((tx) => tx.update(jobs).set({ leaseOwner: 'other' }).where(eq(jobs.id, id)).run());
      await clock.advance(20_000);
      expect(held.get(1)?.context.signal.aborted).toBe(true);
      expect(row(id)).toMatchObject({ state: 'running', leaseOwner: 'other' });
    });

    /** A row as a killed process leaves it. */
    function lost(attempts: number): string {
      const id = add(attempts);
      const lease = { leaseOwner: 'killed', leaseUntilMs: clock.nowMs() + 60_000 };
      db.write((tx) =>
        tx
          .update(jobs)
          .set({ state: 'running', attempts, ...lease })
          .where(eq(jobs.id, id))
          .run(),
      );
      return id;
    }

    it('puts lost jobs back at the start, and fails the one that was lost too often', async () => {
      const ran: number[] = [];
      const ids = [lost(1), lost(2), lost(3)];
      queue.handle(render, async ({ n }, { attempt }) => void ran.push(n, attempt));
      queue.start();
      await clock.runUntil(queue.drain());
      expect(ran).toEqual([1, 2, 2, 3]);
      expect(ids.map((id) => row(id).state)).toEqual(['done', 'done', 'failed']);
      expect(row(ids[2]!).error).toContain('The server stopped while this job was running, at attempt 3 of 3.');
    });

    it('leaves them alone when it is not alone, until their lease runs out', async () => {
      const ran: number[] = [];
      const id = lost(1);
      const second = openQueue('second', false);
      second.handle(render, async ({ n }) => void ran.push(n));
      second.start();
      await clock.advance(59_000);
      expect(ran).toEqual([]);
      await clock.advance(5000);
      expect(ran).toEqual([1]);
      expect(row(id).state).toBe('done');
    });

    it('leaves lanes with no slots to others', async () => {
      const letter = defineJob('mail.send', Payload, { lane: 'mail', timeout: '1m' });
      queue.handle(letter, () => Promise.resolve());
      queue.start();
      const id = db.write((tx) => queue.enqueue(tx, letter, { n: 1 }));
      await clock.runUntil(queue.drain());
      expect(row(id).state).toBe('queued');
    });
  });

  it('sweeps what ended long ago and nothing else', async () => {
    queue.handle(render, () => Promise.resolve());
    queue.start();
    add(1);
    await clock.runUntil(queue.drain());
    await clock.advance(1000);
    const young = add(2);
    await clock.runUntil(queue.drain());
    const waiting = add(3, { delayMs: 1_000_000 });
    expect(queue.sweep(row(young).finishedAtMs!)).toBe(1);
    expect(row(waiting).state).toBe('queued');
    expect(row(young).state).toBe('done');
  });
}
