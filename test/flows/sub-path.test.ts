import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Nginx, nginxVersion, startNginx } from '../../scripts/bench/support/nginx.ts';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isReady } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** Under a path of somebody else's host, behind a real nginx: every address Kinora gives out leads back to it. */

const BASE = '/films';
const HANDED_ON = `
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_request_buffering off;
      client_max_body_size 0;`;

let kinora: TestApp;
let nginx: Nginx;

async function start(slash: '' | '/', trustedProxies: string[]): Promise<void> {
  const http = { baseUrl: `https://video.example${BASE}`, trustedProxies };
  kinora = await createTestApp({ http, encoding: { heights: [144] } });
  nginx = await startNginx(`location ${BASE}/ {\n      proxy_pass ${kinora.url}${slash};${HANDED_ON}\n    }`);
}

async function stop(): Promise<void> {
  await nginx?.stop();
  await kinora?.close();
}

async function ask(path: string, init: RequestInit = {}) {
  const reply = await fetch(nginx.url + path, { redirect: 'manual', ...init });
  const bytes = Buffer.from(await reply.arrayBuffer());
  return { status: reply.status, headers: reply.headers, bytes, text: bytes.toString() };
}

/** Every address that a text of ours names, as a browser at `from` would ask for it. */
function addressesIn(text: string, from: string): string[] {
  const [base = from] = [/<base href="([^"]*)"/.exec(text)?.[1]].filter((found) => found !== undefined);
  const named = [...text.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]!);
  return named.map((address) => new URL(address, new URL(base, nginx.url)).href.slice(nginx.url.length));
}

