import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportReply } from '../../src/features/imports/api.ts';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isFailed, isPlayable, type TestClient } from '../support/client.ts';
import { type FileServer, type Habits, startFileServer } from '../support/file-server.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Links, fetched from a real web server on the loopback that an admin permits, with all the habits that such servers have. */

let kinora: TestApp;
let client: TestClient;
let content: Buffer;
let server: FileServer;

beforeAll(async () => {
  kinora = await createTestApp({
    imports: { allowNetworks: ['127.0.0.1'] },
    encoding: { policy: { uploads: 'lazy' } },
    uploads: { maxSizeGb: 0.05 },
  });
  await kinora.admin();
  client = await kinora.member();
  content = readFileSync(await makeClip({ seconds: 8, size: '640x360' }));
});
afterAll(() => kinora?.close());
beforeEach(async () => {
  server = await startFileServer({ content });
});
afterEach(() => server.close());

async function begin(path = '/A%20holiday.mp4', more: object = {}): Promise<string> {
  const reply = await client.post<ImportReply>('/api/videos/import', { url: `${server.url}${path}`, ...more }, 202);
  return reply.video.id;
}

const importOf = async (id: string) => (await client.get<ImportReply>(`/api/videos/${id}/import`)).import;

async function untilImport(id: string, is: (now: ImportReply['import']) => boolean): Promise<ImportReply['import']> {
  for (const endMs = Date.now() + 30_000; ; ) {
    const now = await importOf(id);
    if (is(now)) return now;
    if (Date.now() > endMs) throw new Error(`waited too long; the import is ${JSON.stringify(now)}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** It can be played, and its source is byte for byte what the server has. */
async function arrives(id: string, expected = content): Promise<VideoReply> {
  const reply = await client.waitFor(id, isPlayable);
  const path = join(kinora.folder, `data/videos/${id}/source/original`);
  expect(readFileSync(path).equals(expected)).toBe(true);
  expect(reply.video).toMatchObject({ origin: 'import', sizeBytes: expected.length, receivedBytes: null });
  await client.get(`/api/videos/${id}/import`, 404);
  return reply;
}

async function fails(habits: Habits, path?: string): Promise<string> {
  server.become({ content, ...habits });
  const id = await begin(path);
  const { video } = await client.waitFor(id, isFailed);
  expect(await importOf(id)).toMatchObject({ state: 'failed', note: video.failure, nextTryAtMs: null });
  return video.failure!;
}

describe('a link', () => {
  it('becomes a video, named as its server says', async () => {
    server.become({
      content,
      headers: { 'Content-Disposition': "attachment; filename*=UTF-8''%C3%9Cber_den_Wolken.mp4" },
    });
    const id = await begin('/download?id=7', { visibility: 'internal' });
    const { video } = await arrives(id);
    expect(video).toMatchObject({ title: 'Über den Wolken', filename: 'Über_den_Wolken.mp4', visibility: 'internal' });
    expect(server.requests).toEqual([{ path: '/download?id=7', range: null, ifRange: null, authorization: null }]);
  });

  it('keeps the title that somebody gave it, or has given it meanwhile', async () => {
    const titled = await begin('/a.mp4', { title: 'My own' });
    expect((await arrives(titled)).video).toMatchObject({ title: 'My own', filename: 'a.mp4' });
    expect((await arrives(await begin())).video).toMatchObject({ title: 'A holiday', visibility: 'private' });
  });

  it('is fetched without a length being said', async () => {
    server.become({ content, chunked: true });
    await arrives(await begin());
  });

  it('is listed with its progress until it is there, for its owner alone', async () => {
    server.become({ content, bytesPerSecond: content.length / 3 });
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${client.token}` },
    } as never);
    const told: { type: string; receivedBytes: number; sizeBytes: number; bytesPerSecond: number | null }[] = [];
    socket.addEventListener('message', ({ data }) => told.push(JSON.parse(String(data))));
    await new Promise((done) => socket.addEventListener('open', done));
    const id = await begin();
    const now = await untilImport(id, ({ state, receivedBytes }) => state === 'fetching' && receivedBytes > 0);
    expect(now).toMatchObject({ host: new URL(server.url).host, note: null, sizeBytes: content.length });
    const { items } = await client.get<{ items: ImportReply[] }>('/api/imports');
    expect(items.map(({ video }) => video.id)).toEqual([id]);
    const other = await kinora.member('other');
    expect(await other.get('/api/imports')).toEqual({ items: [] });
    await other.get(`/api/videos/${id}/import`, 404);
    await other.post(`/api/videos/${id}/import/retry`, undefined, 404);
    await arrives(id);
    socket.close();
    const progress = told.filter(({ type }) => type === 'upload.progress');
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toMatchObject({ receivedBytes: content.length, sizeBytes: content.length });
    expect(progress.some(({ bytesPerSecond }) => bytesPerSecond! > content.length / 12)).toBe(true);
    expect(await client.get('/api/imports')).toEqual({ items: [] });
  });

  it('may have a user name and a password, which nobody sees', async () => {
    server.become({
      content,
      answer(request, response) {
        if (request.headers.authorization === `Basic ${btoa('ada:s3cr3t pass')}`) return false;
        response.writeHead(401).end();
        return true;
      },
    });
    const { host } = new URL(server.url);
    const url = `http://ada:s3cr3t%20pass@${host}/private.mp4?signature=abc123`;
    const begun = await client.post<ImportReply>('/api/videos/import', { url }, 202);
    const row = kinora.app.db.raw.prepare('select * from imports').all();
    const jobs = kinora.app.db.raw.prepare('select * from jobs').all();
    const admin = await kinora.admin();
    const shown = JSON.stringify([begun, row, jobs, await admin.get('/api/logs?limit=200')]);
    for (const secret of ['s3cr3t', 'signature', 'abc123', 'ada:']) expect(shown).not.toContain(secret);
    await arrives(begun.video.id);
    expect(kinora.app.db.raw.prepare('select * from imports').all()).toEqual([]);
    const wrong = await client.post<ImportReply>('/api/videos/import', { url: url.replace('s3cr3t', 'x') }, 202);
    expect((await client.waitFor(wrong.video.id, isFailed)).video.failure).toMatch(/does not accept the user name/);
  });
});

