import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { DAY_MS } from '../../src/core/time.ts';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { BackupList } from '../../src/features/backups/api.ts';
import type { JobWire } from '../../src/features/jobs/api.ts';
import type { LiveMessage } from '../../src/features/live/api.ts';
import type { HealthWire, OverviewWire } from '../../src/features/overview/api.ts';
import type { TaskList } from '../../src/features/tasks/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Backups as admins have them in the browser: what there is, one more, taking it away, throwing it away. */

/** Two programs at low priority make one: beside other work that takes its time. */
const SOON = { timeout: 180_000 };

let kinora: TestApp;
let admin: TestClient;
let member: TestClient;
let folder: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144] } });
  admin = await kinora.admin();
  member = await kinora.member();
  folder = join(kinora.app.dataDir.path, 'backups');
  const id = await admin.upload(await makeClip({ seconds: 4, size: '320x180' }));
  await admin.waitFor(id, isReady);
});
afterAll(() => kinora?.close());

const backups = () => admin.get<BackupList>('/api/backups');
const health = async () =>
  (await admin.get<OverviewWire>('/api/overview')).health.find(({ check }) => check === 'backups') as HealthWire;
const acts = async (query = '') => (await admin.get<{ items: ActWire[] }>(`/api/audit${query}`)).items;
const make = (body: { originals?: boolean } = {}) => admin.post<{ job: JobWire }>('/api/backups', body, 202);
async function made(jobId: string): Promise<BackupList['items'][number]> {
  const job = async () => (await admin.get<{ job: JobWire }>(`/api/jobs/${jobId}`)).job;
  await expect.poll(job, SOON).toMatchObject({ state: 'done', error: null });
  return (await backups()).items[0]!;
}
const download = (name: string, headers: Record<string, string> = {}, client = admin) =>
  fetch(`${kinora.url}/api/backups/${name}/file`, { headers: { Authorization: `Bearer ${client.token}`, ...headers } });

it('there are none at first, and the overview says so without alarm', async () => {
  expect(await backups()).toMatchObject({ items: [], schedule: 'off', nextAtMs: null, keep: 7, job: null, folder });
  expect(await health()).toEqual({ check: 'backups', state: 'note', verdict: 'none', facts: {} });
});

describe('one that is made now', () => {
  let name: string;

  it('tells how far it is, is listed with what is in it, and is in the audit log', async () => {
    const heard: LiveMessage[] = [];
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${admin.token}` },
    });
    socket.on('message', (data) => heard.push(JSON.parse(String(data)) as LiveMessage));
    await new Promise((resolve) => socket.once('open', resolve));
    const { job } = await make({ originals: true });
    expect(job).toMatchObject({ name: 'backups.write', lane: 'backup' });
    // While it is under way another wish is the same one.
    expect((await make()).job.id).toBe(job.id);
    expect((await backups()).job).toMatchObject({ id: job.id });
    const one = await made(job.id);
    socket.close();
    name = one.name;
    const path = join(folder, name);
    expect(one).toMatchObject({ originals: true, sizeBytes: statSync(path).size, version: expect.any(String) });
    expect((await backups()).job).toBeNull();
    const progress = heard.filter(({ type }) => type === 'job.progress') as { jobId: string; percent: number }[];
    expect(progress.filter(({ jobId }) => jobId === job.id).length).toBeGreaterThan(0);
    expect((await acts('?act=backup.made'))[0]).toMatchObject({
      actor: { name: 'admin' },
      target: { id: name, name },
      changes: { originals: { after: true }, sizeBytes: { after: statSync(path).size } },
      address: '127.0.0.1',
    });
    expect(await health()).toMatchObject({ state: 'ok', verdict: 'good' });
  });

  it('is taken away whole, in parts, and gone on with; the log has one line of it', async () => {
    const bytes = readFileSync(join(folder, name));
    // Also who asks for a part alone is written down.
    expect((await download(name, { Range: 'bytes=512-' })).status).toBe(206);
    expect(await acts('?act=backup.downloaded')).toHaveLength(1);
    const whole = await download(name);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    expect(whole.headers.get('cache-control')).toContain('no-store');
    const got = Buffer.from(await whole.arrayBuffer());
    expect(sha256(got)).toBe(sha256(bytes));
    const etag = whole.headers.get('etag')!;
    const rest = await download(name, { Range: `bytes=1000-`, 'If-Range': etag });
    expect([rest.status, rest.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000-${bytes.length - 1}/${bytes.length}`,
    ]);
    expect(sha256(Buffer.from(await rest.arrayBuffer()))).toBe(sha256(bytes.subarray(1000)));
    expect((await download(name, { Range: 'bytes=1000-', 'If-Range': '"other"' })).status).toBe(200);
    expect((await download(name, { Range: `bytes=${bytes.length}-` })).status).toBe(416);
    const told = await acts('?act=backup.downloaded');
    expect(told[0]).toMatchObject({ actor: { name: 'admin' }, target: { name } });
    expect(told).toHaveLength(1);
  });

  it('is for admins alone', async () => {
    expect((await download(name, {}, member)).status).toBe(403);
    expect((await fetch(`${kinora.url}/api/backups/${name}/file`)).status).toBe(401);
    expect((await member.raw('DELETE', `/api/backups/${name}`)).response.status).toBe(403);
    expect(statSync(join(folder, name)).isFile()).toBe(true);
  });

  it('is no way to other files', async () => {
    writeFileSync(join(folder, 'before-0001_x.db'), 'mine');
    for (const other of ['before-0001_x.db', '..%2fsecret', '%2e%2e%2fkinora.db', 'kinora-20260101T000000Z.tar%00']) {
      expect((await download(other)).status, other).toBeGreaterThanOrEqual(400);
      expect((await admin.raw('DELETE', `/api/backups/${other}`)).response.status, other).toBeGreaterThanOrEqual(400);
    }
    expect((await download('kinora-20200101T000000Z.tar')).status).toBe(404);
    expect(readFileSync(join(folder, 'before-0001_x.db'), 'utf8')).toBe('mine');
  });

  it('is deleted when somebody wants it', async () => {
    await admin.raw('DELETE', `/api/backups/${name}`);
    expect((await backups()).items).toEqual([]);
    expect(readdirSync(folder)).not.toContain(name);
    expect((await acts('?act=backup.removed'))[0]).toMatchObject({ actor: { name: 'admin' }, target: { name } });
    expect((await admin.raw('DELETE', `/api/backups/${name}`)).response.status).toBe(404);
  });
});