describe.runIf(nginxVersion() !== null).each([
  ['that leaves the path on', ''],
  ['that takes the path off', '/'],
] as const)('behind a proxy %s', (_how, slash) => {
  let token: string;
  let cookie: string;
  let id: string;
  const signedIn = () => ({ Authorization: `Bearer ${token}` });

  beforeAll(() => start(slash, ['127.0.0.1']));
  afterAll(stop);

  it('answers with the page and everything it loads', async () => {
    for (const path of [`${BASE}/`, `${BASE}/watch/abc`, `${BASE}/setup?token=x`]) {
      const { status, text } = await ask(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain(`<base href="${BASE}/">`);
      const loaded = addressesIn(text, path).filter((address) => !address.endsWith('/'));
      expect(loaded.length).toBeGreaterThan(3);
      for (const address of loaded) {
        expect(address.startsWith(`${BASE}/`)).toBe(true);
        const reply = await ask(address);
        expect([address, reply.status, /html/.test(reply.headers.get('content-type')!)]).toEqual([address, 200, false]);
      }
    }
    expect(new URL((await ask(BASE)).headers.get('location')!, nginx.url).pathname).toBe(`${BASE}/`);
    expect((await ask('/')).status).toBe(404);
  });

  it('sets the session cookie for its path alone, and secure where the proxy speaks HTTPS', async () => {
    const reply = await ask(`${BASE}/api/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: 'https://video.example' },
      body: JSON.stringify({ ...person('ada'), token: kinora.setupToken }),
    });
    expect(reply.status).toBe(201);
    ({ token } = JSON.parse(reply.text) as { token: string });
    const set = reply.headers.get('set-cookie')!;
    expect(set).toMatch(/; Path=\/films(;|$)/);
    expect(set).toContain('Secure');
    cookie = set.split(';')[0]!;
    expect((await ask(`${BASE}/api/me`, { headers: { cookie } })).status).toBe(200);
  });

  it('tells what happens over its WebSocket, and takes an upload where Location says', async () => {
    const heard: string[] = [];
    const live = `${nginx.url.replace('http', 'ws')}${BASE}/ws/uploads/`;
    const socket = new WebSocket(live, { headers: { cookie, Origin: 'https://video.example' } });
    socket.on('message', (data) => heard.push(String(data)));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

    const film = await makeClip({ seconds: 6, size: '320x180', gop: 30 });
    const bytes = readFileSync(film);
    const made = await ask(`${BASE}/api/uploads`, {
      method: 'POST',
      headers: {
        ...signedIn(),
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(bytes.length),
        'Upload-Metadata': `filename ${Buffer.from('film.mp4').toString('base64')}`,
      },
    });
    const location = new URL(made.headers.get('location')!, nginx.url + BASE);
    expect([made.status, location.origin]).toEqual([201, nginx.url]);
    expect(location.pathname).toMatch(/^\/films\/api\/uploads\/\w+$/);
    id = location.pathname.split('/').at(-1)!;
    const sent = await ask(location.pathname, {
      method: 'PATCH',
      headers: {
        ...signedIn(),
        'Tus-Resumable': '1.0.0',
        'Upload-Offset': '0',
        'Content-Type': 'application/offset+octet-stream',
      },
      body: bytes,
    });
    expect([sent.status, sent.headers.get('upload-offset')]).toEqual([204, String(bytes.length)]);
    await expect.poll(() => heard.filter((text) => text.includes(id)).length).toBeGreaterThan(0);
    socket.close();
  });

  it('names media below its path, down to the last segment', async () => {
    const client = kinora.client(token);
    await client.waitFor(
      id,
      (reply) => isReady(reply) && reply.playback!.storyboard !== null && reply.playback!.poster !== null,
    );
    const added = await ask(`${BASE}/api/videos/${id}/captions?filename=film.en.srt`, {
      method: 'POST',
      headers: signedIn(),
      body: '1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n',
    });
    expect(added.status).toBe(201);
    const reply = await ask(`${BASE}/api/videos/${id}`, { headers: signedIn() });
    const { playback } = JSON.parse(reply.text) as VideoReply;
    const named = JSON.stringify(playback)
      .match(/"\/[^"]*"/g)!
      .map((text) => text.slice(1, -1));
    expect(named.length).toBeGreaterThan(2);
    for (const address of named) expect(address.startsWith(`${BASE}/media/${id}/`)).toBe(true);
    expect((await ask(`${playback!.poster!}.jpg`)).headers.get('content-type')).toBe('image/jpeg');
    expect((await ask(playback!.dash)).text).toContain('<MPD');
    expect((await ask(playback!.captions[0]!.vtt!)).text).toContain('Good evening.');
    const [, sheet] = /^(\S+)#xywh=/m.exec((await ask(playback!.storyboard!)).text)!;
    const drawn = await ask(new URL(sheet!, nginx.url + playback!.storyboard!).pathname);
    expect([drawn.status, drawn.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)]);

    const outside = { ...client, bytes: async (path: string) => (await ask(new URL(path, nginx.url).pathname)).bytes };
    const { variants } = await readMultivariant(outside, playback!.hls);
    expect(variants.length).toBeGreaterThan(1);
    for (const { url } of variants) {
      const { segments } = await readPlaylist(outside, url);
      const path = new URL(segments[1]!.url, nginx.url).pathname;
      expect(path.startsWith(`${BASE}/media/${id}/`)).toBe(true);
      expect((await ask(path)).bytes.length).toBeGreaterThan(1000);
    }
    const playlist = await ask(`${BASE}/api/videos/${id}/playlist.m3u8`, { headers: signedIn() });
    expect([playlist.status, playlist.headers.get('location')]).toEqual([302, playback!.hls]);
  });

  it('describes its API where it is', async () => {
    const page = await ask(`${BASE}/api/docs`);
    for (const address of addressesIn(page.text, `${BASE}/api/docs`)) expect((await ask(address)).status).toBe(200);
    const { servers } = JSON.parse((await ask(`${BASE}/api/openapi.json`)).text) as { servers: unknown };
    expect(servers).toEqual([{ url: BASE }]);
  });

  it('counts failed sign-ins by the address the proxy saw, whatever else a viewer claims', async () => {
    expect(await guessUntilRefused('127.0.0.2')).toBe(true);
    expect((await guess('127.0.0.3', 'somebody', '')).status).toBe(401);
    expect((await guess('127.0.0.2', 'somebody', '127.0.0.3')).status).toBe(429);
  });
});

describe.runIf(nginxVersion() !== null)('behind a proxy that is not trusted', () => {
  beforeAll(() => start('', []));
  afterAll(stop);

  it('believes nothing it says', async () => {
    expect(await guessUntilRefused('127.0.0.2')).toBe(true);
    // The same connection's end for all of them.
    expect((await guess('127.0.0.3', 'somebody', '')).status).toBe(429);
  });
});

/** Wrong passwords for ever new accounts under ever new claimed addresses; true once they are refused unseen. */
async function guessUntilRefused(from: string): Promise<boolean> {
  for (let n = 0; n < 60; n++) {
    const { status } = await guess(from, `nobody${n}`, `198.51.100.${n}`);
    if (status === 429) return n === 50;
    expect(status).toBe(401);
  }
  return false;
}

function guess(localAddress: string, login: string, claimed: string): Promise<{ status: number }> {
  const body = JSON.stringify({ login, password: 'a wrong password' });
  const headers = { 'Content-Type': 'application/json', ...(claimed ? { 'X-Forwarded-For': claimed } : {}) };
  return new Promise((resolve, reject) => {
    const asked = request(`${nginx.url}${BASE}/api/auth/login`, { method: 'POST', localAddress, headers }, (reply) => {
      reply.resume().once('end', () => resolve({ status: reply.statusCode! }));
    });
    asked.once('error', reject).end(body);
  });
}
