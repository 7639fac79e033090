import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { hasOpenssl } from '../support/certificates.ts';
import { freePort } from '../support/process.ts';
import { PROXIES, type ShippedProxy } from '../support/shipped-proxies.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

const CASES = Object.entries(PROXIES).flatMap(([name, start]) =>
  (['', '/films'] as const).map((path) => ({ name, start, path, where: path || 'at the top' })),
);

describe.each(CASES)('the file for $name that is shipped, $where', ({ name, start, path }) => {
  describe.runIf(start !== null && (name !== 'nginx' || hasOpenssl))('in front of Kinora', () => {
    let kinora: TestApp;
    let proxy: ShippedProxy;
    let origin: string;
    let cookie: string;
    let token: string;

    beforeAll(async () => {
      const port = await freePort();
      origin = `https://127.0.0.1:${port}`;
      const baseUrl = path ? origin + path : '';
      kinora = await createTestApp({ http: { baseUrl, trustedProxies: ['127.0.0.1'] }, encoding: { heights: [144] } });
      proxy = await start!({ upstream: new URL(kinora.url).host, port, path });
    });
    afterAll(async () => {
      await proxy?.stop();
      await kinora?.close();
    });

    function open(method: string, address: string, headers: Record<string, string | number> = {}) {
      const asked = request(origin + address, { method, headers, rejectUnauthorized: false, agent: false });
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

    function ask(method: string, address: string, headers: Record<string, string> = {}, body = '') {
      const length = body && { 'Content-Length': Buffer.byteLength(body) };
      const { asked, reply } = open(method, address, { ...headers, ...length });
      asked.end(body);
      return reply;
    }

    it('answers with the page, under the path it is at', async () => {
      const { status, text } = await ask('GET', `${path}/`);
      expect(status).toBe(200);
      expect(text).toContain(`<base href="${path}/">`);
      if (!path) return;
      const { status: moved, headers } = await ask('GET', path);
      expect([moved, new URL(String(headers['location']), origin).pathname]).toEqual([301, `${path}/`]);
    });

    it('says by what name and how people came, so that their own pages are let in and cookies are secure', async () => {
      const body = JSON.stringify({ ...person('ada'), token: kinora.setupToken });
      const headers = { 'Content-Type': 'application/json', Origin: origin };
      const foreign = await ask('POST', `${path}/api/setup`, { ...headers, Origin: 'https://evil.example' }, body);
      expect(foreign.status).toBe(403);
      const { status, headers: answered, text } = await ask('POST', `${path}/api/setup`, headers, body);
      expect(status).toBe(201);
      ({ token } = JSON.parse(text) as { token: string });
      expect(String(answered['set-cookie'])).toContain('Secure');
      cookie = String(answered['set-cookie']).split(';')[0]!;
    });

    it('passes WebSockets', async () => {
      const address = `${origin.replace('https', 'wss')}${path}/ws/uploads/`;
      const socket = new WebSocket(address, { headers: { cookie, Origin: origin }, rejectUnauthorized: false });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.close();
    });

    it('passes the bytes of an upload on as they come, however many they are', async () => {
      const half = Buffer.alloc(4 * 1024 * 1024, 7);
      const authorization = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' };
      const created = await ask('POST', `${path}/api/uploads`, {
        ...authorization,
        'Upload-Length': String(2 * half.length),
        'Upload-Metadata': `filename ${Buffer.from('film.mp4').toString('base64')}`,
      });
      expect(created.status).toBe(201);
      const upload = new URL(String(created.headers['location']), origin).pathname;
      expect(upload.startsWith(`${path}/api/uploads/`)).toBe(true);
      const { asked, reply } = open('PATCH', upload, {
        ...authorization,
        'Upload-Offset': '0',
        'Content-Type': 'application/offset+octet-stream',
        'Content-Length': 2 * half.length,
      });
      asked.write(half);
      // Kinora has the first half while nothing of the second has been sent.
      const received = async () => {
        const { text } = await ask('GET', upload, authorization);
        return (JSON.parse(text) as { receivedBytes: number }).receivedBytes;
      };
      await expect.poll(received, { timeout: 20_000 }).toBeGreaterThan(half.length / 2);
      asked.end(half);
      expect(await reply).toMatchObject({ status: 204, headers: { 'upload-offset': String(2 * half.length) } });
    });
  });
});
