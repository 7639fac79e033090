import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/time.ts';
import type { MailTestWire } from '../../src/features/mail/api.ts';
import type { NoticeList, NoticePreferencesWire } from '../../src/features/notices/api.ts';
import type { PushTestWire, PushWire, SubscriptionWire } from '../../src/features/push/api.ts';
import { jobs } from '../../src/platform/queue.schema.ts';
import { makeCertificate } from '../support/certificates.ts';
import type { TestClient } from '../support/client.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { headerOf, partOf, type SmtpProcess, startSmtp } from '../support/smtp.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Admins are told: what is wrong is raised once, by mail and on their devices, and is well again later. */

/** Other work on the machine may take seconds: how long something takes is not what is looked at. */
const SOON = { timeout: 30_000 };

let folder: string;
let smtp: SmtpProcess;
let push: PushService;
let kinora: TestApp;
let admin: TestClient;
const usual = getCACertificates();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-notices-'));
  const files = makeCertificate(folder, 'push');
  setDefaultCACertificates([...usual, readFileSync(files.certificate, 'utf8')]);
  [smtp, push] = await Promise.all([startSmtp(), startPushService(files)]);
  kinora = await createTestApp({
    http: { baseUrl: 'https://video.example' },
    mail: { from: 'kinora@example.org', smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' } },
  });
  admin = await kinora.admin();
  await kinora.member();
});
afterAll(async () => {
  await kinora?.close();
  await Promise.all([smtp?.end(), push?.close()]);
  setDefaultCACertificates(usual);
  rmSync(folder, { recursive: true, force: true });
});

const run = async (task: string) => {
  await admin.post(`/api/tasks/${task}/run`, undefined, 202);
  const isOver = async () =>
    (await admin.get<{ items: { name: string; isRunning: boolean }[] }>('/api/tasks')).items.find(
      ({ name }) => name === task,
    )?.isRunning === false;
  await expect.poll(isOver, SOON).toBe(true);
};
const look = () => run('see-whether-admins-are-needed');
const notices = () => admin.get<NoticeList>('/api/notices');
const subjects = () => smtp.mails.map((mail) => headerOf(mail, 'Subject'));
/** All that was to be sent is sent. */
const sent = () => kinora.app.queue.drain();

/** By what is to stay free: more than any disk has; null is as usual. */
const fill = async (keepFreeGb: number | null) => {
  await admin.send('PATCH', '/api/settings', { changes: { 'cache.keepFreeGb': keepFreeGb } });
  await run('look-at-the-disk');
};

describe('a disk that fills up', () => {
  it('raises one notice, and one mail, however long it lasts', async () => {
    await look();
    expect(await notices()).toEqual({ open: [], past: [] });
    await fill(1_000_000);
    await look();
    const { open } = await notices();
    expect(open).toMatchObject([
      { kind: 'disk', state: 'warning', title: 'The disk is nearly full', path: '/admin', clearedAtMs: null },
    ]);
    expect(open[0]!.text).toMatch(/^\d+\.\d GB of \d+\.\d GB are left\. Encoding ahead is paused/);
    kinora.travel(2 * 60 * MINUTE_MS);
    await look();
    await look();
    await sent();
    expect(subjects()).toEqual(['Kinora: The disk is nearly full']);
    const mail = smtp.mails[0]!;
    expect(mail.to).toEqual(['admin@example.org']);
    expect(partOf(mail, 'text/plain')).toContain('Look at it: https://video.example/admin');
    expect(headerOf(mail, 'List-Unsubscribe')).toBe('<https://video.example/admin/notices>');
  });

  it('says so again after a day', async () => {
    kinora.travel(DAY_MS);
    await look();
    await sent();
    expect(subjects()).toEqual(['Kinora: The disk is nearly full', 'Kinora: Still: the disk is nearly full']);
  });

  it('is well again when there is room for a while', async () => {
    await fill(null);
    await look();
    expect((await notices()).open).toHaveLength(1);
    kinora.travel(11 * MINUTE_MS);
    await look();
    await sent();
    expect(await notices()).toMatchObject({ open: [], past: [{ kind: 'disk', clearedAtMs: expect.any(Number) }] });
    expect(subjects().at(-1)).toBe('Kinora: Well again: the disk is nearly full');
    expect(smtp.mails).toHaveLength(3);
  });
});

