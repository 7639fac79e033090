import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilentLog } from '../platform/log.ts';
import type { HttpEnv } from './env.ts';
import { fileChunks, sendFile } from './file.ts';
import { answerProblem } from './problems.ts';

const SIZE = 5_000_001;
const BYTES = randomBytes(SIZE);
const folder = mkdtempSync(join(tmpdir(), 'kinora-file-'));
const app = new Hono<HttpEnv>();
let server: Server;
let url: string;
let port: number;

app.onError((error, c) => answerProblem(error, c, createSilentLog()));
app.get('/:name', async (c) => {
  const about = { contentType: 'video/mp4', etag: '"v1"', cache: 'no-cache' };
  return (await sendFile(c, join(folder, c.req.param('name')), about)) ?? c.text('none', 404);
});

beforeAll(async () => {
  writeFileSync(join(folder, 'film'), BYTES);
  writeFileSync(join(folder, 'empty'), '');
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
  url = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function ask(name: string, headers: Record<string, string> = {}, method = 'GET') {
  const reply = await fetch(`${url}/${name}`, { headers, method });
  return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
}

describe('over a socket', () => {
  it('sends all of it, and says what it is', async () => {
    const { status, headers, body } = await ask('film');
    expect(status).toBe(200);
    expect(body.equals(BYTES)).toBe(true);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-length': String(SIZE),
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      etag: '"v1"',
      'x-content-type-options': 'nosniff',
    });
    expect((await ask('empty')).body).toHaveLength(0);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=700000-4000000', 700_000, 4_000_001],
    ['bytes=-600000', SIZE - 600_000, SIZE],
  ])('sends %s', async (range, from, end) => {
    const { status, headers, body } = await ask('film', { range });
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${from}-${end - 1}/${SIZE}`]);
    expect(body.equals(BYTES.subarray(from, end))).toBe(true);
  });

  it('refuses what lies outside, answers HEAD, and knows who has it already', async () => {
    expect(await ask('film', { range: `bytes=${SIZE}-` })).toMatchObject({ status: 416 });
    const head = await ask('film', {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.body.length]).toEqual([200, String(SIZE), 0]);
    expect(await ask('film', { 'if-none-match': '"v1"' })).toMatchObject({ status: 304 });
  });

  it('answers nothing where there is no such file', async () => {
    expect((await ask('none')).status).toBe(404);
    expect((await ask('.')).status).toBe(404);
  });

  it('answers requests that wait behind each other on one connection', async () => {
    const socket = await opened();
    const ranges = ['bytes=0-1999999', 'bytes=5-6', 'bytes=3000000-4999999'];
    socket.write(ranges.map((range) => `GET /film HTTP/1.1\r\nHost: x\r\nRange: ${range}\r\n\r\n`).join(''));
    const parts = [BYTES.subarray(0, 2_000_000), BYTES.subarray(5, 7), BYTES.subarray(3_000_000, 5_000_000)];
    let all = Buffer.alloc(0);
    for await (const chunk of socket) {
      all = Buffer.concat([all, chunk]);
      if (all.length > 4_000_002 && all.subarray(-9).equals(BYTES.subarray(4_999_991, 5_000_000))) break;
    }
    for (const part of parts) {
      expect(all.toString('latin1', 0, 12)).toBe('HTTP/1.1 206');
      const start = all.indexOf('\r\n\r\n') + 4;
      expect(all.subarray(start, start + part.length).equals(part)).toBe(true);
      all = all.subarray(start + part.length);
    }
  });
});

it('holds a bounded part of a file for those who do not read, and lets it go with them', async () => {
  const sockets = await Promise.all(Array.from({ length: 40 }, opened));
  for (const socket of sockets) {
    socket.pause();
    // Behind an answer that nobody takes waits another.
    socket.write('GET /film HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
  }
  await expect.poll(() => fileChunks.lentBytes(), { timeout: 10_000 }).toBeGreaterThan(30 * 512 * 1024);
  expect(fileChunks.lentBytes()).toBeLessThanOrEqual(64 * 1024 * 1024 + 80 * 32 * 1024);
  expect((await ask('film')).body.equals(BYTES)).toBe(true);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => fileChunks.lentBytes(), { timeout: 10_000 }).toBe(0);
});

it('also answers requests that did not come over a socket', async () => {
  const reply = await app.request('/film', { headers: { range: 'bytes=9-19' } });
  expect(Buffer.from(await reply.arrayBuffer()).equals(BYTES.subarray(9, 20))).toBe(true);
});

async function opened(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('error', () => {});
  return socket;
}
