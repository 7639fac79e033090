import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerList } from '../../src/features/jobs/api.ts';
import { createClient, isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { person } from '../support/test-app.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

/** The server ends while a worker encodes for it, by a signal it may heed and by one it may not. */

let folder: string;
let redis: TestRedis;
let env: Record<string, string>;
let port: number;
let kinora: KinoraProcess;
let worker: WorkerProcess;
let client: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-crash-'));
  redis = await startRedis();
  port = await freePort();
  env = {
    KINORA_SETUP_TOKEN: 'crash-test',
    KINORA_JOBS_REDIS: redis.url,
    KINORA_ENCODING_HEIGHTS: '[360, 240]',
    KINORA_ENCODING_PRESET: 'slow',
    KINORA_ENCODING_HARDWARE: 'off',
  };
  kinora = await startKinora(join(folder, 'data'), env, port);
  worker = await startWorkerProcess({ folder }, redis, 'ada');
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const nobody = createClient(kinora.url, openapi);
  const admin = { ...person('admin'), token: 'crash-test' };
  const { token } = await nobody.post<{ token: string }>('/api/setup', admin, 201);
  client = createClient(kinora.url, openapi, token);
});
afterAll(async () => {
  await worker?.end('SIGKILL');
  await kinora?.end('SIGKILL');
  await redis?.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(['SIGTERM', 'SIGKILL'] as const)(
  '%s of the server in the middle: the worker goes on for the next one',
  async (signal) => {
    const refusals = async () =>
      (await client.get<WorkerList>('/api/jobs/workers')).items.map(({ refusal }) => refusal);
    await expect.poll(refusals, { timeout: 30_000 }).toEqual([null]);
    const before = worker.segments().length;
    const id = await client.upload(await makeClip({ seconds: 40 }));
    await expect.poll(() => worker.segments().length, { timeout: 60_000 }).toBeGreaterThan(before + 1);
    await kinora.end(signal);
    kinora = await startKinora(join(folder, 'data'), env, port);
    const { playback } = await client.waitFor(id, isReady, 120_000);
    const { variants, audio } = await readMultivariant(client, playback!.hls);
    for (const { url } of [...variants, ...audio]) {
      const path = join(folder, 'whole.mp4');
      await download(client, url, path);
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    }
    // All by the worker, none twice: it is the server that came to nothing, and it had made none.
    const own = worker.segments().filter((key) => key.includes(id));
    expect(own.filter((key, n) => own.indexOf(key) !== n)).toEqual([]);
    expect(own).toHaveLength(new Set(own).size);
  },
);
