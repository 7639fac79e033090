import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Nginx, nginxVersion, startNginx } from '../../scripts/bench/support/nginx.ts';
import type { VideoReply, Visibility } from '../../src/features/videos/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** `http.sendfile`: Kinora says who may have what, the proxy sends the file. */

let kinora: TestApp;
let client: TestClient;
let id: string;
/** An encoded segment and a poster, as they are in storage. */
let segment: string;
let poster: string;

async function prepare(sendfile: 'x-accel-redirect' | 'x-sendfile'): Promise<void> {
  const http = { sendfile, trustedProxies: ['127.0.0.1'] };
  kinora = await createTestApp({ http, encoding: { heights: [144] } });
  client = await kinora.member();
  id = await client.upload(await makeClip({ seconds: 6, size: '320x180', gop: 30 }), { visibility: 'public' });
  await client.waitFor(id, (reply) => isReady(reply) && reply.playback!.poster !== null);
  ({ segment, poster } = await addresses());
}

async function addresses() {
  const { playback } = await client.get<VideoReply>(`/api/videos/${id}`);
  const { variants } = await readMultivariant(client, playback!.hls);
  const encoded = variants.find(({ attributes }) => attributes['RESOLUTION'] === '256x144')!;
  const { segments } = await readPlaylist(client, encoded.url);
  return { segment: new URL(segments[1]!.url, kinora.url).pathname, poster: `${playback!.poster!}.jpg` };
}

const setVisibility = (visibility: Visibility) => client.send('PATCH', `/api/videos/${id}`, { visibility });

/** What Kinora itself sends to whoever is no trusted proxy. */
async function plain(path: string) {
  const reply = await kinora.router.request(path);
  return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
}

async function ask(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const reply = await fetch(url, { headers, method });
  return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
}

describe('X-Sendfile', () => {
  beforeAll(() => prepare('x-sendfile'));
  afterAll(() => kinora?.close());

  it('names the file to a trusted proxy, and nothing else', async () => {
    const { status, headers, body } = await ask(kinora.url + segment);
    expect([status, body.length]).toEqual([200, 0]);
    const path = headers.get('x-sendfile')!;
    expect(path.startsWith(join(kinora.folder, 'data/videos', id, 'hls/'))).toBe(true);
    expect(path.endsWith('/1.m4s')).toBe(true);
    expect(headers.get('x-accel-redirect')).toBe(null);
    expect(headers.get('content-type')).toBe('video/mp4');
    expect(headers.get('cache-control')).toContain('immutable');
  });

  it('names it to nobody else, who gets the bytes', async () => {
    // The second one from memory.
    for (const _ of [1, 2, 3]) {
      const { headers, body } = await plain(segment);
      expect(headers.get('x-sendfile')).toBe(null);
      expect(body.length).toBeGreaterThan(1000);
    }
  });

  it('still has whoever has it already told so', async () => {
    const { headers } = await plain(segment);
    const asked = await ask(kinora.url + segment, { 'if-none-match': headers.get('etag')! });
    expect([asked.status, asked.headers.get('x-sendfile')]).toEqual([304, null]);
  });
});

describe.runIf(nginxVersion() !== null)('behind nginx', () => {
  let nginx: Nginx;

  beforeAll(async () => {
    await prepare('x-accel-redirect');
    nginx = await startNginx(`
    location / {
      proxy_pass ${kinora.url};
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
    location /kinora-files/ {
      internal;
      alias ${join(kinora.folder, 'data')}/;
      add_header X-Content-Type-Options nosniff;
    }`);
  });
  afterAll(async () => {
    await nginx?.stop();
    await kinora?.close();
  });

  it('has segments and pictures sent by it, the same bytes', async () => {
    for (const path of [segment, poster]) {
      const named = await ask(kinora.url + path);
      expect(named.headers.get('x-accel-redirect')).toMatch(new RegExp(`^/kinora-files/videos/${id}/(hls|images)/`));
      expect(named.body).toHaveLength(0);
      const [sent, ours] = [await ask(nginx.url + path), await plain(path)];
      expect(sent.status).toBe(200);
      expect(sent.body.length).toBeGreaterThan(500);
      expect(sent.body.equals(ours.body)).toBe(true);
      for (const name of ['content-type', 'cache-control', 'content-length', 'x-content-type-options']) {
        expect([name, sent.headers.get(name)]).toEqual([name, ours.headers.get(name)]);
      }
      expect(sent.headers.get('x-accel-redirect')).toBe(null);
    }
  });

  it('has it look after ranges, HEAD and what did not change', async () => {
    const { body: all } = await plain(segment);
    const part = await ask(nginx.url + segment, { range: 'bytes=100-299' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-299/${all.length}`]);
    expect(part.body.equals(all.subarray(100, 300))).toBe(true);
    const head = await ask(nginx.url + segment, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(all.length)]);
    const again = await ask(nginx.url + segment, { 'if-none-match': head.headers.get('etag')! });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('sends what is not stored itself: playlists, headers, copied segments', async () => {
    const { playback } = await client.get<VideoReply>(`/api/videos/${id}`);
    const { variants } = await readMultivariant(client, playback!.hls);
    const copied = variants.find(({ attributes }) => attributes['RESOLUTION'] === '320x180')!;
    const { segments } = await readPlaylist(client, copied.url);
    for (const url of [playback!.hls, segments[0]!.url, new URL('init.mp4', new URL(segment, kinora.url)).pathname]) {
      const path = new URL(url, kinora.url).pathname;
      const [sent, ours] = [await ask(nginx.url + path), await plain(path)];
      expect([sent.status, sent.body.length > 100, sent.body.equals(ours.body)]).toEqual([200, true, true]);
    }
  });

  it('lets nobody at the files past Kinora', async () => {
    const named = (await ask(kinora.url + segment)).headers.get('x-accel-redirect')!;
    for (const path of [
      named,
      '/kinora-files/kinora.db',
      '/kinora-files/secret',
      '/kinora-files/videos/..%2fkinora.db',
    ]) {
      expect((await ask(nginx.url + path)).status).toBe(404);
    }
  });

  it('asks Kinora each time: what becomes private is gone at once', async () => {
    expect((await ask(nginx.url + segment)).status).toBe(200);
    await setVisibility('private');
    for (const path of [segment, poster]) expect((await ask(nginx.url + path)).status).toBe(404);
    const own = await addresses();
    expect(own.segment).toContain('/~');
    const sent = await ask(nginx.url + own.segment);
    expect([sent.status, sent.headers.get('cache-control')]).toEqual([200, 'private, max-age=31536000, immutable']);
    expect((await ask(nginx.url + own.segment.replace(/(~[^/]{5})./, '$1_'))).status).toBe(404);
    await setVisibility('public');
    expect((await ask(nginx.url + segment)).status).toBe(200);
  });
});
