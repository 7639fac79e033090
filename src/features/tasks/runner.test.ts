import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvents } from '../../core/events.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { createFakeClock, type FakeClock } from '../../platform/clock.ts';
import { ConfigSchema } from '../../platform/config/schema.ts';
import { type Db, openDatabase } from '../../platform/db.ts';
import { createSilentLog } from '../../platform/log.ts';
import { loadMigrations, migrate } from '../../platform/migrate.ts';
import type { App } from '../../ports.ts';
import { type Periodic, startTasks, type TaskRunner } from './runner.service.ts';

let db: Db;
let runs: string[];
let runner: TaskRunner | null;
beforeEach(() => {
  const log = createSilentLog();
  db = openDatabase({ path: ':memory:', log });
  migrate({ raw: db.raw, migrations: loadMigrations(), log });
  runs = [];
  runner = null;
});
afterEach(() => {
  runner?.stop();
  db.close();
});

const localTime = (ms: number) => new Date(ms).toTimeString().slice(0, 5);
/** Midnight by the clock of whatever machine this runs on. */
const midnight = new Date('2026-01-10T00:00:00').getTime();

function start(clock: FakeClock, tasks: Partial<Periodic>[]): TaskRunner {
  const log = createSilentLog();
  const events = createEvents((error) => {
    throw error;
  });
  const app = { clock, db, events, log, config: ConfigSchema.parse({}) } as unknown as App;
  const schedule = tasks.map((task): Periodic => {
    const name = task.name ?? 'sweep';
    return { name, everyMs: DAY_MS, run: () => void runs.push(`${name} ${localTime(clock.nowMs())}`), ...task };
  });
  runner = startTasks(app, schedule);
  return runner;
}

describe('nightly tasks', () => {
  it('run once a night at their time, however the days go on', async () => {
    const clock = createFakeClock(midnight);
    start(clock, [{ nightly: true }]);
    await clock.advance(2 * HOUR_MS);
    expect(runs).toEqual([]);
    await clock.advance(3 * DAY_MS);
    expect(runs).toEqual(['sweep 03:00', 'sweep 03:00', 'sweep 03:00']);
  });

  it('run one after the other', async () => {
    const clock = createFakeClock(midnight);
    const slow = { name: 'slow', nightly: true, run: () => clock.sleep(10 * MINUTE_MS).then(() => runs.push('slow')) };
    start(clock, [slow, { nightly: true }]);
    await clock.advance(3 * HOUR_MS + 5 * MINUTE_MS);
    expect(runs).toEqual([]);
    await clock.advance(10 * MINUTE_MS);
    expect(runs).toEqual(['slow', 'sweep 03:10']);
  });

  it('make up for a night the server was off, and for that alone', async () => {
    start(createFakeClock(midnight), [{ nightly: true }]).stop();
    db.raw
      .prepare('INSERT INTO tasks (name, started_at_ms) VALUES (?, ?)')
      .run('sweep', midnight - DAY_MS + 3 * HOUR_MS);
    const clock = createFakeClock(midnight + 9 * HOUR_MS);
    start(clock, [{ nightly: true }]);
    await clock.advance(MINUTE_MS);
    expect(runs).toEqual(['sweep 09:00']);
    runner!.stop();
    start(createFakeClock(midnight + 10 * HOUR_MS), [{ nightly: true }]);
    expect(runner!.find('sweep')).toMatchObject({ nextAtMs: midnight + DAY_MS + 3 * HOUR_MS });
  });

  it('have a time of their own, which is not missed because it was today', async () => {
    const clock = createFakeClock(midnight + 15 * HOUR_MS);
    start(clock, [{ nightly: true }]).setTiming('sweep', { dailyAt: '14:00' });
    expect(runner!.find('sweep')!.nextAtMs).toBe(midnight + DAY_MS + 14 * HOUR_MS);
    await clock.advance(DAY_MS);
    expect(runs).toEqual(['sweep 14:00']);
    runner!.setTiming('sweep', { everyMs: 6 * HOUR_MS });
    await clock.advance(DAY_MS);
    expect(runs).toHaveLength(5);
  });
});

it('what runs every so often is counted from its last run, also over a restart', async () => {
  db.raw.prepare('INSERT INTO tasks (name, started_at_ms) VALUES (?, ?)').run('sweep', midnight - 20 * HOUR_MS);
  const clock = createFakeClock(midnight);
  start(clock, [{}]);
  await clock.advance(3 * HOUR_MS);
  expect(runs).toEqual([]);
  await clock.advance(2 * HOUR_MS);
  expect(runs).toEqual(['sweep 04:00']);
});
