import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createErrorHook } from '../../src/platform/error-hook.ts';
import { defineJob, PermanentJobError } from '../../src/platform/queue.define.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { type SentryServer, startSentry } from '../support/sentry.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** What goes wrong is told to whoever keeps track of errors (`log.sentryDsn`): a server on the loopback, which reads envelopes. */

const SOON = { timeout: 30_000 };

let folder: string;
let sentry: SentryServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-errors-'));
  sentry = await startSentry();
  writeFileSync(join(folder, 'dsn'), `${sentry.dsn}\n`);
});
afterAll(() => {
  sentry?.close();
  expect(sentry?.refused).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

const about = (text: string) => sentry.events.filter((event) => JSON.stringify(event).includes(text));

const started: KinoraProcess[] = [];
afterAll(() => Promise.all(started.map((kinora) => kinora.end('SIGKILL'))));
async function start(data: string, env: Record<string, string> = {}): Promise<KinoraProcess> {
  const kinora = await startKinora(join(folder, data), {
    KINORA_SETUP_TOKEN: 'errors',
    KINORA_LOG_SENTRY_DSN_FILE: join(folder, 'dsn'),
    KINORA_ENCODING_HARDWARE: 'off',
    ...env,
  });
  started.push(kinora);
  return kinora;
}

it('an answer of 500 is sent, with its cause and without the token of who asked', async () => {
  const kinora = await start('answers');
  const setUp = await fetch(`${kinora.url}/api/setup`, {
    method: 'POST',
    body: JSON.stringify({ ...person('ada'), token: 'errors' }),
    headers: { 'Content-Type': 'application/json' },
  });
  const { token } = (await setUp.json()) as { token: string };
  const database = new Database(join(folder, 'answers', 'kinora.db'));
  database.exec('DROP TABLE audit_acts');
  database.close();
  const answer = await fetch(`${kinora.url}/api/audit`, { headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(500);
  await expect.poll(() => about('no such table: audit_acts').length, SOON).toBe(1);
  expect(about('no such table')[0]!.message.formatted).toContain('Something went wrong on the server');
  expect(JSON.stringify(sentry.events)).not.toContain(token);
  expect(await kinora.end('SIGTERM')).toBe(0);
});

describe('of jobs', () => {
  const options = { lane: 'scan', attempts: 3, timeout: '1m', backoff: { first: '10ms', max: '20ms' } } as const;
  const failing = defineJob('tests.failing', z.object({}), options);
  const hopeless = defineJob('tests.hopeless', z.object({}), options);
  const shaky = defineJob('tests.shaky', z.object({}), options);
  let kinora: TestApp;
  let tries: string[];

  beforeAll(async () => {
    kinora = await createTestApp();
    const { app } = kinora;
    const hook = createErrorHook({
      dsn: sentry.dsn,
      release: 'kinora@1.2.3',
      mayNameAddresses: () => false,
      nowMs: Date.now,
    });
    app.log.follow(hook.add);
    tries = [];
    app.queue.handle(failing, () => {
      tries.push('failing');
      throw new TypeError('the job of the test broke');
    });
    app.queue.handle(hopeless, () => {
      tries.push('hopeless');
      throw new PermanentJobError('the file of the test is damaged');
    });
    app.queue.handle(shaky, async (_payload, { attempt }) => {
      tries.push('shaky');
      if (attempt < 3) throw new Error('the network of the test was away');
    });
  });
  afterAll(() => kinora?.close());

  async function run(job: typeof failing): Promise<void> {
    kinora.app.db.write((tx) => kinora.app.queue.enqueue(tx, job, {}));
    await kinora.app.queue.drain();
  }

  it('that failed, one event is sent when the last try has failed', async () => {
    await run(failing);
    expect(tries).toEqual(['failing', 'failing', 'failing']);
    await expect.poll(() => about('the job of the test broke').length, SOON).toBeGreaterThan(0);
    // What would have been sent for the tries before went out earlier than this.
    await run(hopeless);
    await expect.poll(() => about('the file of the test is damaged').length, SOON).toBe(1);
    const sent = about('the job of the test broke');
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      level: 'error',
      release: 'kinora@1.2.3',
      message: { formatted: 'A job failed.' },
      tags: { job: 'tests.failing' },
      extra: { attempt: 3 },
      exception: { values: [{ type: 'TypeError', value: 'the job of the test broke' }] },
    });
    expect(sent[0]!.exception!.values[0]!.stacktrace.frames.at(-1)!.filename).toContain('error-hook.test.ts');
  });

  it('that cannot be helped, without further tries', () => {
    expect(tries.filter((name) => name === 'hopeless')).toHaveLength(1);
    expect(about('the file of the test is damaged')[0]).toMatchObject({ extra: { attempt: 1 } });
  });

  it('that went well in the end, nothing', async () => {
    await run(shaky);
    expect(tries.filter((name) => name === 'shaky')).toHaveLength(3);
    await run(hopeless);
    await expect.poll(() => about('the file of the test is damaged').length, SOON).toBe(2);
    expect(about('the network of the test')).toEqual([]);
  });
});

describe.runIf(process.platform !== 'win32')('what nobody caught', () => {
  /** Loaded into the real server from outside, where a fault of any library would be: it waits for a signal and breaks. */
  function fault(name: string, code: string): string {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, `process.on('SIGUSR2', () => { ${code} });\n`);
    return `--import=${pathToFileURL(path)}`;
  }

  it.each([
    [
      'an exception',
      `setImmediate(() => { throw new RangeError('broke in a timer'); })`,
      'RangeError',
      'broke in a timer',
    ],
    ['a rejection', `void Promise.reject(new SyntaxError('nobody waited'))`, 'SyntaxError', 'nobody waited'],
  ])('%s is sent before the server ends', async (name, code, type, value) => {
    const kinora = await start(type, { NODE_OPTIONS: fault(type, code) });
    process.kill(kinora.pid, 'SIGUSR2');
    // It ends by itself, and says so; signal 0 ends nothing.
    expect(await kinora.end(0 as unknown as NodeJS.Signals), name).toBe(1);
    expect(kinora.output()).toContain('Something unexpected ends Kinora.');
    const sent = about(value);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      message: { formatted: 'Something unexpected ends Kinora.' },
      exception: { values: [{ type, value }] },
    });
  });
});
