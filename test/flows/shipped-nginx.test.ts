import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { nginxVersion } from '../../scripts/bench/support/nginx.ts';
import { hasOpenssl, makeCertificate } from '../support/certificates.ts';
import { freePort } from '../support/process.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** config/compose/nginx.conf as it is shipped, in a real nginx: only names of hosts, ports and files are others. */

const SHIPPED = join(import.meta.dirname, '../../config/compose/nginx.conf');

let folder: string;
let kinora: TestApp;
let port: number;
let stop = async () => {};
let cookie: string;
let token: string;

async function startShipped(): Promise<void> {
  const { certificate, key } = makeCertificate(folder, 'proxy');
  const shipped = readFileSync(SHIPPED, 'utf8')
    .replace('kinora:8383', new URL(kinora.url).host)
    .replace('listen 80;', `listen 127.0.0.1:${await freePort()};`)
    .replace('listen 443 ', `listen 127.0.0.1:${port} `)
    .replace('/etc/nginx/tls/fullchain.pem', certificate)
    .replace('/etc/nginx/tls/privkey.pem', key);
  mkdirSync(join(folder, 'temporary'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/temporary/${kind};`)
    .join(' ');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off; ${user} pid ${folder}/pid; events {} http { access_log off; ${temporary}\n${shipped}\n}`,
  );
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };
  const child = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', path], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  while (!(await ask('GET', '/healthz').catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function open(method: string, path: string, headers: Record<string, string | number> = {}) {
  const asked = request(`https://127.0.0.1:${port}${path}`, {
    method,
    headers,
    rejectUnauthorized: false,
    agent: false,
  });
  const reply = new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      asked.once('error', reject).once('response', async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode!, headers: response.headers, text });
      });
    },
  );
  return { asked, reply };
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body = '') {
  const { asked, reply } = open(method, path, {
    ...headers,
    ...(body && { 'Content-Length': Buffer.byteLength(body) }),
  });
  asked.end(body);
  return reply;
}

describe.runIf(nginxVersion() !== null && hasOpenssl)('the configuration for nginx that is shipped', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-shipped-'));
    port = await freePort();
    kinora = await createTestApp({ http: { trustedProxies: ['127.0.0.1'] }, encoding: { heights: [144] } });
    await startShipped();
  });
  afterAll(async () => {
    await stop();
    await kinora?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('says by what name and how people came, so that their own pages are let in and cookies are secure', async () => {
    const body = JSON.stringify({ ...person('ada'), token: kinora.setupToken });
    const headers = { 'Content-Type': 'application/json', Origin: `https://127.0.0.1:${port}` };
    const foreign = await ask('POST', '/api/setup', { ...headers, Origin: 'https://evil.example' }, body);
    expect(foreign.status).toBe(403);
    const { status, headers: answered, text } = await ask('POST', '/api/setup', headers, body);
    expect(status).toBe(201);
    ({ token } = JSON.parse(text) as { token: string });
    expect(String(answered['set-cookie'])).toContain('Secure');
    cookie = String(answered['set-cookie']).split(';')[0]!;
  });

  it('passes WebSockets', async () => {
    const headers = { cookie, Origin: `https://127.0.0.1:${port}` };
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws/uploads/`, { headers, rejectUnauthorized: false });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('passes the bytes of an upload on as they come, however many they are', async () => {
    const half = Buffer.alloc(4 * 1024 * 1024, 7);
    const authorization = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' };
    const created = await ask('POST', '/api/uploads', {
      ...authorization,
      'Upload-Length': String(2 * half.length),
      'Upload-Metadata': `filename ${Buffer.from('film.mp4').toString('base64')}`,
    });
    expect(created.status).toBe(201);
    const path = String(created.headers['location']);
    const { asked, reply } = open('PATCH', path, {
      ...authorization,
      'Upload-Offset': '0',
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': 2 * half.length,
    });
    asked.write(half);
    // Kinora has the first half while nothing of the second has been sent.
    const received = async () => {
      const { text } = await ask('GET', path, authorization);
      return (JSON.parse(text) as { receivedBytes: number }).receivedBytes;
    };
    await expect.poll(received, { timeout: 20_000 }).toBeGreaterThan(half.length / 2);
    asked.end(half);
    expect(await reply).toMatchObject({ status: 204, headers: { 'upload-offset': String(2 * half.length) } });
  });
});
