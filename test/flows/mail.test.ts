import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { users } from '../../src/features/accounts/schema.ts';
import type { MailTestWire } from '../../src/features/mail/api.ts';
import { enqueueMail } from '../../src/features/mail/service.ts';
import { jobs } from '../../src/platform/queue.schema.ts';
import { makeCertificate } from '../support/certificates.ts';
import { headerOf, partOf, type SmtpOptions, type SmtpProcess, startSmtp } from '../support/smtp.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Mail as it leaves: a real server of SMTP on the loopback takes it, puts it off, refuses it, or does not answer. */

/** Other work on the machine may take seconds: how long something takes is not what is looked at. */
const SOON = { timeout: 30_000 };

const SECRET = 'not for everybody';
const USERS = { 'kinora@example.org': SECRET };
const LETTER = {
  subject: 'Größe <b> & "quotes"',
  paragraphs: ['The disk is nearly full: 1 < 2 & "more".', 'Zweiter Absatz, mit Umlauten: äöü – and a dash.'],
  link: { label: 'Look at it', path: '/admin' },
  reason: 'You get this as an admin.',
  settingsPath: '/admin/notices',
};

let folder: string;
let files: ReturnType<typeof makeCertificate>;
let kinora: TestApp | null = null;
let smtp: SmtpProcess | null = null;
const usual = getCACertificates();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-mail-'));
  files = makeCertificate(folder, 'mail');
  setDefaultCACertificates([...usual, readFileSync(files.certificate, 'utf8')]);
});
afterEach(async () => {
  await kinora?.close();
  await smtp?.end();
  kinora = smtp = null;
});
afterAll(() => {
  setDefaultCACertificates(usual);
  rmSync(folder, { recursive: true, force: true });
});

type Smtp = Partial<TestApp['app']['config']['mail']['smtp']>;

async function start(server: SmtpOptions, settings: Smtp = {}, from = 'kinora@example.org') {
  smtp = await startSmtp({ files, ...server });
  const { security = 'none', users: accounts } = server;
  const [user, password] = Object.entries(accounts ?? {})[0] ?? ['', undefined];
  const own = { host: 'localhost', port: smtp.port, security, user, password, ...settings };
  kinora = await createTestApp({
    instance: { name: 'Our films' },
    http: { baseUrl: 'https://video.example/films' },
    mail: { from, smtp: own },
  });
  return { kinora, smtp, admin: await kinora.admin() };
}

function enqueue(app: TestApp['app']): string {
  const userId = app.db.orm.select({ id: users.id }).from(users).get()!.id;
  app.db.write((tx) => enqueueMail(app, tx, userId, LETTER));
  return app.db.orm.select().from(jobs).where(eq(jobs.name, 'mail.send')).all().at(-1)!.id;
}
const jobOf = ({ app }: TestApp, id: string) => app.db.orm.select().from(jobs).where(eq(jobs.id, id)).get()!;

