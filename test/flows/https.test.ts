import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { TlsFiles } from '../../src/platform/tls.ts';
import { hasOpenssl, makeCertificate } from '../support/certificates.ts';
import { runKinora } from '../support/kinora-command.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** HTTPS by files, against the real process: answered, renewed while it runs, and refused with a sentence. */

let folder: string;
let files: TlsFiles;
let kinora: KinoraProcess;
let port: number;

const envFor = ({ certificate, key }: Partial<TlsFiles>) => ({
  KINORA_LOG_LEVEL: 'info',
  KINORA_ENCODING_HARDWARE: 'off',
  KINORA_SETUP_TOKEN: 'https-test',
  ...(certificate ? { KINORA_HTTP_TLS_CERTIFICATE: certificate } : {}),
  ...(key ? { KINORA_HTTP_TLS_KEY: key } : {}),
});

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'kinora-https-'));
  mkdirSync(join(folder, 'live'));
  files = { certificate: join(folder, 'live/fullchain.pem'), key: join(folder, 'live/privkey.pem') };
  install(makeCertificate(folder, 'first'));
  port = await freePort();
  kinora = await startKinora(join(folder, 'data'), envFor(files), port);
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function install(made: TlsFiles): void {
  copyFileSync(made.certificate, files.certificate);
  copyFileSync(made.key, files.key);
}

function ask(path: string, options: RequestOptions = {}, body = '') {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }>(
    (resolve, reject) => {
      const url = `https://127.0.0.1:${port}${path}`;
      const asked = request(url, { rejectUnauthorized: false, agent: false, ...options }, async (reply) => {
        let text = '';
        for await (const chunk of reply) text += chunk;
        resolve({ status: reply.statusCode!, headers: reply.headers, text });
      });
      asked.once('error', reject).end(body);
    },
  );
}

/** Whom a new connection is shown. */
function shown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const { subject } = socket.getPeerCertificate() as PeerCertificate;
      socket.end();
      resolve(String(subject.CN));
    });
    socket.once('error', reject);
  });
}

describe.runIf(hasOpenssl)('HTTPS', () => {
  it('says so, and answers', async () => {
    expect(kinora.url).toBe(`https://127.0.0.1:${port}`);
    // The single binary answers before it has unpacked everything, and greets after.
    const link = `https://localhost:${port}/setup?token=https-test`;
    await expect.poll(kinora.output, { timeout: 30_000 }).toContain(link);
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' });
    expect((await ask('/')).text).toContain('<base href="/">');
  });

  it('has cookies that never leave it, and WebSockets', async () => {
    const body = JSON.stringify({ ...person('ada'), token: 'https-test' });
    const headers = { 'Content-Type': 'application/json', Origin: `https://127.0.0.1:${port}` };
    const reply = await ask('/api/setup', { method: 'POST', headers }, body);
    expect(reply.status).toBe(201);
    const cookie = String(reply.headers['set-cookie']);
    expect(cookie).toMatch(/; Secure/);
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws/uploads/`, {
      rejectUnauthorized: false,
      headers: { cookie: cookie.split(';')[0], Origin: headers.Origin },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('takes a renewed certificate on SIGHUP, without a connection lost', async () => {
    expect(await shown()).toBe('first');
    install(makeCertificate(folder, 'second'));
    process.kill(kinora.pid, 'SIGHUP');
    await expect.poll(shown).toBe('second');
  });

  it('keeps the one it has when the new one is bad, and says why', async () => {
    writeFileSync(files.key, 'half a k');
    process.kill(kinora.pid, 'SIGHUP');
    await expect.poll(() => kinora.output()).toMatch(/certificate in use stays: .*holds no private key in PEM/);
    expect(await shown()).toBe('second');
    copyFileSync(makeCertificate(folder, 'third').key, files.key);
    process.kill(kinora.pid, 'SIGHUP');
    await expect.poll(() => kinora.output()).toMatch(/certificate in use stays: .*does not belong to/);
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('notices by itself that both files are others', async () => {
    install(makeCertificate(folder, 'fourth', 3));
    await expect.poll(shown, { timeout: 30_000, interval: 200 }).toBe('fourth');
    expect(kinora.output()).toContain('The certificate was read again: DNS:localhost');
    expect(kinora.output()).toMatch(/certificate for DNS:localhost.* expires on \d{4}-/);
  });
});

describe.runIf(hasOpenssl)('beside it', () => {
  const run = (command: string, env: Record<string, string>) =>
    runKinora([command, '--data', join(folder, 'data')], { env });

  it('kinora health asks by HTTPS on the port and says so by its exit code', async () => {
    const env = { ...envFor(files), KINORA_HTTP_PORT: String(port) };
    expect(await run('health', env)).toMatchObject({ code: 0, stdout: 'Kinora answers.\n' });
    expect((await run('health', { ...env, KINORA_HTTP_BASE_URL: 'https://video.example/films' })).code).toBe(0);
    const elsewhere = await run('health', { ...env, KINORA_HTTP_PORT: String(await freePort()) });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining('Kinora does not answer on port')]);
  });

  it('kinora doctor knows it, and how long the certificate lasts', async () => {
    install(makeCertificate(folder, 'short', 3));
    const { stdout } = await run('doctor', { ...envFor(files), KINORA_HTTP_PORT: String(port) });
    expect(stdout).toMatch(/is used by a running Kinora/);
    expect(stdout).toMatch(/! certificate for DNS:localhost.* is valid until \d{4}-\d\d-\d\d: 2 days/);
  });
});

describe.runIf(hasOpenssl)('a start', () => {
  it.each<[string, () => Partial<TlsFiles>, RegExp]>([
    [
      'without a key',
      () => ({ certificate: files.certificate }),
      /http\.tls\.certificate is set without http\.tls\.key/,
    ],
    [
      'without its certificate',
      () => ({ ...files, certificate: join(folder, 'none.pem') }),
      /none\.pem cannot be read/,
    ],
    [
      'with another key',
      () => ({ ...files, key: makeCertificate(folder, 'fifth').key }),
      /does not belong to the certif/,
    ],
  ])('%s ends with a sentence', async (_what, given, sentence) => {
    const argv = ['serve', '--data', join(folder, 'unused'), '--port', '0', '--host', '127.0.0.1'];
    const { code, stderr } = await runKinora(argv, { env: envFor(given()) });
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toContain('    at ');
  });
});