describe('a connection that breaks', () => {
  it('is gone on with where it broke', async () => {
    const part = Math.floor(content.length / 3);
    server.become({ content, cutAfter: [part, part] });
    const id = await begin();
    await arrives(id);
    const [first, second, third] = server.requests;
    expect(server.requests).toHaveLength(3);
    expect(first).toMatchObject({ range: null, ifRange: null });
    expect(second!.ifRange).toBe('"one"');
    expect(Number(/\d+/.exec(second!.range!)![0])).toBeGreaterThan(0);
    expect(Number(/\d+/.exec(third!.range!)![0])).toBeGreaterThan(Number(/\d+/.exec(second!.range!)![0]));
    // What is in flight when a connection is cut may be lost, nothing else is sent twice.
    expect(server.sentBytes()).toBeLessThanOrEqual(content.length + 2 * part);
  });

  it('is gone on with by its date, where the entity tag is a weak one', async () => {
    server.become({
      content,
      etag: 'W/"weak"',
      cutAfter: [content.length >> 1],
      headers: { 'Last-Modified': 'Sun, 01 Nov 2026 10:00:00 GMT' },
    });
    const id = await begin();
    await client.waitFor(id, isPlayable);
    expect(server.requests[1]!.ifRange).toBe('Sun, 01 Nov 2026 10:00:00 GMT');
  });

  it.each([
    ['has no ranges', { ranges: false }],
    ['does not say which file it is', { etag: null }],
  ])('begins anew where the server %s', async (_name, habits) => {
    server.become({ content, cutAfter: [content.length >> 1], ...habits });
    await arrives(await begin());
    expect(server.requests).toHaveLength(2);
  });

  it('begins anew when the file has changed meanwhile', async () => {
    const other = readFileSync(await makeClip({ seconds: 4, size: '640x360', rate: '24' }));
    let asked = 0;
    server.become({
      content,
      cutAfter: [content.length >> 1],
      answer() {
        if (++asked === 2) server.become({ content: other, etag: '"two"' });
        return false;
      },
    });
    await arrives(await begin(), other);
    expect(server.requests[1]!.ifRange).toBe('"one"');
  });

  it('begins anew with a server that sends the rest of another file all the same', async () => {
    const other = readFileSync(await makeClip({ seconds: 4, size: '640x360', rate: '24' }));
    let asked = 0;
    server.become({
      content,
      cutAfter: [300_000],
      answer(request, response) {
        if (++asked < 2) return false;
        const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
        const from = range ? Number(range[1]) : 0;
        const total = other.length;
        const headers = { ETag: '"two"', 'Content-Range': `bytes ${from}-${total - 1}/${total}` };
        response.writeHead(range ? 206 : 200, range ? headers : { ETag: '"two"' }).end(other.subarray(from));
        return true;
      },
    });
    await arrives(await begin(), other);
    expect(server.requests.map(({ range }) => range === null)).toEqual([true, false, true]);
  });

  it('waits with a sentence while the server is away, and goes on when asked to', async () => {
    server.become({ content, bytesPerSecond: content.length / 4 });
    const id = await begin();
    await untilImport(id, ({ receivedBytes }) => receivedBytes > 0);
    const port = Number(new URL(server.url).port);
    await server.close();
    const waiting = await untilImport(id, ({ nextTryAtMs }) => nextTryAtMs !== null);
    expect(waiting).toMatchObject({ state: 'waiting', note: expect.stringMatching(/does not accept the connection/) });
    const half = statSync(join(kinora.folder, 'data/uploads', id)).size;
    expect(half).toBeGreaterThan(0);
    server = await startFileServer({ content }, '127.0.0.1', port);
    await client.post(`/api/videos/${id}/import/retry`, undefined, 202);
    await arrives(id);
    expect(server.requests).toMatchObject([{ range: `bytes=${half}-`, ifRange: '"one"' }]);
  });
});

