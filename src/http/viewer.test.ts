import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { App } from '../ports.ts';
import { isCrossSite } from './same-origin.ts';
import { clientAddress } from './viewer.ts';

const PROXY = '10.1.2.3';

/** Asks as if a connection had come from `peer`. */
async function ask(
  peer: string,
  headers: Record<string, string>,
  http: { trustedProxies?: string[]; baseUrl?: string },
) {
  const app = { config: { http: { trustedProxies: [], baseUrl: '', ...http } } } as unknown as App;
  const router = new Hono().get('/', (c) => c.json({ address: clientAddress(c, app), crossSite: isCrossSite(c, app) }));
  const incoming = {
    socket: { remoteAddress: peer, remotePort: 1, remoteFamily: peer.includes(':') ? 'IPv6' : 'IPv4' },
  };
  const reply = await router.request('/', { headers }, { incoming });
  return (await reply.json()) as { address: string; crossSite: boolean };
}

describe('the address of a viewer', () => {
  it.each<[string, string, string | undefined, string[], string]>([
    ['comes from the connection', '203.0.113.9', undefined, [], '203.0.113.9'],
    ['is not taken from anybody who sends the header', '203.0.113.9', '192.0.2.1', [], '203.0.113.9'],
    ['is not taken from a proxy that is not trusted', PROXY, '192.0.2.1', ['10.9.0.0/16'], PROXY],
    ['is what a trusted proxy says', PROXY, '192.0.2.1', [PROXY], '192.0.2.1'],
    ['is what a proxy in a trusted network says', PROXY, '192.0.2.1', ['10.0.0.0/8'], '192.0.2.1'],
    ['is not what the viewer put before it', PROXY, '1.1.1.1, 192.0.2.1', [PROXY], '192.0.2.1'],
    ['is found behind several trusted proxies', PROXY, '1.1.1.1, 192.0.2.1, 10.1.9.9', ['10.1.0.0/16'], '192.0.2.1'],
    ['is the last trusted one where only such are named', PROXY, '10.1.9.9', ['10.1.0.0/16'], '10.1.9.9'],
    ['is the proxy where it says nothing', PROXY, undefined, [PROXY], PROXY],
    ['is the proxy where what it says is no address', PROXY, '1.1.1.1, unknown', [PROXY], PROXY],
    ['has no port', PROXY, '192.0.2.1:4711', [PROXY], '192.0.2.1'],
    ['has no brackets', PROXY, '[2001:db8::1]:4711', [PROXY], '2001:db8::1'],
    ['is IPv4 also over an IPv6 socket', `::ffff:${PROXY}`, '::ffff:192.0.2.1', [PROXY], '192.0.2.1'],
    ['goes by IPv6 networks', 'fd00::5', '2001:db8::1', ['fd00::/8'], '2001:db8::1'],
  ])('%s', async (_what, peer, forwardedFor, trustedProxies, expected) => {
    const headers: Record<string, string> = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor };
    expect((await ask(peer, headers, { trustedProxies })).address).toBe(expected);
  });
});

describe('a request from another site', () => {
  const own = { host: 'inside:8383' };
  it.each<[string, boolean, Record<string, string>, { trustedProxies?: string[]; baseUrl?: string }]>([
    ['is none without an origin', false, own, {}],
    ['is none from the host asked for', false, { ...own, origin: 'http://inside:8383' }, {}],
    ['is one from any other', true, { ...own, origin: 'https://video.example' }, {}],
    [
      'is none from the address people use',
      false,
      { ...own, origin: 'https://video.example' },
      { baseUrl: 'https://video.example/films' },
    ],
    ['is one from a frame without an origin', true, { ...own, origin: 'null' }, {}],
    [
      'is one although it says what it was asked for',
      true,
      { ...own, origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
      {},
    ],
    [
      'is none where a trusted proxy says so',
      false,
      { ...own, origin: 'https://video.example', 'x-forwarded-host': 'video.example' },
      { trustedProxies: [PROXY] },
    ],
    [
      'is what the browser says it is',
      true,
      { ...own, origin: 'http://inside:8383', 'sec-fetch-site': 'cross-site' },
      {},
    ],
  ])('%s', async (_what, expected, headers, http) => {
    expect((await ask(PROXY, headers, http)).crossSite).toBe(expected);
  });
});
