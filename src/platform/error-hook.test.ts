import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createErrorHook, type ErrorHook } from './error-hook.ts';
import { createLog, type Log } from './log.ts';

/** A server on the loopback that takes envelopes as Sentry does. */
let server: Server;
let received: { url: string; headers: IncomingHttpHeaders; parts: Record<string, unknown>[] }[];
let answer: { status: number; headers: Record<string, string> };
let hook: ErrorHook;
let log: Log;
let nowMs: number;
let mayNameAddresses: boolean;

beforeEach(async () => {
  received = [];
  answer = { status: 200, headers: {} };
  nowMs = Date.UTC(2026, 0, 1);
  mayNameAddresses = false;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const parts = body
        .trim()
        .split('\n')
        .map((part) => JSON.parse(part) as Record<string, unknown>);
      received.push({ url: request.url!, headers: request.headers, parts });
      response.writeHead(answer.status, answer.headers).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const dsn = `http://publicKey@127.0.0.1:${(server.address() as AddressInfo).port}/below/7`;
  hook = createErrorHook({
    dsn,
    release: 'kinora@1.2.3',
    mayNameAddresses: () => mayNameAddresses,
    nowMs: () => nowMs,
  });
  log = createLog({ level: 'debug', json: true, write: () => {} });
  log.follow(hook.add);
});
afterEach(() => server.close());

const event = (n = 0) => received[n]!.parts[2] as { extra: Record<string, unknown> } & Record<string, unknown>;

describe('the error hook', () => {
  it('sends errors as envelopes, and nothing below them', async () => {
    log.info('Fine.');
    log.warn({ error: new Error('tried again') }, 'Not yet.');
    log.error({ error: new TypeError('it broke'), requestId: 'r1', path: '/api/x' }, 'Something went wrong.');
    await hook.flush();
    expect(received).toHaveLength(1);
    const { url, headers, parts } = received[0]!;
    expect(url).toBe('/below/api/7/envelope/');
    expect(headers['content-type']).toBe('application/x-sentry-envelope');
    expect(headers['x-sentry-auth']).toBe('Sentry sentry_version=7, sentry_client=kinora/1.2.3, sentry_key=publicKey');
    expect(parts[1]).toEqual({ type: 'event' });
    expect(parts[0]!['event_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(event()).toMatchObject({
      event_id: parts[0]!['event_id'],
      level: 'error',
      release: 'kinora@1.2.3',
      message: { formatted: 'Something went wrong.' },
      tags: { requestId: 'r1' },
      extra: { path: '/api/x' },
      exception: { values: [{ type: 'TypeError', value: 'it broke' }] },
    });
    const { frames } = (event()['exception'] as { values: { stacktrace: { frames: { filename: string }[] } }[] })
      .values[0]!.stacktrace;
    expect(frames.at(-1)!.filename).toBe('src/platform/error-hook.test.ts');
  });

  it('sends neither tokens nor addresses, unless addresses are allowed', async () => {
    const words =
      'mail to eve@example.org from 203.0.113.9 and 2001:db8::1 at 10:11:12: /media/Aaaa/~hush/1.m4s?token=hush';
    log.error({ error: new Error(words) }, 'Failed.');
    await hook.flush();
    const text = JSON.stringify(event());
    for (const secret of ['hush', 'eve@', '203.0.113.9', '2001:db8']) expect(text).not.toContain(secret);
    expect(text).toContain('at 10:11:12');
    mayNameAddresses = true;
    log.error({ error: new Error(words) }, 'Failed.');
    await hook.flush();
    expect(JSON.stringify(event(1))).toContain('203.0.113.9');
    expect(JSON.stringify(event(1))).not.toContain('hush');
  });

  it('hides addresses among long words, too', async () => {
    log.error(`${'a'.repeat(200_000)} eve@example.org`);
    await hook.flush();
    expect(JSON.stringify(event())).toContain('aaa (address)');
  });

  it('sends at most twenty a minute, and says how many it left out', async () => {
    for (let n = 0; n < 50; n += 1) log.error(`Failure ${n}.`);
    await hook.flush();
    expect(received).toHaveLength(20);
    nowMs += 61_000;
    log.error('Later.');
    await hook.flush();
    expect(received).toHaveLength(21);
    expect(event(20).extra).toMatchObject({ droppedBefore: 30 });
  });

  it('is quiet for as long as the server asks', async () => {
    answer = { status: 429, headers: { 'Retry-After': '120' } };
    log.error('One.');
    await hook.flush();
    nowMs += 90_000;
    log.error('Two.');
    await hook.flush();
    expect(received).toHaveLength(1);
    nowMs += 60_000;
    log.error('Three.');
    await hook.flush();
    expect(received).toHaveLength(2);
  });

  it('does not mind a server that is not there', async () => {
    server.close();
    await new Promise((resolve) => server.once('close', resolve));
    log.error('Alone.');
    await hook.flush();
    expect(received).toEqual([]);
  });
});