describe('what is no use fails with a sentence', () => {
  const page = Buffer.from('<!doctype html><html><head><title>My film</title></head><body>Watch it here</body></html>');
  it.each<[string, RegExp, Habits]>([
    ['a web page', /web page, not to a media file/, { content: page, headers: { 'Content-Type': 'text/html' } }],
    ['a text', /This is a text file/, { content: Buffer.from('Dear diary, this is not a film. '.repeat(99)) }],
    ['an empty file', /is empty/, { content: Buffer.alloc(0) }],
    ['gone', /has been removed/, { status: 410 }],
    ['missing', /has no file at this link/, { status: 404 }],
    ['forbidden', /does not hand out this file/, { status: 403 }],
    ['behind a password', /Put them into the link/, { status: 401 }],
    ['another status', /answered 418/, { status: 418 }],
    ['too large by its length', /larger than this instance takes: at most 0.05 GB/, { claimedBytes: 60_000_000 }],
  ])('%s', async (_name, sentence, habits) => {
    expect(await fails(habits)).toMatch(sentence);
  });

  it('compressed on its way', async () => {
    const habits = { content: gzipSync(content), headers: { 'Content-Encoding': 'gzip' } };
    expect(await fails(habits)).toMatch(/sends the file compressed \(gzip\)/);
  });

  it('an answer without end', async () => {
    const endless: Habits['answer'] = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'video/mp4' });
      response.write(content);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1 << 20)));
      };
      response.on('drain', more);
      more();
      return true;
    };
    expect(await fails({ answer: endless })).toMatch(/larger than this instance takes/);
  });

  it('a file that is said to be longer than it is', async () => {
    server.become({ content, claimedBytes: content.length + 5000, cutAfter: content.length });
    const id = await begin();
    const waiting = await untilImport(id, ({ nextTryAtMs }) => nextTryAtMs !== null);
    expect(waiting).toMatchObject({
      note: 'The connection broke off.',
      receivedBytes: content.length,
      sizeBytes: content.length + 5000,
    });
    await client.send('DELETE', `/api/videos/${id}`, undefined, 204);
  });

  it('a server that stays busy is given up after nine tries in a row', async () => {
    server.become({ content, status: 503 });
    const id = await begin();
    for (let tries = 1; tries < 9; tries++) {
      const asked = () => server.requests.length;
      await untilImport(id, ({ nextTryAtMs }) => nextTryAtMs !== null && asked() === tries);
      expect(await importOf(id)).toMatchObject({ state: 'waiting', note: expect.stringMatching(/come back later\.$/) });
      await client.post(`/api/videos/${id}/import/retry`, undefined, 202);
    }
    const { video } = await client.waitFor(id, isFailed);
    expect(video.failure).toMatch(/come back later\. It was tried 9 times\.$/);
    server.become({ content });
    await client.post(`/api/videos/${id}/import/retry`, undefined, 202);
    await arrives(id);
  });

  it.each([
    ['429 for ten minutes', 429, () => '600', 600_000],
    ['503 until a time', 503, () => new Date(Date.now() + 1_200_000).toUTCString(), 1_200_000],
    ['503 for a year, which is too long', 503, () => '31536000', 6 * 3_600_000],
  ])('a server that asks to be left alone is: %s', async (_what, status, retryAfter, waitMs) => {
    server.become({ content, status, headers: { 'Retry-After': retryAfter() } });
    const id = await begin();
    const { nextTryAtMs, note } = await untilImport(id, ({ nextTryAtMs }) => nextTryAtMs !== null);
    expect(note).toMatch(/come back later\.$/);
    expect(Math.abs(nextTryAtMs! - Date.now() - waitMs)).toBeLessThan(30_000);
    expect(server.requests).toHaveLength(1);
    // Whoever knows better does not have to wait.
    server.become({ content });
    await client.post(`/api/videos/${id}/import/retry`, undefined, 202);
    await arrives(id);
  });

  it('HTTPS where there is none', async () => {
    const { host } = new URL(server.url);
    const id = (await client.post<ImportReply>('/api/videos/import', { url: `https://${host}/a.mp4` }, 202)).video.id;
    expect((await client.waitFor(id, isFailed)).video.failure).toMatch(/does not speak HTTPS there/);
  });

  it('is tried again from the start when somebody has mended it', async () => {
    server.become({ status: 404 });
    const id = await begin();
    await client.waitFor(id, isFailed);
    server.become({ content });
    const again = await client.post<ImportReply>(`/api/videos/${id}/import/retry`, undefined, 202);
    expect(again.video.state).toBe('uploading');
    await arrives(id);
    await client.post(`/api/videos/${id}/import/retry`, undefined, 409);
  });
});

