import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KinoraProcess, startKinora } from '../support/process.ts';

/** What no browser sends, against the real process: everything is answered with a problem, and nothing hangs. */

let folder: string;
let kinora: KinoraProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-connections-'));
  kinora = await startKinora(join(folder, 'data'), { KINORA_ENCODING_HARDWARE: 'off' });
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Sends these bytes, then others once it is answered, and reads until the server closes the connection; "hangs" where it does not. */
function exchange(text: string, then = ''): Promise<string> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(Number(new URL(kinora.url).port), '127.0.0.1', () => socket.write(text));
    const timer = setTimeout(() => {
      reply = `hangs: ${reply}`;
      socket.destroy();
    }, 10_000);
    socket.once('data', () => socket.write(then));
    socket.on('data', (chunk) => (reply += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(reply);
    });
  });
}

const LAST = 'Host: films.example\r\nConnection: close\r\n';

function problemIn(reply: string): { status: number; detail: string } {
  const [head = '', body = ''] = reply.split('\r\n\r\n');
  expect(reply.slice(0, 300)).toMatch(/^HTTP\/1\.1 4\d\d .+content-type: application\/problem\+json/is);
  // What is sent in chunks has their lengths around it.
  const problem = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1));
  expect(problem.status).toBe(Number(head.split(' ')[1]));
  expect(problem.detail).toMatch(/^\S.+\.$/s);
  return problem;
}

describe('what is no request', () => {
  it.each([
    ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['a method nobody knows', `FETCH / HTTP/1.1\r\n${LAST}\r\n`, 400],
    ['a Host of two words', 'GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['a Host with a path', 'GET /healthz HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n', 400],
    ['a backslash in the address', `GET /\\evil.example HTTP/1.1\r\n${LAST}\r\n`, 400],
    ['an address of another kind', `OPTIONS * HTTP/1.1\r\n${LAST}\r\n`, 400],
    ['a whole address that is none', `GET http://[/healthz HTTP/1.1\r\n${LAST}\r\n`, 400],
    ['NUL in a header', `GET / HTTP/1.1\r\n${LAST}X-A: a\0b\r\n\r\n`, 400],
    [
      'two lengths',
      `POST /api/auth/login HTTP/1.1\r\n${LAST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
    ],
    ['a length below nothing', `POST /api/auth/login HTTP/1.1\r\n${LAST}Content-Length: -3\r\n\r\n`, 400],
    ['headers that do not end', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${LAST}\r\n`, 431],
    ['an expectation', `POST /api/auth/login HTTP/1.1\r\n${LAST}Expect: 200-ok\r\nContent-Length: 0\r\n\r\n`, 417],
  ])('%s', async (_what, text, status) => {
    expect(problemIn(await exchange(text)).status).toBe(status);
  });
});

describe('what is unusual', () => {
  it('HTTP/1.0 without Host, as of load balancers, is answered', async () => {
    expect(await exchange('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK.+\{"status":"ok"\}$/s);
  });

  it('requests sent without waiting for answers are answered in order', async () => {
    const asks = ['/healthz', '/api/nothing', '/readyz'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const reply = await exchange(asks.join('').replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'));
    expect(reply.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it.each(['h2c', 'foo/2', 'websocket'])(
    'an offer to speak %s is passed over where it is of no use',
    async (upgrade) => {
      const offer = `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n`;
      const first = `GET /healthz HTTP/1.1\r\nHost: a\r\n${offer}\r\n`;
      const reply = await exchange(first, `GET /readyz HTTP/1.1\r\n${LAST}\r\n`);
      expect(reply).toMatch(/^HTTP\/1\.1 200 OK.+\{"status":"ok"\}.+\{"status":"ok"\}$/s);
    },
  );

  it('a WebSocket is refused to who is not signed in, and to who asks for none', async () => {
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const asked = `GET /ws/uploads/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`;
    expect(await exchange(asked)).toMatch(/^HTTP\/1\.1 401 /);
    const plain = await exchange(`GET /ws/arrival/ HTTP/1.1\r\n${LAST}\r\n`);
    expect(problemIn(plain)).toMatchObject({ status: 426, detail: expect.stringContaining('Upgrade') });
  });

  it('a body in chunks with trailers is a body', async () => {
    const body = '2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n';
    const head = `POST /api/auth/login HTTP/1.1\r\n${LAST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n`;
    expect(problemIn(await exchange(head + body))).toMatchObject({ status: 422, detail: 'login is missing.' });
  });
});