describe('a library', () => {
  it('that cannot be reached is told of after a while, and when it is back', async () => {
    const films = join(folder, 'films');
    mkdirSync(films);
    writeFileSync(join(films, 'note.txt'), 'a');
    await admin.post('/api/libraries', { name: 'Films', kind: 'home', folders: [films] }, 201);
    await sent();
    renameSync(films, join(folder, 'away'));
    await run('scan-libraries');
    await sent();
    await look();
    expect((await notices()).open).toEqual([]);
    kinora.travel(4 * MINUTE_MS);
    await look();
    expect((await notices()).open).toMatchObject([{ kind: 'library', title: '"Films" is offline' }]);
    expect((await notices()).open[0]!.text).toContain(films);
    renameSync(join(folder, 'away'), films);
    await run('scan-libraries');
    await sent();
    await look();
    kinora.travel(11 * MINUTE_MS);
    await look();
    await sent();
    expect(subjects().slice(-2)).toEqual(['Kinora: "Films" is offline', 'Kinora: Well again: "Films" is offline']);
  });
});

describe('backups, jobs, and the database', () => {
  it('are told of', async () => {
    await admin.send('PATCH', '/api/settings', { changes: { 'backup.schedule': '@daily' } });
    await look();
    expect((await notices()).open).toEqual([]);
    // Nothing ran at its time, twice: this server's timers do not follow the clock of the test.
    kinora.travel(3 * DAY_MS);
    await look();
    expect((await notices()).open).toMatchObject([{ kind: 'backup', title: 'There is no fresh backup' }]);
    // A folder that is a file: a disk that is not there.
    const backups = join(kinora.app.dataDir.path, 'backups');
    writeFileSync(backups, '');
    await look();
    expect((await notices()).open).toMatchObject([{ kind: 'backup', title: 'The folder of backups cannot be read' }]);
    rmSync(backups);
    await admin.send('PATCH', '/api/settings', { changes: { 'backup.schedule': null } });

    const failed = { state: 'failed', payload: '{}', priority: 0, attempts: 3, maxAttempts: 3 } as const;
    const atMs = kinora.app.clock.nowMs();
    kinora.app.db.write((tx) =>
      tx
        .insert(jobs)
        .values(
          [1, 2, 3].map((n) => ({
            ...failed,
            id: `Failed0000000${n}`,
            name: 'videos.sound',
            lane: 'image' as const,
            error: 'No such filter',
            runAfterMs: atMs,
            createdAtMs: atMs + n,
            finishedAtMs: atMs + n,
          })),
        )
        .run(),
    );
    await look();
    const { open } = await notices();
    const found = open.find(({ kind }) => kind === 'jobs');
    expect(found).toMatchObject({ title: 'Jobs fail: videos.sound', path: '/admin/jobs?state=failed' });
    expect(found!.text).toMatch(/^3 have failed within a day\. The last said: No such filter\./);
  });

  it('finds the database whole by a program of its own', async () => {
    await run('check-the-database');
    const { items } = await admin.get<{ items: { name: string; failure: string | null }[] }>('/api/tasks');
    expect(items.find(({ name }) => name === 'check-the-database')).toMatchObject({ failure: null });
  });
});

describe('an admin', () => {
  const preferences = () => admin.get<NoticePreferencesWire>('/api/notices/preferences');

  it('is told by mail unless they choose otherwise', async () => {
    expect(await preferences()).toEqual({ mail: true, canMail: true, address: 'admin@example.org' });
    await admin.send('PUT', '/api/notices/preferences', { mail: false });
    expect(await preferences()).toMatchObject({ mail: false });
    const before = smtp.mails.length;
    await fill(1_000_000);
    await look();
    await sent();
    expect((await notices()).open.map(({ kind }) => kind)).toContain('disk');
    expect(smtp.mails).toHaveLength(before);
  });
});