describe('redirects', () => {
  const redirect = (to: string, status = 302): Habits => ({
    answer(request, response) {
      if (request.url !== '/go') return false;
      response.writeHead(status, { Location: to }).end();
      return true;
    },
    content,
  });

  it.each([301, 302, 303, 307, 308])('of %i are followed, and the last one names the file', async (status) => {
    server.become(redirect('/films/The%20end.mp4', status));
    expect((await arrives(await begin('/go'))).video.filename).toBe('The end.mp4');
  });

  it('do not carry a password to another server', async () => {
    const elsewhere = await startFileServer({ content });
    server.become(redirect(`${elsewhere.url}/film.mp4`));
    const { host } = new URL(server.url);
    const url = `http://ada:secret@${host}/go`;
    const id = (await client.post<ImportReply>('/api/videos/import', { url }, 202)).video.id;
    await arrives(id);
    expect(server.requests[0]!.authorization).toMatch(/^Basic /);
    expect(elsewhere.requests).toMatchObject([{ path: '/film.mp4', authorization: null }]);
    await elsewhere.close();
  });

  it.each([
    ['in a circle', '/go', /from one redirect to the next/],
    ['to a file of the server', 'file:///etc/passwd', /redirects to file:/],
    ['to the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/', /does not fetch from/],
    ['to another address of the loopback', 'http://127.0.0.2:1/x', /does not fetch from/],
    ['to the loopback by IPv6', 'http://[::1]:1/x', /does not fetch from/],
    ['to the loopback in disguise', 'http://0x7f.0.0.3/x', /does not fetch from/],
    ['to a router', 'http://192.168.0.1/x', /does not fetch from/],
    ['to a private address mapped into IPv6', 'http://[::ffff:10.0.0.1]/x', /does not fetch from/],
  ])('%s are refused', async (_name, to, sentence) => {
    expect(await fails(redirect(to), '/go')).toMatch(sentence);
  });
});

