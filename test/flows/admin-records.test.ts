import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { LogLineWire } from '../../src/features/logs/api.ts';
import type { TaskWire } from '../../src/features/tasks/api.ts';
import type { TestClient } from '../support/client.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What admins can read up: what was done, what was logged, what runs by itself. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let kinora: TestApp;
let admin: TestClient;
let films: string;
beforeAll(async () => {
  films = mkdtempSync(join(tmpdir(), 'kinora-films-'));
  kinora = await createTestApp();
  admin = await kinora.admin();
});
afterAll(async () => {
  await kinora?.close();
  rmSync(films, { recursive: true });
});

const acts = async (query = '') => (await admin.get<{ items: ActWire[] }>(`/api/audit${query}`)).items;

describe('the audit log', () => {
  it('has what was done to libraries, accounts and videos of others, and by whom', async () => {
    const body = { name: 'Films', kind: 'movies', folders: [films] };
    const { library } = await admin.post<{ library: { id: string } }>('/api/libraries', body, 201);
    await admin.send('PATCH', `/api/libraries/${library.id}`, { name: 'Cinema' });
    await admin.post(`/api/libraries/${library.id}/scan`, undefined, 202);
    await admin.send('DELETE', `/api/libraries/${library.id}`);
    const person = { username: 'eve', email: 'eve@example.org', password: 'correct horse battery', role: 'member' };
    const { account } = await admin.post<{ account: { id: string } }>('/api/users', person, 201);
    await admin.send('PATCH', `/api/users/${account.id}`, { role: 'moderator', password: 'another good secret' });
    const all = await acts();
    expect(all.map(({ act }) => act)).toEqual([
      ...['user.changed', 'user.added', 'library.removed', 'library.scanned', 'library.changed', 'library.added'],
      'instance.setUp',
    ]);
    expect(all[0]).toMatchObject({
      actor: { name: 'admin' },
      target: { id: account.id, name: 'eve' },
      changes: { role: { before: 'member', after: 'moderator' }, password: { after: 'a new one' } },
      address: '127.0.0.1',
    });
    expect(all[4]!.changes).toEqual({ name: { before: 'Films', after: 'Cinema' } });
    expect(JSON.stringify(all)).not.toContain('another good secret');
  });

  it('does not have what people do with their own, and has what others do', async () => {
    const member = await kinora.member('owner');
    const init = () =>
      member.post<{ video: { id: string } }>('/api/videos/init', { filename: 'Own.mp4', sizeBytes: 9 }, 201);
    const own = await init();
    const other = await init();
    await member.send('DELETE', `/api/videos/${own.video.id}`);
    await admin.send('DELETE', `/api/videos/${other.video.id}`);
    const removed = await acts('?act=video.removed');
    expect(removed.map(({ target }) => target)).toEqual([{ id: other.video.id, name: 'Own' }]);
  });

  it('has nothing of an act that failed', async () => {
    const before = (await acts('?limit=100')).length;
    await admin.send('DELETE', '/api/libraries/Aaaa1111Bbbb22').catch(() => {});
    await admin.send('PATCH', `/api/users/Aaaa1111Bbbb22`, { role: 'member' }).catch(() => {});
    expect(await acts('?limit=100')).toHaveLength(before);
  });

  it('is found by actor and time, page by page', async () => {
    expect(await acts('?actor=nobody')).toEqual([]);
    expect(await acts(`?actor=admin&untilMs=${Date.now() - 3_600_000}`)).toEqual([]);
    const first = await admin.get<{ items: ActWire[]; nextCursor: string }>('/api/audit?limit=2');
    const second = await acts(`?limit=2&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('cannot be rewritten, and forgets after its days', async () => {
    const { raw } = kinora.app.db;
    expect(() => raw.prepare("UPDATE audit_acts SET actor_name = 'somebody'").run()).toThrow(/append-only/);
    raw
      .prepare("INSERT INTO audit_acts (id, at_ms, actor_name, act, target_name) VALUES ('old1', 1, '', 'x', '')")
      .run();
    await admin.post('/api/tasks/forget-old-acts-of-the-audit-log/run', undefined, 202);
    await expect
      .poll(() => raw.prepare("SELECT count(*) AS n FROM audit_acts WHERE id = 'old1'").get())
      .toEqual({ n: 0 });
    expect((await acts('?act=task.started'))[0]!.target.name).toBe('forget old acts of the audit log');
  });
});

describe('the log', () => {
  const search = async (query: string) => (await admin.get<{ items: LogLineWire[] }>(`/api/logs${query}`)).items;

  it('is searched by level and words, and told as it is written', async () => {
    const heard: LogLineWire[] = [];
    const socket = new WebSocket(kinora.url.replace('http', 'ws').concat('/ws/logs/'), {
      headers: { Authorization: `Bearer ${admin.token}` },
    });
    socket.on('message', (data) => heard.push(JSON.parse(String(data)) as LogLineWire));
    await new Promise((resolve) => socket.once('open', resolve));
    kinora.app.log.warn({ requestId: 'r-4711', url: '/media/Aaaa1111Bbbb22/~hush/1.m4s' }, 'Something is slow.');
    kinora.app.log.debug('Not at this level.');
    await expect.poll(() => heard.map(({ text }) => text)).toContain('Something is slow.');
    socket.close();
    const [line] = await search('?q=r-4711');
    expect(line).toMatchObject({
      level: 'warn',
      fields: { requestId: 'r-4711', url: '/media/Aaaa1111Bbbb22/~(hidden)/1.m4s' },
    });
    expect(await search('?q=r-4711&level=error')).toEqual([]);
    expect(await search('?q=Not+at+this')).toEqual([]);
    await admin.send('PATCH', '/api/settings', { changes: { 'log.level': 'debug' } });
    kinora.app.log.debug('Now at this level.');
    expect(await search('?q=Now+at+this')).toHaveLength(1);
    const page = await admin.get<{ items: LogLineWire[]; nextCursor: string }>('/api/logs?limit=1');
    expect((await search(`?limit=1&cursor=${page.nextCursor}`))[0]!.id).not.toBe(page.items[0]!.id);
  });

  it('is told to admins alone', async () => {
    const member = await kinora.member('curious');
    const socket = new WebSocket(kinora.url.replace('http', 'ws').concat('/ws/logs/'), {
      headers: { Authorization: `Bearer ${member.token}` },
    });
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('open', () => resolve('open'));
      socket.on('error', () => {});
    });
    expect(status).toBe(403);
  });
});

describe('tasks', () => {
  const task = async (name: string) =>
    (await admin.get<{ items: TaskWire[] }>('/api/tasks')).items.find((one) => one.name === name)!;

  it('say what they do, when they ran and when they will', async () => {
    const scan = await task('scan-libraries');
    expect(scan).toMatchObject({ summary: 'scan libraries', everyMs: 3_600_000, isEditable: true, failure: null });
    expect(scan).toMatchObject({ dailyAt: null, isChosen: false });
    expect(scan.startedAtMs).toBeGreaterThan(0);
    expect(scan.nextAtMs).toBeGreaterThan(Date.now());
    const { task: run } = await admin.post<{ task: TaskWire }>('/api/tasks/scan-libraries/run', undefined, 202);
    expect(run.name).toBe('scan-libraries');
    await expect.poll(async () => (await task('scan-libraries')).startedAtMs).toBeGreaterThan(scan.startedAtMs!);
  });

  const choose = (name: string, body: { everyMinutes?: number | null; dailyAt?: string | null }) =>
    admin.raw('PATCH', `/api/tasks/${name}`, {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
  const edit = (name: string, everyMinutes: number | null) => choose(name, { everyMinutes });

  it('run at a time of day, the usual one or their own', async () => {
    const { timeZone } = await admin.get<{ timeZone: string }>('/api/tasks');
    expect(timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
    const count = 'count-what-files-take';
    expect(await task(count)).toMatchObject({ everyMs: null, dailyAt: '03:00', isChosen: false });
    const timeOf = (ms: number) => new Date(ms).toTimeString().slice(0, 5);
    await expect.poll(async () => timeOf((await task(count)).nextAtMs ?? 0)).toBe('03:00');
    await admin.send('PATCH', '/api/settings', { changes: { 'schedule.nightlyAt': '04:15' } });
    expect(timeOf((await task(count)).nextAtMs!)).toBe('04:15');
    expect((await choose('scan-libraries', { dailyAt: '02:45' })).response.status).toBe(200);
    const scan = await task('scan-libraries');
    expect(scan).toMatchObject({ everyMs: null, dailyAt: '02:45', usual: { everyMs: 3_600_000 } });
    expect(timeOf(scan.nextAtMs!)).toBe('02:45');
    expect((await acts('?act=task.rescheduled'))[0]!.changes).toEqual({
      everyMinutes: { before: 60, after: null },
      dailyAt: { before: null, after: '02:45' },
    });
    expect((await choose('scan-libraries', { dailyAt: '25:00' })).response.status).toBe(422);
    expect((await choose('scan-libraries', { dailyAt: '02:45', everyMinutes: 60 })).response.status).toBe(422);
    await choose('scan-libraries', {});
  });

  it('run as often as an admin wants, also after the next start', async () => {
    expect((await edit('scan-libraries', 30)).response.status).toBe(200);
    const scan = await task('scan-libraries');
    expect(scan).toMatchObject({ everyMs: 1_800_000, usual: { everyMs: 3_600_000, dailyAt: null }, isChosen: true });
    expect(scan.nextAtMs! - scan.startedAtMs!).toBeLessThan(1_900_000);
    expect(kinora.app.db.raw.prepare("SELECT every_ms FROM tasks WHERE name = 'scan-libraries'").get()).toEqual({
      every_ms: 1_800_000,
    });
    await edit('scan-libraries', null);
    expect(await task('scan-libraries')).toMatchObject({ everyMs: 3_600_000 });
    expect((await edit('look-at-the-disk', 30)).response.status).toBe(409);
    expect((await edit('scan-libraries', 1)).response.status).toBe(422);
    expect((await edit('nothing', 30)).response.status).toBe(404);
  });
});

it('`kinora config` says what was chosen in the browser, and that the environment goes before it', async () => {
  await admin.send('PATCH', '/api/settings', { changes: { 'encoding.crf': 27, 'instance.name': 'Ours' } });
  const env = { ...process.env, KINORA_INSTANCE_NAME: 'Theirs' };
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'config', '--data', kinora.app.dataDir.path], {
    env,
  });
  expect(stdout).toMatch(/^encoding\.crf: 27 +# browser$/m);
  expect(stdout).toMatch(/^instance\.name: Theirs +# KINORA_INSTANCE_NAME$/m);
  expect(stdout).toMatch(/^encoding\.preset: veryfast +# default$/m);
});
