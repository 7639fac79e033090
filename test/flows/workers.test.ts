import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EncoderList, JobWire, WorkerList } from '../../src/features/jobs/api.ts';
import { createSilentLog } from '../../src/platform/log.ts';
import { startWorker } from '../../src/worker.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { packetTimes, worstStep } from '../support/frames.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { runKinora } from '../support/kinora-command.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

/** Encoding by `kinora worker` processes: a real Redis, real workers, one storage. */

const SECONDS = 40;
/** Slow enough that something can happen in the middle. */
const ENCODING = { heights: [360, 240], preset: 'slow' as const };

let redis: TestRedis;
let kinora: TestApp;
let client: TestClient;
let admin: TestClient;
let workers: WorkerProcess[];
/** The segments that the server itself has stored. */
let ownSegments: string[];

beforeEach(async () => {
  redis = await startRedis();
  workers = [];
  ownSegments = [];
  kinora = await createTestApp({ encoding: ENCODING, jobs: { redis: redis.url } });
  const { storage } = kinora.app;
  const put = storage.put;
  storage.put = (key, body, options) => {
    if (key.endsWith('.m4s')) ownSegments.push(key);
    return put(key, body, options);
  };
  admin = await kinora.admin();
  client = await kinora.member();
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  await kinora?.close();
  await redis?.close();
});

async function startWorkers(...names: string[]): Promise<void> {
  for (const name of names) workers.push(await startWorkerProcess(kinora, redis, name));
  await listed(({ items }) => names.every((name) => items.some((one) => one.name === name && one.refusal === null)));
}

async function listed(until: (list: WorkerList) => boolean): Promise<void> {
  await expect
    .poll(async () => until(await admin.get<WorkerList>('/api/jobs/workers')), { timeout: 30_000 })
    .toBe(true);
}

const upload = async () => client.upload(await makeClip({ seconds: SECONDS }));
const segmentsOf = (worker: WorkerProcess) => worker.segments();
const made = () => [...ownSegments, ...workers.flatMap(segmentsOf)];
const someAreMade = (count: number) =>
  expect.poll(() => made().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);

/** Every rendition whole, each decoding without a complaint and no frame lost where one maker's segments meet another's. */
async function expectWhole(id: string): Promise<void> {
  const { playback } = await client.waitFor(id, isReady, 120_000);
  const { variants, audio } = await readMultivariant(client, playback!.hls);
  for (const [n, { url }] of [...variants, ...audio].entries()) {
    const path = join(kinora.folder, `whole-${n}.mp4`);
    await download(client, url, path);
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    const times = await packetTimes(path, n < variants.length ? 'v:0' : 'a:0');
    if (n < variants.length) expect(times).toHaveLength(SECONDS * 30);
    expect(worstStep(times, n < variants.length ? 1 / 30 : 1024 / 48_000)).toBeLessThan(0.0002);
  }
}

const twice = (keys: string[]) => keys.filter((key, n) => keys.indexOf(key) !== n);