describe('where links may lead', () => {
  it.each([
    'http://127.0.0.2/a.mp4',
    'http://localhost.localdomain/a.mp4',
    'http://[::]/a.mp4',
    'http://[::ffff:127.0.0.5]/a.mp4',
    'http://2130706434/a.mp4',
    'http://0/a.mp4',
    'http://100.64.0.1/a.mp4',
    'http://[64:ff9b::7f00:2]/a.mp4',
  ])('%s is not fetched', async (url) => {
    const { video } = await client.post<ImportReply>('/api/videos/import', { url }, 202);
    expect((await client.waitFor(video.id, isFailed)).video.failure).toMatch(/does not fetch from|no server called/);
  });

  it.each([
    '',
    'holiday.mp4',
    'ftp://example.org/a.mp4',
    'file:///etc/passwd',
    'data:video/mp4;base64,AAAA',
    'http://',
  ])('"%s" is no link', async (url) => {
    const { response, text } = await client.raw('POST', '/api/videos/import', {
      body: JSON.stringify({ url }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(422);
    expect(JSON.parse(text).errors).toMatchObject([{ field: 'url' }]);
  });
});

describe('deleting', () => {
  it('stops the fetching at once; bringing it back goes on', async () => {
    server.become({ content, bytesPerSecond: content.length / 6 });
    const id = await begin();
    await untilImport(id, ({ receivedBytes }) => receivedBytes > 0);
    await client.send('DELETE', `/api/videos/${id}`, undefined, 204);
    await new Promise((done) => setTimeout(done, 300));
    const sent = server.sentBytes();
    await new Promise((done) => setTimeout(done, 500));
    expect(server.sentBytes()).toBe(sent);
    const half = statSync(join(kinora.folder, 'data/uploads', id)).size;
    expect(half).toBeLessThan(content.length);
    server.become({ content });
    await client.post(`/api/videos/${id}/restore`);
    await arrives(id);
    expect(server.requests.at(-1)).toMatchObject({ range: `bytes=${half}-` });
  });
});

describe('an admin', () => {
  it('may switch it off, and decides who may upload', async () => {
    const admin = await kinora.admin();
    await admin.send('PATCH', '/api/settings', { changes: { 'imports.enabled': false } });
    await client.post('/api/videos/import', { url: server.url }, 403);
    expect(await client.get('/api/instance')).toMatchObject({ importsEnabled: false });
    await admin.send('PATCH', '/api/settings', {
      changes: { 'imports.enabled': null, 'accounts.membersMayUpload': false },
    });
    await client.post('/api/videos/import', { url: server.url }, 403);
    await admin.send('PATCH', '/api/settings', { changes: { 'accounts.membersMayUpload': null } });
    const { response } = await admin.raw('PATCH', '/api/settings', {
      body: JSON.stringify({ changes: { 'imports.allowNetworks': ['0.0.0.0/0'] } }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
  });

  it('may cancel a job, and try it again, also for somebody else', async () => {
    const admin = await kinora.admin();
    server.become({ content, bytesPerSecond: content.length / 6 });
    const id = await begin();
    await untilImport(id, ({ receivedBytes }) => receivedBytes > 0);
    const { items } = await admin.get<{ items: { id: string }[] }>('/api/jobs?lane=import&state=running');
    await admin.post(`/api/jobs/${items[0]!.id}/cancel`);
    expect((await client.waitFor(id, isFailed)).video.failure).toMatch(/cancelled/);
    server.become({ content });
    await admin.post(`/api/jobs/${items[0]!.id}/retry`);
    await arrives(id);
  });
});
