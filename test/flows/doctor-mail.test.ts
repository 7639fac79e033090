import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificates.ts';
import { createClient } from '../support/client.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, ownArgv, startKinora } from '../support/process.ts';
import { startPushService } from '../support/push-service.ts';
import { type SmtpOptions, type SmtpProcess, startSmtp } from '../support/smtp.ts';
import { person } from '../support/test-app.ts';

/** What `kinora doctor` says of mail and push, from a program of its own, with real servers on the loopback. */

interface Report {
  healthy: boolean;
  sections: { title: string; findings: { state: string; text: string; todo?: string }[] }[];
}

let folder: string;
let files: ReturnType<typeof makeCertificate>;
let smtp: SmtpProcess | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-doctor-mail-'));
  files = makeCertificate(folder, 'mail');
});
afterEach(async () => {
  await smtp?.end();
  smtp = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = () => join(folder, 'data');

function doctor(env: Record<string, string>, only: 'Mail' | 'Push' = 'Mail'): Promise<Report> {
  const [command, ...first] = ownArgv();
  return new Promise((resolve) => {
    const argv = [...first, 'doctor', '--json', '--only', only, '--data', data()];
    const options = { env: { ...process.env, KINORA_HTTP_PORT: '0', KINORA_MEDIA_FFMPEG: '/nonexistent', ...env } };
    execFile(command!, argv, options, (_error, stdout) => resolve(JSON.parse(stdout) as Report));
  });
}

async function mailFindings(server: SmtpOptions, env: Record<string, string> = {}) {
  await smtp?.end();
  smtp = await startSmtp({ files, ...server });
  const { sections } = await doctor({
    NODE_EXTRA_CA_CERTS: files.certificate,
    KINORA_MAIL_SMTP_HOST: 'localhost',
    KINORA_MAIL_SMTP_PORT: String(smtp.port),
    KINORA_MAIL_SMTP_SECURITY: server.security ?? 'none',
    KINORA_MAIL_FROM: 'kinora@example.org',
    ...env,
  });
  return sections.find(({ title }) => title === 'Mail')!.findings;
}
const asKinora = { KINORA_MAIL_SMTP_USER: 'kinora', KINORA_MAIL_SMTP_PASSWORD: 'right' };

describe('mail, seen by the doctor,', () => {
  it.each([
    ['starttls', 'encrypted (STARTTLS)'],
    ['tls', 'encrypted (TLS)'],
  ] as const)('works by %s', async (security, how) => {
    const findings = await mailFindings({ security, users: { kinora: 'right' } }, asKinora);
    const text = `localhost:${smtp!.port} takes mail from kinora@example.org: ${how}, signed in as kinora`;
    expect(findings).toEqual([{ state: 'ok', text }]);
    expect(smtp!.mails).toEqual([]);
  });

  it('has a password that is refused', async () => {
    const [finding] = await mailFindings({ security: 'tls', users: { kinora: 'another' } }, asKinora);
    expect(finding).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/does not let us sign in: 535/),
      todo: expect.stringContaining('app password'),
    });
    expect(JSON.stringify(finding)).not.toContain('right');
  });

  it('has a certificate that nobody knows', async () => {
    const [finding] = await mailFindings({ security: 'starttls' }, { NODE_EXTRA_CA_CERTS: '' });
    expect(finding).toMatchObject({ state: 'warning', text: expect.stringContaining('There is no encryption with') });
    expect(finding!.todo).toContain('docs/mail.md');
  });

  it('has a server that does not answer, or none at all', async () => {
    const [hanging] = await mailFindings({ hangAt: 'greeting' });
    expect(hanging).toMatchObject({ state: 'warning', text: expect.stringMatching(/does not answer in time\.$/) });
    await smtp!.end();
    const port = String(await freePort());
    const [nobody] = await mailFindings({}, { KINORA_MAIL_SMTP_PORT: port });
    expect(nobody!.text).toBe(`localhost:${port} cannot be reached: nothing takes mail there`);
    await smtp!.end();
    const [unknown] = await mailFindings({}, { KINORA_MAIL_SMTP_HOST: 'nowhere.invalid' });
    expect(unknown!.text).toContain('nowhere.invalid is not known as a name here');
  });

  it('is not set up, or only half', async () => {
    const [none] = await mailFindings({}, { KINORA_MAIL_SMTP_HOST: '' });
    expect(none).toMatchObject({ state: 'note', text: 'none is sent: mail.smtp.host is not set' });
    const [half] = await mailFindings({}, { KINORA_MAIL_FROM: '' });
    expect(half).toMatchObject({ state: 'warning', text: 'mails have no sender: mail.from is not set' });
  });

  it('has the sender that an admin chose in the browser, and push has its devices', async () => {
    const kinora = await startKinora(data(), { KINORA_SETUP_TOKEN: 'a token for this test' });
    const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
    const body = { ...person('admin'), token: 'a token for this test' };
    const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', body, 201);
    const admin = createClient(kinora.url, openapi, token);
    const service = await startPushService(files);
    const { publicKey } = await admin.get<{ publicKey: string }>('/api/push');
    await admin.post('/api/push/subscriptions', service.subscribe(publicKey), 201);
    await admin.send('PATCH', '/api/settings', { changes: { 'mail.from': 'Films <films@example.org>' } });
    await kinora.end('SIGTERM');
    const findings = await mailFindings({}, { KINORA_MAIL_FROM: '' });
    expect(findings).toMatchObject([
      { state: 'ok', text: expect.stringContaining('takes mail from films@example.org') },
    ]);
    const { sections } = await doctor({});
    expect(sections[0]!.findings.at(-1)).toEqual({ state: 'ok', text: 'one setting was chosen in the browser' });
    const push = async (env: Record<string, string>) =>
      (await doctor(env, 'Push')).sections.find(({ title }) => title === 'Push')!.findings;
    expect(await push({ KINORA_HTTP_BASE_URL: 'http://video.example' })).toMatchObject([
      { state: 'ok', text: 'one device is told' },
      { state: 'warning', text: 'http://video.example is without HTTPS: browsers let such sites tell nothing' },
      { state: 'ok', text: expect.stringMatching(/^the push service localhost:\d+ can be reached$/) },
    ]);
    await service.close();
    const noService = await push({ KINORA_HTTP_BASE_URL: 'https://video.invalid' });
    expect(noService[1]).toMatchObject({ state: 'note', text: expect.stringContaining('cannot be reached') });
    const database = new Database(join(data(), 'kinora.db'));
    database.exec(`UPDATE push_keys SET public_key = 'B' || public_key`);
    database.close();
    expect(await push({})).toMatchObject([{ state: 'warning', text: expect.stringContaining('do not belong') }]);
  });
});