describe('a ladder', () => {
  it('is filled by two workers and watched meanwhile, every segment made once', async () => {
    await startWorkers('ada', 'bob');
    const id = await upload();
    const { playback } = await client.waitFor(id, isPlayable);
    const { variants } = await readMultivariant(client, playback!.hls);
    await someAreMade(2);
    const { items } = await admin.get<EncoderList>('/api/jobs/encoders');
    expect(new Set(items.map(({ worker }) => worker))).toEqual(new Set(['ada', 'bob']));
    const job = (await admin.get<{ items: JobWire[] }>('/api/jobs?lane=encode')).items[0]!;
    expect(job).toMatchObject({ state: 'running', video: { id } });
    // The viewer goes through all of it, mostly ahead of the workers: what they have not made is made here.
    await download(client, variants[1]!.url, join(kinora.folder, 'watched.mp4'));
    await expectWhole(id);
    for (const worker of workers) expect(segmentsOf(worker).length).toBeGreaterThan(0);
    expect(ownSegments.length).toBeGreaterThan(0);
    expect(twice(made())).toEqual([]);
    expect((await admin.get<{ items: JobWire[] }>('/api/jobs?lane=encode')).items[0]).toMatchObject({
      state: 'done',
      percent: 100,
    });
  });

  it('goes on at another worker when one is killed, and what it had made stays', async () => {
    await startWorkers('ada', 'bob');
    const id = await upload();
    await expect.poll(() => segmentsOf(workers[0]!).length, { timeout: 60_000 }).toBeGreaterThan(1);
    const before = segmentsOf(workers[0]!);
    await workers[0]!.end('SIGKILL');
    await expectWhole(id);
    const bobs = segmentsOf(workers[1]!);
    expect(bobs.filter((key) => before.slice(0, -1).includes(key))).toEqual([]);
    expect(ownSegments).toEqual([]);
    await listed(({ items }) => items.map(({ name }) => name).join() === 'bob');
  });

  it('is given back by a worker that is told to stop, and the server makes the rest', async () => {
    await startWorkers('ada');
    const id = await upload();
    await someAreMade(2);
    expect(await workers[0]!.end('SIGTERM')).toBe(0);
    await expectWhole(id);
    expect(ownSegments.length).toBeGreaterThan(0);
    expect(twice(made())).toEqual([]);
  });

  it('goes back to workers that come while the server is at it', async () => {
    const id = await upload();
    await expect.poll(() => ownSegments.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await startWorkers('ada');
    await expectWhole(id);
    expect(segmentsOf(workers[0]!).length).toBeGreaterThan(0);
    expect(twice(made())).toEqual([]);
  });

  it('is given up by workers when its job is cancelled', async () => {
    await startWorkers('ada');
    await upload();
    await someAreMade(2);
    const job = (await admin.get<{ items: JobWire[] }>('/api/jobs?lane=encode')).items[0]!;
    await admin.post(`/api/jobs/${job.id}/cancel`, undefined, 200);
    await listed(({ items }) => items[0]!.runs === 0);
    // Each says so in its own time.
    const soon = { timeout: 20_000 };
    await expect.poll(() => workers[0]!.output(), soon).toContain('A part is given back.');
    const before = made();
    await expect.poll(async () => (await admin.get<EncoderList>('/api/jobs/encoders')).items, soon).toEqual([]);
    // Another one is taken: nothing of the first is in the way.
    const next = await upload();
    await expectWhole(next);
    expect(made().filter((key) => !key.includes(next))).toEqual(before);
  });
});

describe('Redis', () => {
  it('may be started anew in the middle, without its data', async () => {
    await startWorkers('ada');
    const id = await upload();
    await someAreMade(2);
    await redis.kill();
    await redis.start();
    await expectWhole(id);
    expect(segmentsOf(workers[0]!).length).toBeGreaterThan(2);
  });

  it('may be away for long: the server encodes, and workers are back with it', async () => {
    await startWorkers('ada');
    const id = await upload();
    await someAreMade(2);
    await redis.kill();
    await listed(({ redis: facts }) => facts?.state === 'away' && facts.problem !== null);
    await expectWhole(id);
    expect(ownSegments.length).toBeGreaterThan(0);
    await redis.start();
    await listed(({ redis: facts, items }) => facts?.state === 'connected' && items.length === 1);
    ownSegments.length = 0;
    await expectWhole(await upload());
    expect(ownSegments).toEqual([]);
  });
});

describe('a worker', () => {
  it('of another version takes no work and says why; the server does it after a moment', async () => {
    const config = { ...kinora.app.config, jobs: { redis: redis.url } };
    const other = await startWorker({ config, name: 'old', slots: 1, log: createSilentLog(), version: '0.0.1' });
    try {
      const said = 'This worker is Kinora 0.0.1, the server 0.1.0: install the same version on both.';
      await listed(({ items }) => items[0]?.refusal === said);
      await expectWhole(await upload());
      expect(ownSegments.length).toBeGreaterThan(0);
    } finally {
      await other.stop();
    }
  });

  it('with another storage takes no work and says why', async () => {
    const data = { ...kinora.app.config.data, dir: join(kinora.folder, 'elsewhere') };
    const config = { ...kinora.app.config, data };
    const other = await startWorker({ config, name: 'lost', slots: 1, log: createSilentLog() });
    try {
      await listed(({ items }) => items[0]?.refusal?.startsWith('Its storage is not that of Kinora') === true);
    } finally {
      await other.stop();
    }
  });

  it('is known to the doctor, and asked for its health', async () => {
    const env = { KINORA_JOBS_REDIS: redis.url, KINORA_DATA_DIR: join(kinora.folder, 'data') };
    const doctor = async () => (await runKinora(['doctor', '--only', 'Workers'], { env })).output;
    expect(await doctor()).toMatch(/Redis 7\.\d+\.\d+ at redis:\/\/127\.0\.0\.1:\d+ answers[\s\S]*no worker is there/);
    await startWorkers('ada');
    expect(await doctor()).toContain('worker ada is there, version as here, one part at once');
    expect(await runKinora(['health', '--worker', 'ada'], { env })).toMatchObject({ code: 0 });
    await workers[0]!.end('SIGKILL');
    const { code, output } = await runKinora(['health', '--worker', 'ada'], { env });
    expect([code, output]).toEqual([1, expect.stringContaining('No worker called "ada" shows itself.')]);
    await redis.kill();
    expect(await doctor()).toMatch(/Redis at redis:\S+ cannot be used: .*ECONNREFUSED/);
  });

  it('does not start without a Redis, and says what to set', async () => {
    const { code, output } = await runKinora(['worker', '--data', kinora.folder]);
    expect([code, output]).toEqual([2, expect.stringContaining('set jobs.redis, or KINORA_JOBS_REDIS')]);
  });
});
