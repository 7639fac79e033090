import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Who may read /metrics: near addresses, and bearers of the token. */

const TOKEN = 'a token of some length';
let kinora: TestApp;

/** Asks as if over a connection from this address. */
async function from(remoteAddress: string, headers: Record<string, string> = {}) {
  const env = { incoming: { socket: { remoteAddress } } };
  const reply = await kinora.router.request('/metrics', { headers }, env);
  const text = await reply.text();
  return {
    status: reply.status,
    text,
    type: reply.status === 200 ? null : JSON.parse(text).type,
    headers: reply.headers,
  };
}

const settings = (metrics: object, http: object = {}) => createTestApp({ metrics, http });

describe('as it comes', () => {
  beforeAll(async () => {
    kinora = await settings({});
  });
  afterAll(() => kinora?.close());

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.31.0.9', '192.168.1.20', 'fd12::7', 'fe80::1'])(
    'metrics are for near addresses: %s',
    async (address) => {
      const { status, text } = await from(address);
      expect(status).toBe(200);
      expect(text).toContain('kinora_info{version=');
    },
  );

  it.each(['203.0.113.5', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'unknown'])(
    'and not for %s',
    async (address) => {
      const { status, type, text } = await from(address, { Authorization: 'Bearer undefined' });
      expect([status, type]).toEqual([403, 'metrics-not-allowed']);
      expect(text).toContain('metrics.networks');
      expect(text).not.toContain('kinora_');
    },
  );

  it.each(['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via'])(
    'nor for whoever comes through a proxy that is not known: %s',
    async (name) => {
      const { status, text } = await from('127.0.0.1', { [name]: '10.0.0.1' });
      expect(status).toBe(403);
      expect(text).toContain('http.trustedProxies');
    },
  );

  it('over a real connection, too', async () => {
    expect((await fetch(`${kinora.url}/metrics`)).status).toBe(200);
    const forwarded = await fetch(`${kinora.url}/metrics`, { headers: { 'X-Forwarded-For': '203.0.113.5' } });
    expect(forwarded.status).toBe(403);
  });
});

describe('behind a trusted proxy', () => {
  beforeAll(async () => {
    kinora = await settings({}, { trustedProxies: ['127.0.0.1'] });
  });
  afterAll(() => kinora?.close());

  it('its word for who asks is taken', async () => {
    expect((await from('127.0.0.1', { 'X-Forwarded-For': '203.0.113.5' })).status).toBe(403);
    expect((await from('127.0.0.1', { 'X-Forwarded-For': '10.0.0.1, 203.0.113.5' })).status).toBe(403);
    expect((await from('127.0.0.1', { 'X-Forwarded-For': '10.0.0.1' })).status).toBe(200);
    expect((await from('127.0.0.1', { 'X-Forwarded-For': '10.0.0.1, 127.0.0.1' })).status).toBe(200);
    expect((await from('127.0.0.1')).status).toBe(200);
  });

  it('where another one stands before it, that is not known, nobody knows who asks', async () => {
    for (const hops of ['203.0.113.5, 10.0.0.1', '10.0.0.1, 203.0.113.5, 10.0.0.1', 'unknown', '', '127.0.0.1']) {
      expect([hops, (await from('127.0.0.1', { 'X-Forwarded-For': hops })).status]).toEqual([hops, 403]);
    }
    expect((await from('127.0.0.1', { Via: '1.1 proxy' })).status).toBe(403);
  });
});

describe('with a token and no networks', () => {
  beforeAll(async () => {
    kinora = await settings({ token: TOKEN, networks: [] });
  });
  afterAll(() => kinora?.close());

  it('the token is wanted of everybody', async () => {
    expect((await from('203.0.113.5', { Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    for (const Authorization of ['', 'Bearer ', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`]) {
      const { status, type, headers } = await from('127.0.0.1', { Authorization });
      expect([Authorization, status, type]).toEqual([Authorization, 401, 'wrong-metrics-token']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('an account does not help', async () => {
    const admin = await kinora.admin();
    expect((await admin.raw('GET', '/metrics')).response.status).toBe(401);
  });
});

describe('switched off', () => {
  beforeAll(async () => {
    kinora = await settings({ enabled: false, token: TOKEN });
  });
  afterAll(() => kinora?.close());

  it('nobody gets them', async () => {
    expect((await from('127.0.0.1', { Authorization: `Bearer ${TOKEN}` })).status).toBe(404);
  });
});
