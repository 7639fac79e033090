import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { mayConnectTo } from './addresses.ts';
import { type GetOptions, guardedGet } from './guarded-get.ts';
import { receiveInto } from './receive.ts';

/** What the system would say to a name, one answer after the other: the names of the public internet are not ours to make. */
const answers = vi.hoisted(() => ({ queue: [] as { address: string; family: number }[][], asked: [] as string[] }));
vi.mock('node:dns/promises', () => ({
  async lookup(name: string) {
    answers.asked.push(name);
    const answer = answers.queue.shift();
    if (!answer) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
    return answer;
  },
}));

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const servers: (Server | SocketServer)[] = [];
let folder: string;
let connections: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-get-'));
  answers.queue = [];
  answers.asked = [];
  connections = 0;
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  rmSync(folder, { recursive: true, force: true });
});

async function listening(server: Server | SocketServer): Promise<number> {
  servers.push(server);
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}
const serving = (listener: RequestListener) => listening(createServer(listener));

const get = (url: string, more: Partial<GetOptions> = {}) =>
  guardedGet(new URL(url), {
    headers: {},
    mayConnect: (address) => mayConnectTo(address, ['127.0.0.1']),
    signal: new AbortController().signal,
    ...more,
  });

describe('names', () => {
  it('are looked up once, and the connection goes to what was looked at', async () => {
    const port = await serving((request, response) => response.end(request.headers.host));
    answers.queue = [[LOOPBACK], [{ address: '10.0.0.1', family: 4 }]];
    const reply = await get(`http://films.example:${port}/a.mp4`);
    expect((await reply.body.toArray()).join('')).toBe(`films.example:${port}`);
    expect(answers.asked).toEqual(['films.example']);
  });

  it.each([
    [
      'one of whose addresses is private',
      [
        { address: '8.8.8.8', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    ],
    ['that mean the loopback by IPv6', [{ address: '::1', family: 6 }]],
    ['that mean the loopback in disguise', [LOOPBACK, { address: '::ffff:127.0.0.2', family: 6 }]],
  ])('%s are refused before anything is sent', async (_name, addresses) => {
    const port = await serving((_request, response) => response.end('secret'));
    answers.queue = [addresses];
    const refused = expect(get(`http://films.example:${port}/`)).rejects;
    await refused.toMatchObject({
      permanent: true,
      message: expect.stringMatching(/^films\.example:\d+ is in a network/),
    });
    expect(connections).toBe(0);
  });

  it('are looked at again after a redirect, also the same ones', async () => {
    const port = await serving((_request, response) => response.writeHead(302, { Location: '/next' }).end());
    answers.queue = [[LOOPBACK], [{ address: '169.254.169.254', family: 4 }]];
    await expect(get(`http://films.example:${port}/`)).rejects.toThrow(/does not fetch from/);
    expect(connections).toBe(1);
  });

  it('that do not exist are said to', async () => {
    await expect(get('http://nowhere.example/')).rejects.toMatchObject({
      permanent: true,
      message: 'There is no server called nowhere.example. Check the link.',
    });
  });
});

describe('servers', () => {
  it('that never answer are given up', async () => {
    const port = await serving(() => {});
    const asked = get(`http://127.0.0.1:${port}/`, { answerMs: 100 });
    await expect(asked).rejects.toMatchObject({ permanent: false, message: expect.stringMatching(/does not answer/) });
  });

  it('that speak something else are told from HTTP', async () => {
    const port = await listening(
      createSocketServer((socket) => void socket.resume().end('220 mail.example ESMTP\r\n')),
    );
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toThrow(/is not HTTP/);
  });

  it('whose certificate nobody has signed are not believed', async () => {
    const { certificate, key } = makeCertificate(folder, 'films');
    const secure = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    const port = await listening(secure);
    await expect(get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      permanent: true,
      message: expect.stringMatching(/^The certificate of 127\.0\.0\.1:\d+ is signed by itself/),
    });
  });

  it.each([
    ['drip', 1],
    ['stall', 0],
  ])('that %s are given up, what has come is kept', async (_name, bytes) => {
    const port = await serving((_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000000' });
      response.write(Buffer.alloc(5000));
      const timer = setInterval(() => bytes > 0 && response.write(Buffer.alloc(bytes)), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { body } = await get(`http://127.0.0.1:${port}/`);
    const file = await open(join(folder, 'part'), 'w');
    const received = receiveInto(file, body, {
      offset: 0,
      signal: new AbortController().signal,
      onPart: () => {},
      pace: { windowMs: 150, leastBytes: 1000 },
    });
    await expect(received).rejects.toThrow('The server stopped sending.');
    expect((await file.stat()).size).toBeGreaterThanOrEqual(5000);
    await file.close();
  });

  it('are left when they are no longer wanted', async () => {
    const port = await serving(() => {});
    const controller = new AbortController();
    const asked = get(`http://127.0.0.1:${port}/`, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    await expect(asked).rejects.toThrow('cancelled');
  });
});