it('the schedule makes one when it is due, by itself, and lets the oldest go', async () => {
  writeFileSync(join(folder, 'kinora-20200101T000000Z.tar'), 'old');
  await admin.send('PATCH', '/api/settings', { changes: { 'backup.schedule': '@daily', 'backup.keep': 1 } });
  const { nextAtMs } = await backups();
  expect(new Date(nextAtMs!).toTimeString().slice(0, 5)).toBe('00:00');
  kinora.travel(2 * DAY_MS);
  await admin.post('/api/tasks/back-up-when-it-is-time/run', undefined, 202);
  await expect.poll(async () => (await backups()).items.length, SOON).toBe(1);
  await expect.poll(async () => (await acts('?act=backup.removed')).length, SOON).toBe(2);
  const [one] = (await backups()).items;
  expect(one).toMatchObject({ originals: false });
  expect((await acts('?act=backup.made'))[0]).toMatchObject({
    actor: { name: 'schedule' },
    target: { name: one!.name },
  });
  expect((await acts('?act=backup.removed'))[0]).toMatchObject({
    actor: { name: 'schedule' },
    target: { name: 'kinora-20200101T000000Z.tar' },
  });
  expect(await health()).toMatchObject({ state: 'ok', facts: { takenAtMs: one!.takenAtMs } });
  kinora.travel(5 * DAY_MS);
  expect(await health()).toMatchObject({ state: 'warning', verdict: 'late' });
});

it('one that fails is told with its reason, on the page, in the overview and by doctor', async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder should be');
  const { job } = await make();
  const now = async () => (await admin.get<{ job: JobWire }>(`/api/jobs/${job.id}`)).job;
  await expect.poll(async () => (await now()).error, SOON).not.toBeNull();
  expect(await health()).toMatchObject({ state: 'warning', verdict: 'unreadable' });
  expect(await backups()).toMatchObject({ unreadable: expect.stringContaining('ENOTDIR'), items: [] });
  expect((await download('kinora-20200101T000000Z.tar')).status).toBeLessThan(504);
  rmSync(folder);
  mkdirSync(folder);
  const failed = await health();
  expect(failed).toMatchObject({ state: 'warning', verdict: 'failed' });
  expect(failed.facts['reason']).toBe((await now()).error);
  const doctor = await runKinora(['doctor', '--data', kinora.app.dataDir.path]);
  expect(doctor.stdout).toMatch(/Backups\n {2}! the last try failed: .+\n {6}→ Put that right/);
  // It waits to be tried again, and gives way to what somebody wants now that the folder is there.
  const again = await make({ originals: true });
  expect(again.job.id).not.toBe(job.id);
  expect(await now()).toMatchObject({ state: 'cancelled' });
  expect(await made(again.job.id)).toMatchObject({ originals: true });
  expect(await health()).toMatchObject({ state: 'ok', verdict: 'good' });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('the first is made once a time of the schedule has passed since the first account, whether or not the server was on', async () => {
  const young = await createTestApp({ encoding: { heights: [144] } });
  try {
    const owner = await young.admin();
    const look = async () => {
      await owner.post('/api/tasks/back-up-when-it-is-time/run', undefined, 202);
      const task = async () =>
        (await owner.get<TaskList>('/api/tasks')).items.find(({ name }) => /^back-up/.test(name));
      await expect.poll(async () => (await task())?.isRunning, SOON).toBe(false);
      return (await owner.get<BackupList>('/api/backups')).job;
    };
    await owner.send('PATCH', '/api/settings', { changes: { 'backup.schedule': '@weekly' } });
    expect(await look()).toBeNull();
    young.travel(8 * DAY_MS);
    expect(await look()).toMatchObject({ name: 'backups.write' });
  } finally {
    await young.close();
  }
});
