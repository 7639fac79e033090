import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WorkerList } from '../../src/features/jobs/api.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { createClient, isReady } from '../support/client.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { person } from '../support/test-app.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

/** Redis by TLS (`rediss://`), with a certificate that a house's own authority has signed: real processes, which read it at their start. */

const PASSWORD = 'a-long-password';
/** Redis wants certificates of its clients unless it is told otherwise. */
const OPEN = ['--requirepass', PASSWORD, '--tls-auth-clients', 'no', '--bind', '127.0.0.1', '127.0.0.2'];

let folder: string;
let authority: string;
let certificate: ReturnType<typeof makeAuthority>['server'];
let redis: TestRedis;
let kinora: KinoraProcess | null;
let worker: WorkerProcess | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-redis-tls-'));
  ({ authority, server: certificate } = makeAuthority(folder));
  kinora = worker = null;
});
afterEach(async () => {
  await worker?.end('SIGKILL');
  await kinora?.end('SIGKILL');
  await redis?.close();
  rmSync(folder, { recursive: true, force: true });
});

const withPassword = (password = PASSWORD) => ({ url: redis.url.replace('//', `//:${password}@`) });
const trusting = () => ({ NODE_EXTRA_CA_CERTS: authority });

it('has a worker make a ladder, and knows it by doctor and health', async () => {
  redis = await startRedis(OPEN, certificate);
  const env = { ...trusting(), KINORA_JOBS_REDIS: withPassword().url, KINORA_DATA_DIR: join(folder, 'data') };
  const encoding = {
    KINORA_ENCODING_HEIGHTS: '[240]',
    KINORA_ENCODING_HARDWARE: 'off',
    KINORA_ENCODING_CONCURRENCY: '0',
  };
  kinora = await startKinora(join(folder, 'data'), { ...env, ...encoding, KINORA_SETUP_TOKEN: 'tls-test' });
  worker = await startWorkerProcess({ folder }, withPassword(), 'ada', trusting());
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const admin = { ...person('admin'), token: 'tls-test' };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', admin, 201);
  const client = createClient(kinora.url, openapi, token);
  const refusals = async () => (await client.get<WorkerList>('/api/jobs/workers')).items.map(({ refusal }) => refusal);
  await expect.poll(refusals, { timeout: 60_000 }).toEqual([null]);
  // The server encodes nothing by itself: all of it is the worker's.
  await client.waitFor(await client.upload(await makeClip({ seconds: 8, size: '640x360' })), isReady, 120_000);
  expect(worker.segments().length).toBeGreaterThan(1);
  const { output } = await runKinora(['doctor', '--only', 'Workers'], { env });
  expect(output).toMatch(/Redis 7\.\d+\.\d+ at rediss:\/\/127\.0\.0\.1:\d+ answers[\s\S]*worker ada is there/);
  expect(output).not.toContain(PASSWORD);
  expect(await runKinora(['health', '--worker', 'ada'], { env })).toMatchObject({ code: 0 });
});

it('says what is wrong between the two, and what to do', async () => {
  const said = async (address: string, env: Record<string, string> = trusting()) => {
    const all = { KINORA_DATA_DIR: join(folder, 'data'), KINORA_JOBS_REDIS: address, ...env };
    return (await runKinora(['doctor', '--only', 'Workers'], { env: all })).output;
  };
  redis = await startRedis(OPEN, certificate);
  const { url } = withPassword();
  const health = runKinora(['health', '--worker', 'ada'], { env: { KINORA_JOBS_REDIS: url } });
  expect(
    await Promise.all([
      said(url, {}),
      said(withPassword('wrong').url),
      said(redis.url),
      said(url.replace('127.0.0.1', '127.0.0.2')),
      said(url.replace('rediss:', 'redis:')),
    ]),
  ).toEqual([
    expect.stringContaining('name the file of its authority in NODE_EXTRA_CA_CERTS'),
    expect.stringContaining('does not accept the name and password of jobs.redis'),
    expect.stringContaining('wants a password'),
    expect.stringContaining('is for another name'),
    expect.stringContaining('if it wants TLS, write rediss://'),
  ]);
  expect(await health).toMatchObject({ code: 1, stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  await redis.close();
  redis = await startRedis(['--requirepass', PASSWORD], certificate);
  expect(await said(withPassword().url)).toContain('set tls-auth-clients no there');
  await redis.close();
  // Signed by itself: it is its own authority.
  const own = makeCertificate(folder, 'own');
  redis = await startRedis(OPEN, own);
  expect(await said(withPassword().url, { NODE_EXTRA_CA_CERTS: own.certificate })).toMatch(
    /Redis \S+ at rediss:\S+ answers/,
  );
  await redis.close();
  redis = await startRedis(['--requirepass', PASSWORD]);
  expect(await said(withPassword().url.replace('redis:', 'rediss:'))).toContain('does not answer, or not by TLS');
});
