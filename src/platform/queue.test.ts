import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaSql } from '../../scripts/db-new.ts';
import { queueContract } from '../../test/contracts/queue.contract.ts';
import { createFakeClock } from './clock.ts';
import { openDatabase } from './db.ts';
import { createSilentLog } from './log.ts';
import { backoffMs, defineJob } from './queue.define.ts';
import { jobs } from './queue.schema.ts';
import { nextJob } from './queue.statements.ts';
import { createQueue } from './queue.ts';

const log = createSilentLog();
let createTable: string;
beforeAll(async () => {
  createTable = await schemaSql({ jobs });
});

function openDb(path = ':memory:') {
  const db = openDatabase({ path, log });
  db.raw.exec(createTable);
  return db;
}

describe('the queue in SQLite', () => {
  queueContract({
    openDb: () => openDb(),
    createQueue: (parts) => createQueue({ ...parts, log, random: () => 0.5 }),
  });
});

it('goes on with the work of a process that was killed, on the same file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-queue-'));
  const path = join(folder, 'kinora.db');
  const clock = createFakeClock();
  const lanes = { probe: 1, encode: 1, scan: 1, image: 1, caption: 1, mail: 1, backup: 1, import: 1 };
  const job = defineJob('videos.probe', z.object({}), { lane: 'probe', timeout: '1h' });

  const killedDb = openDb(path);
  const killed = createQueue({ db: killedDb, clock, log, lanes, ownerId: 'killed' });
  killed.handle(job, () => new Promise(() => {}));
  killed.start();
  const id = killedDb.write((tx) => killed.enqueue(tx, job, {}));
  await clock.advance(10);
  // Its process is gone: nothing is stopped, nothing is written any more.
  killedDb.raw.close();

  const db = openDatabase({ path, log });
  expect(db.orm.select().from(jobs).get()).toMatchObject({ id, state: 'running', leaseOwner: 'killed', attempts: 1 });
  const attempts: number[] = [];
  const next = createQueue({ db, clock: createFakeClock(), log, lanes, ownerId: 'next', exclusive: true });
  next.handle(job, async (_payload, { attempt }) => void attempts.push(attempt));
  next.start();
  await next.drain();
  expect(attempts).toEqual([2]);
  expect(db.orm.select().from(jobs).get()).toMatchObject({ id, state: 'done' });
  await next.stop();
  db.close();
  rmSync(folder, { recursive: true });
});

it('claims and lists by an index, without sorting', () => {
  const db = openDb();
  const plan = (query: { toSQL(): { sql: string } }) => {
    const rows = db.raw.prepare(`explain query plan ${query.toSQL().sql.replaceAll('?', "'x'")}`).all();
    return (rows as { detail: string }[]).map((row) => row.detail).join('; ');
  };
  const claim = nextJob(db.orm);
  expect(plan(claim)).toMatch(/USING (COVERING )?INDEX jobs_claim/);
  expect(plan(claim)).not.toContain('B-TREE');
  const list = db.orm
    .select()
    .from(jobs)
    .where(eq(jobs.state, 'failed'))
    .orderBy(desc(jobs.createdAtMs), desc(jobs.id));
  expect(plan(list)).toMatch(/^SEARCH jobs USING INDEX jobs_list \(state=\?\)$/);
  db.close();
});

it('doubles the wait up to its limit, and spreads it by a fifth', () => {
  const backoff = { firstMs: 1000, maxMs: 5000 };
  expect([1, 2, 3, 4, 9].map((attempt) => backoffMs(backoff, attempt, 0.5))).toEqual([1000, 2000, 4000, 5000, 5000]);
  expect([backoffMs(backoff, 1, 0), backoffMs(backoff, 1, 1)]).toEqual([800, 1200]);
});

it('refuses a definition that cannot be meant', () => {
  expect(() => defineJob('probe', z.object({}), { lane: 'probe', timeout: '1m' })).toThrow(/feature\.verb/);
});