describe('push', () => {
  let device: ReturnType<PushService['subscribe']>;
  let second: ReturnType<PushService['subscribe']>;
  const mine = async () => (await admin.get<PushWire>('/api/push')).subscriptions;
  const test = (endpoint: string) => admin.post<PushTestWire>('/api/push/test', { endpoint });
  const subscribe = (body: object) =>
    admin.post<{ subscription: SubscriptionWire }>('/api/push/subscriptions', body, 201);

  it('tells the browsers that want it, encrypted for each and signed', async () => {
    const { publicKey } = await admin.get<PushWire>('/api/push');
    expect((await admin.get<PushWire>('/api/push')).publicKey).toBe(publicKey);
    device = push.subscribe(publicKey);
    second = push.subscribe(publicKey);
    await subscribe(device);
    await subscribe(device);
    await subscribe(second);
    expect((await mine()).map(({ endpoint }) => endpoint)).toEqual([device.endpoint, second.endpoint]);
    kinora.travel(DAY_MS);
    await look();
    await sent();
    expect(push.refused).toEqual([]);
    const told = push.told.filter(({ message }) => message.tag === 'disk ');
    expect(told.map(({ endpoint }) => endpoint).sort()).toEqual([device.endpoint, second.endpoint].sort());
    expect(told[0]).toMatchObject({ contact: 'https://video.example', headers: { ttl: '86400' } });
    expect(told[0]!.message).toMatchObject({ title: 'Kinora: Still: the disk is nearly full', path: '/admin' });
    expect(told[0]!.message.body).toContain('Encoding ahead is paused');
  });

  it('is tested with what the service says', async () => {
    push.told.length = 0;
    expect(await test(device.endpoint)).toEqual({ accepted: true, answer: '201' });
    expect(push.told).toMatchObject([{ endpoint: device.endpoint, message: { tag: 'test', path: '/admin/notices' } }]);
    push.answerWith(403);
    expect(await test(device.endpoint)).toEqual({ accepted: false, answer: '403 not now' });
    push.answerWith(null);
    await expect(test('https://push.example/another')).rejects.toThrow(/404.*device-not-found/);
  });

  it('forgets browsers that are gone, and is patient with a service that is not', async () => {
    push.forget(second.endpoint);
    expect(await test(second.endpoint)).toEqual({ accepted: false, answer: '410 unsubscribed' });
    expect((await mine()).map(({ endpoint }) => endpoint)).toEqual([device.endpoint]);
    push.answerWith(503);
    push.told.length = 0;
    kinora.travel(DAY_MS);
    await look();
    const waiting = () =>
      kinora.app.db.orm
        .select()
        .from(jobs)
        .all()
        .filter(({ name, state }) => name === 'push.send' && state === 'queued');
    await expect.poll(() => waiting().every(({ error }) => error?.includes('503 not now')), SOON).toBe(true);
    push.answerWith(null);
    kinora.travel(2 * MINUTE_MS);
    await sent();
    expect(push.told.map(({ endpoint }) => endpoint)).toContain(device.endpoint);
  });

  it('takes nothing that no browser made, and nobody else’s', async () => {
    for (const endpoint of ['http://push.example/x', 'https://me:you@push.example/', 'file:///etc/passwd', '']) {
      await expect(subscribe({ ...device, endpoint })).rejects.toThrow(/422/);
    }
    await expect(subscribe({ ...device, keys: { ...device.keys, auth: 'short' } })).rejects.toThrow(/422/);
    const [{ id } = { id: '' }] = await mine();
    const member = kinora.client((await kinora.member('other')).token);
    for (const [method, path] of [
      ['GET', '/api/push'],
      ['GET', '/api/notices'],
      ['GET', '/api/notices/preferences'],
      ['DELETE', `/api/push/subscriptions/${id}`],
    ] as const) {
      expect((await member.raw(method, path)).response.status, path).toBe(403);
    }
    await admin.send('DELETE', `/api/push/subscriptions/${id}`, undefined, 204);
    expect(await mine()).toEqual([]);
  });
});

describe('mail that does not go out', () => {
  it('is told of elsewhere, and is well again after a test', async () => {
    await admin.send('PUT', '/api/notices/preferences', { mail: true });
    await smtp.end();
    const refusing = await startSmtp({ port: smtp.port, refuse: ['admin@example.org'] });
    kinora.travel(DAY_MS);
    await look();
    await sent();
    await look();
    expect((await notices()).open.find(({ kind }) => kind === 'mail')!.text).toContain('550 5.1.1 No such user here');
    await refusing.end();
    smtp = await startSmtp({ port: smtp.port });
    expect(await admin.post<MailTestWire>('/api/mail/test')).toMatchObject({ accepted: true });
    await look();
    kinora.travel(11 * MINUTE_MS);
    await look();
    expect((await notices()).open.some(({ kind }) => kind === 'mail')).toBe(false);
    await sent();
    expect(subjects()).toContain('Kinora: A test');
  });
});