describe('a mail', () => {
  it.each(['starttls', 'tls'] as const)('goes out encrypted and signed in, by %s', async (security) => {
    const { kinora, smtp } = await start({ security, users: USERS });
    const before = Math.floor(Date.now() / 1000) * 1000;
    const id = enqueue(kinora.app);
    await expect.poll(() => smtp.mails.length, SOON).toBe(1);
    const mail = smtp.mails[0]!;
    expect(mail).toMatchObject({ isSecure: true, user: 'kinora@example.org', from: 'kinora@example.org' });
    expect(mail.to).toEqual(['admin@example.org']);
    expect(headerOf(mail, 'From')).toBe('Our films <kinora@example.org>');
    expect(headerOf(mail, 'To')).toBe('admin@example.org');
    expect(headerOf(mail, 'Message-ID')).toBe(`<${id}.kinora@example.org>`);
    expect(Date.parse(headerOf(mail, 'Date')!)).toBeGreaterThanOrEqual(before);
    expect(headerOf(mail, 'List-Unsubscribe')).toBe('<https://video.example/films/admin/notices>');
    expect(headerOf(mail, 'Auto-Submitted')).toBe('auto-generated');
    const text = partOf(mail, 'text/plain');
    expect(text).toContain(LETTER.paragraphs[0]);
    expect(text).toContain(LETTER.paragraphs[1]);
    expect(text).toContain('Look at it: https://video.example/films/admin\r\n');
    const html = partOf(mail, 'text/html');
    expect(html).toContain('1 &lt; 2 &amp; &quot;more&quot;');
    expect(html).toContain('<a href="https://video.example/films/admin">Look at it</a>');
    expect(html).not.toMatch(/<img|<link|<script|url\(|src=/i);
  });

  it('keeps neither address nor password with its job, and the server’s answer', async () => {
    const { kinora, smtp } = await start({ security: 'starttls', users: USERS });
    const id = enqueue(kinora.app);
    await expect.poll(() => jobOf(kinora, id).state, SOON).toBe('done');
    const row = JSON.stringify(jobOf(kinora, id));
    expect(row).not.toContain('admin@example.org');
    expect(row).not.toContain(SECRET);
    expect(jobOf(kinora, id).log).toMatch(/^250 2\.0\.0 Ok: queued as \w+/);
    expect(smtp.mails).toHaveLength(1);
  });

  it('is not sent to accounts that may not be used any more', async () => {
    const { kinora, smtp } = await start({});
    const member = await kinora.member();
    const { user } = await member.get<{ user: { id: string } }>('/api/me');
    const admin = await kinora.admin();
    await admin.send('PATCH', `/api/users/${user.id}`, { disabled: true });
    kinora.app.db.write((tx) => enqueueMail(kinora.app, tx, user.id, LETTER));
    await expect.poll(() => kinora.app.queue.counts().find(({ lane }) => lane === 'mail')!.queued, SOON).toBe(0);
    await kinora.app.queue.drain();
    expect(smtp.mails).toEqual([]);
  });
});

describe('a server that', () => {
  it('puts off (450, greylisting) is asked again later, and the mail is the same', async () => {
    const { kinora, smtp } = await start({ greylist: 2 });
    const id = enqueue(kinora.app);
    await expect.poll(() => jobOf(kinora, id), SOON).toMatchObject({ state: 'queued', attempts: 1 });
    expect(jobOf(kinora, id).error).toMatch(/localhost:\d+ refuses the address: 450 4\.2\.0 Greylisted/);
    kinora.travel(90_000);
    await expect.poll(() => jobOf(kinora, id), SOON).toMatchObject({ state: 'queued', attempts: 2 });
    kinora.travel(180_000);
    await expect.poll(() => jobOf(kinora, id).state, SOON).toBe('done');
    expect(smtp.mails).toHaveLength(1);
    const written = Date.parse(headerOf(smtp.mails[0]!, 'Date')!);
    expect(kinora.app.clock.nowMs() - written).toBeGreaterThan(200_000);
  });

  it('refuses for good (550) is not asked again', async () => {
    const { kinora } = await start({ refuse: ['admin@example.org'] });
    const id = enqueue(kinora.app);
    await expect.poll(() => jobOf(kinora, id), SOON).toMatchObject({ state: 'failed', attempts: 1 });
    expect(jobOf(kinora, id).error).toContain('550 5.1.1 No such user here');
  });

  it('is not there is asked again', async () => {
    const { kinora, smtp } = await start({});
    await smtp.end();
    const id = enqueue(kinora.app);
    await expect.poll(() => jobOf(kinora, id), SOON).toMatchObject({ state: 'queued', attempts: 1 });
    expect(jobOf(kinora, id).error).toMatch(/cannot be reached: nothing takes mail there$/);
  });

  it('hangs in the middle is left alone when Kinora stops, and the mail waits for the next start', async () => {
    const { kinora, smtp } = await start({ hangAt: 'data' });
    const id = enqueue(kinora.app);
    await expect.poll(() => smtp.hung(), SOON).toBe(1);
    await kinora.app.queue.stop();
    expect(jobOf(kinora, id)).toMatchObject({ state: 'queued', attempts: 0, log: null });
  });

  it('offers no encryption gets neither mail nor password', async () => {
    const { kinora, smtp } = await start({ security: 'none', users: USERS }, { security: 'starttls' });
    const id = enqueue(kinora.app);
    await expect
      .poll(() => jobOf(kinora, id).error, SOON)
      .toMatch(/no encryption with localhost:\d+ that can be relied upon/);
    expect(smtp.mails).toEqual([]);
  });
});

describe('a test', () => {
  const test = (client: Awaited<ReturnType<typeof start>>['admin']) => client.post<MailTestWire>('/api/mail/test');

  it('shows what the server says, good or bad', async () => {
    const { kinora, admin, smtp } = await start({ security: 'tls', users: USERS });
    expect(await test(admin)).toMatchObject({
      accepted: true,
      to: 'admin@example.org',
      answer: expect.stringMatching(/^250 2\.0\.0 Ok: queued as/),
    });
    expect(headerOf(smtp.mails[0]!, 'Subject')).toBe('Our films: A test');
    expect(headerOf(smtp.mails[0]!, 'List-Unsubscribe')).toBeNull();
    kinora.app.config.mail.smtp.password = 'wrong';
    const refused = await test(admin);
    expect(refused).toMatchObject({ accepted: false, answer: expect.stringContaining('535 5.7.8') });
    expect(JSON.stringify(refused)).not.toContain('wrong');
    setDefaultCACertificates(usual);
    expect(await test(admin)).toMatchObject({ accepted: false, answer: expect.stringMatching(/no encryption.*self/) });
    setDefaultCACertificates([...usual, readFileSync(files.certificate, 'utf8')]);
    kinora.app.config.mail.smtp.host = 'nowhere.invalid';
    expect(await test(admin)).toMatchObject({ accepted: false, answer: expect.stringContaining('nowhere.invalid') });
  });

  it('does not wait long for a server that does not greet', async () => {
    const { admin } = await start({ hangAt: 'greeting' });
    expect(await test(admin)).toMatchObject({
      accepted: false,
      answer: expect.stringMatching(/does not answer in time/),
    });
  });

  it('is for admins, and needs mail to be set up', async () => {
    const { kinora, admin } = await start({}, { host: '' });
    await expect(test(await kinora.member())).rejects.toThrow(/403/);
    await expect(test(admin)).rejects.toThrow(/409.*mail-not-set-up/);
  });
});
