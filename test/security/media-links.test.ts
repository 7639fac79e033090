import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.ts';
import { users } from '../../src/features/accounts/schema.ts';
import type { VideoReply, Visibility } from '../../src/features/videos/api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip, makeMedia } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Links to media: who may use them, for how long, and that they are cut off at once when that changes. */

interface Me {
  user: { id: string };
}

let kinora: TestApp;
let nobody: TestClient;
let admin: TestClient;
let owner: TestClient;
let other: TestClient;
let videoId: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144], policy: { uploads: 'lazy' } } });
  nobody = kinora.client();
  admin = await kinora.admin();
  owner = await kinora.member('owner');
  other = await kinora.member('other');
  const clip = await makeClip({ seconds: 6, size: '320x180', gop: 30 });
  const lines = join(kinora.folder, 'lines.srt');
  writeFileSync(lines, '1\n00:00:01,000 --> 00:00:05,000\nHello there.\n');
  // Copied pictures and sound, an encoded rung, captions and pictures: everything there is a URL for.
  const words = ['-map', '0', '-map', '1', '-c', 'copy', '-c:s', 'mov_text', '-metadata:s:s:0', 'language=eng'];
  videoId = await owner.upload(await makeMedia('mp4', '-i', clip, '-i', lines, ...words));
  const isAll = ({ playback }: VideoReply) => Boolean(playback?.poster && playback.storyboard && playback.captions[0]);
  await owner.waitFor(videoId, isAll);
});
afterAll(() => kinora?.close());

const setVisibility = (visibility: Visibility) => owner.send('PATCH', `/api/videos/${videoId}`, { visibility });
const playbackFor = async (client: TestClient) => (await client.waitFor(videoId, isPlayable)).playback!;
const status = async (url: string, headers: Record<string, string> = {}) =>
  (await nobody.raw('GET', url, { headers })).response.status;

/** Every kind of URL below a video's media address, fetched once, so that whatever caches there are hold them. */
async function everyUrl(client: TestClient): Promise<string[]> {
  const playback = await playbackFor(client);
  const captions = playback.captions[0]!.url!;
  const { variants, audio } = await readMultivariant(nobody, playback.hls);
  const playlists = [...variants, ...audio].map(({ url }) => url);
  const parts = await Promise.all(playlists.map((url) => readPlaylist(nobody, url)));
  const urls = [
    playback.hls,
    playback.dash,
    playback.poster!,
    playback.storyboard!,
    playback.storyboard!.replace('.vtt', '-0.webp'),
    captions,
    captions.replace(/\.\w+$/, '/index.m3u8'),
    captions.replace(/\.\w+$/, '/0.vtt'),
    ...playlists,
    ...parts.flatMap(({ initUrl, segments }) => [initUrl, segments[0]!.url]),
  ];
  for (const url of urls) expect([url, await status(url)]).toEqual([url, 200]);
  return urls;
}

async function expectAll(urls: string[], wanted: number): Promise<void> {
  for (const url of urls) expect([url, await status(url)]).toEqual([url, wanted]);
}

describe('every URL of a private video', () => {
  it('needs the token of its path, made for this video', async () => {
    await setVisibility('private');
    const urls = await everyUrl(owner);
    expect(urls.length).toBeGreaterThan(14);
    const token = /~[^/]+/.exec(urls[0]!)![0];
    expect(urls.every((url) => url.includes(token))).toBe(true);
    await expectAll(
      urls.map((url) => url.replace(`/${token}`, '')),
      404,
    );
    await expectAll(
      urls.map((url) => url.replace(token, `${token.slice(0, -2)}xx`)),
      404,
    );
    // Made out to somebody else, or for longer, the signature is not right any more.
    const [claims, ...rest] = token.slice(1).split('.');
    const longer = `~${(Number.parseInt(claims!, 36) + 1000).toString(36)}.${rest.join('.')}`;
    const theirs = `~${claims}.${(await other.get<Me>('/api/me')).user.id}.${rest.slice(1).join('.')}`;
    const session = `~${claims}.${rest[0]}.-.${rest[2]}`;
    await expectAll(
      [urls[0]!.replace(token, longer), urls[0]!.replace(token, theirs), urls[0]!.replace(token, session)],
      404,
    );
  });

  it('may be kept by the viewer alone', async () => {
    const urls = await everyUrl(owner);
    for (const url of urls) {
      const { response } = await nobody.raw('GET', url);
      expect(response.headers.get('cache-control'), url).toMatch(/^private, /);
    }
  });
});

describe('a change of who may watch cuts off at once', () => {
  it('links that need no token', async () => {
    await setVisibility('public');
    const urls = await everyUrl(nobody);
    expect(urls.join()).not.toContain('~');
    const etags = await Promise.all(
      urls.map(async (url) => (await nobody.raw('HEAD', url)).response.headers.get('etag') ?? '*'),
    );
    await setVisibility('private');
    await expectAll(urls, 404);
    // A cache that asks whether what it holds is still right must not hear "yes".
    for (const [n, url] of urls.entries()) expect(await status(url, { 'If-None-Match': etags[n]! })).toBe(404);
    await setVisibility('public');
    await expectAll(urls, 200);
  });

  it.each([
    ['unlisted', 'private', 'nobody'],
    ['unlisted', 'internal', 'nobody'],
    ['unlisted', 'private', 'member'],
    ['internal', 'private', 'member'],
  ] as const)('tokens, from %s to %s, of a %s', async (from, to, who) => {
    await setVisibility(from);
    const urls = await everyUrl(who === 'nobody' ? nobody : other);
    await setVisibility(to);
    await expectAll(urls, 404);
  });

  it('tokens of an account that is deleted, whatever the video', async () => {
    const leaver = await kinora.member('leaver');
    const { id } = (await leaver.get<Me>('/api/me')).user;
    await setVisibility('unlisted');
    const urls = await everyUrl(leaver);
    kinora.app.db.write((tx) => tx.update(users).set({ deletedAtMs: Date.now() }).where(eq(users.id, id)).run());
    await expectAll(urls, 404);
  });

  it('tokens of an admin who no longer is one', async () => {
    await setVisibility('private');
    const urls = await everyUrl(admin);
    const { id } = (await admin.get<Me>('/api/me')).user;
    const setRole = (role: 'admin' | 'member') =>
      kinora.app.db.write((tx) => tx.update(users).set({ role }).where(eq(users.id, id)).run());
    setRole('member');
    await expectAll(urls, 404);
    setRole('admin');
    await expectAll(urls, 200);
  });

  it('everything of a video that is deleted, until it is brought back', async () => {
    await setVisibility('public');
    const plain = await everyUrl(nobody);
    await setVisibility('unlisted');
    const tokens = await everyUrl(nobody);
    await owner.send('DELETE', `/api/videos/${videoId}`);
    await expectAll([...plain, ...tokens], 404);
    await owner.send('POST', `/api/videos/${videoId}/restore`);
    await expectAll(tokens, 200);
  });
});

