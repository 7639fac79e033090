import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createSilentLog } from '../platform/log.ts';
import { sendBytes } from './bytes.ts';
import type { HttpEnv } from './env.ts';
import { answerProblem } from './problems.ts';

const BYTES = Buffer.from('0123456789');
const app = new Hono<HttpEnv>();
app.onError((error, c) => answerProblem(error, c, createSilentLog()));
app.on(['GET', 'HEAD'], '/', (c) =>
  sendBytes(c, BYTES, { contentType: 'text/plain', etag: '"v1"', cache: 'no-cache' }),
);

async function ask(headers: Record<string, string>, method = 'GET') {
  const response = await app.request('/', { method, headers });
  const range = response.headers.get('content-range');
  return {
    status: response.status,
    range,
    body: await response.text(),
    length: response.headers.get('content-length'),
  };
}

describe('ranges (RFC 9110 section 14)', () => {
  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-4', 206, '4', 'bytes 4-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99999999999999999999', 206, '89', 'bytes 8-9/10'],
    // What is not understood, or not one range, may be ignored: everything is sent.
    ['bytes=5-2', 200, '0123456789', null],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['bytes=0-5,2-8,1-3', 200, '0123456789', null],
    [`bytes=${'0-1,'.repeat(4000)}2-3`, 200, '0123456789', null],
    ['bytes=--3', 200, '0123456789', null],
    ['bytes=1e1-', 200, '0123456789', null],
    ['bytes', 200, '0123456789', null],
    ['seconds=0-1', 200, '0123456789', null],
  ])('%s', async (range, status, body, contentRange) => {
    expect(await ask({ range })).toEqual({ status, body, range: contentRange, length: String(body.length) });
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=99999999999999999999-', 'bytes=-0'])('%s lies outside', async (range) => {
    expect(await ask({ range })).toMatchObject({ status: 416, range: 'bytes */10' });
  });

  it('are for GET alone', async () => {
    expect(await ask({ range: 'bytes=0-3' }, 'HEAD')).toEqual({ status: 200, range: null, body: '', length: '10' });
    expect((await ask({ range: 'bytes=99-' }, 'HEAD')).status).toBe(200);
  });

  it('are ignored where If-Range names another version, or only a date', async () => {
    const range = 'bytes=0-3';
    expect((await ask({ range, 'if-range': '"v1"' })).status).toBe(206);
    expect((await ask({ range, 'if-range': '"v0"' })).status).toBe(200);
    // A weak tag never matches here (section 13.1.5).
    expect((await ask({ range, 'if-range': 'W/"v1"' })).status).toBe(200);
    expect((await ask({ range, 'if-range': 'Sat, 01 Jan 2022 00:00:00 GMT' })).status).toBe(200);
  });
});

describe('If-None-Match', () => {
  it.each([
    ['"v1"', 304],
    ['"v0", "v1"', 304],
    ['W/"v1"', 304],
    ['*', 304],
    ['"v0"', 200],
    ['v1', 200],
  ])('%s', async (tags, status) => {
    expect((await ask({ 'if-none-match': tags })).status).toBe(status);
    // It goes before ranges (section 13.2.2).
    expect((await ask({ 'if-none-match': tags, range: 'bytes=99-' })).status).toBe(status === 304 ? 304 : 416);
  });
});