describe('caches that many share', () => {
  it('hold what is public for a minute, and are told "unchanged" without the bytes', async () => {
    await setVisibility('public');
    const urls = await everyUrl(nobody);
    for (const url of urls) {
      const { response } = await nobody.raw('GET', url);
      const cache = response.headers.get('cache-control')!;
      const seconds = Number(/s-maxage=(\d+)/.exec(cache)?.[1] ?? /max-age=(\d+)/.exec(cache)?.[1] ?? 0);
      expect([url, seconds <= 60]).toEqual([url, true]);
      const etag = response.headers.get('etag');
      if (!etag) continue;
      const again = await nobody.raw('GET', url, { headers: { 'If-None-Match': `"other", W/${etag}` } });
      expect([url, again.response.status, again.bytes.length]).toEqual([url, 304, 0]);
    }
  });

  it('do not make a segment be encoded by asking about it', async () => {
    const { variants } = await readMultivariant(nobody, (await playbackFor(nobody)).hls);
    const encoded = variants.find(({ attributes }) => attributes['RESOLUTION']?.endsWith('x144'))!;
    const { segments } = await readPlaylist(nobody, encoded.url);
    const last = segments.at(-1)!.url;
    const [, rendition] = /\/([^/]+)\/\d+\.m4s$/.exec(last)!;
    const ask = { 'If-None-Match': `"${rendition}-${segments.length - 1}"` };
    expect(await status(last, ask)).toBe(304);
    const beyond = last.replace(/\d+\.m4s$/, '9999.m4s');
    expect(await status(beyond, { 'If-None-Match': '*' })).toBe(404);
  });

  it('are never told to keep a refusal', async () => {
    await setVisibility('private');
    const { response } = await nobody.raw('GET', `/media/${videoId}/master.m3u8`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
  });
});

describe('ranges of any kind, on every URL', () => {
  it('give a part, the whole, or a refusal that tells the size, and never an error', async () => {
    await setVisibility('public');
    for (const url of await everyUrl(nobody)) {
      const whole = await nobody.bytes(url);
      const size = whole.length;
      const ask = async (range: string, method = 'GET') => {
        const { response, bytes } = await nobody.raw(method, url, { headers: { Range: range } });
        return { status: response.status, bytes, range: response.headers.get('content-range') };
      };
      const part = await ask('bytes=5-9');
      expect([url, part.status, part.range]).toEqual([url, 206, `bytes 5-9/${size}`]);
      expect(part.bytes.equals(whole.subarray(5, 10))).toBe(true);
      expect((await ask('bytes=-7')).bytes.equals(whole.subarray(size - 7))).toBe(true);
      expect((await ask(`bytes=${size - 1}-`)).bytes.length).toBe(1);
      for (const many of ['bytes=0-1,4-5', 'bytes=0-9,5-20', `bytes=${Array(900).fill('0-0').join()}`, 'bytes=9-2']) {
        const answer = await ask(many);
        expect([url, answer.status, answer.bytes.length]).toEqual([url, 200, size]);
      }
      for (const outside of [`bytes=${size}-`, 'bytes=99999999999-', 'bytes=-0']) {
        const answer = await ask(outside);
        expect([url, answer.status, answer.range]).toEqual([url, 416, `bytes */${size}`]);
      }
      expect((await ask('bytes=5-9', 'HEAD')).status).toBe(200);
    }
  });
});

// Last: the clock does not go back.
describe('a token that has run out', () => {
  it('says so to whoever may still watch, and a new one is there for the asking', async () => {
    await setVisibility('unlisted');
    const before = await playbackFor(other);
    const urls = await everyUrl(other);
    expect(before.expiresAtMs! - Date.now()).toBeGreaterThan(6 * HOUR_MS - 1);
    kinora.travel(5.9 * HOUR_MS);
    await expectAll(urls, 200);
    kinora.travel(6.2 * HOUR_MS);
    await expectAll(urls, 403);
    const { text, response } = await nobody.raw('GET', urls[0]!);
    expect(JSON.parse(text)).toMatchObject({ type: expect.stringContaining('media-link-expired'), status: 403 });
    expect(response.headers.get('cache-control')).toBe('no-store');

    const after = await playbackFor(other);
    expect(after.hls).not.toBe(before.hls);
    // Everything is where it was: a player only changes the beginning of its addresses.
    expect(after.hls.replace(/~[^/]+/, '')).toBe(before.hls.replace(/~[^/]+/, ''));
    await everyUrl(other);

    await setVisibility('private');
    await expectAll(urls, 404);
  });
});
