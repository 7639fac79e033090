import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiskWire } from '../../src/features/instance/api.ts';
import type { LiveMessage } from '../../src/features/live/api.ts';
import { isPlayable, isReady, type TestClient, tusPart } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

let kinora: TestApp;
let client: TestClient;
let content: Buffer;

const TUS = { 'Tus-Resumable': '1.0.0' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
interface Begun {
  video: { id: string; state: string };
  upload: { protocol: string; url: string };
}

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [240] } });
  client = await kinora.member();
  content = readFileSync(await makeClip({ seconds: 4, size: '320x180' }));
});
afterAll(() => kinora?.close());

const begin = (sizeBytes = content.length) =>
  client.post<Begun>('/api/videos/init', { filename: 'a film.mp4', sizeBytes }, 201);
const offsetOf = async (url: string) =>
  Number((await client.raw('HEAD', url, { headers: TUS })).response.headers.get('upload-offset'));

describe('the tus protocol', () => {
  it('says what it can', async () => {
    const { response } = await client.raw('OPTIONS', '/api/uploads');
    expect(response.status).toBe(204);
    expect(response.headers.get('tus-max-size')).toBe('50000000000');
    const extensions = response.headers.get('tus-extension')!.split(',');
    expect(extensions).toEqual(
      expect.arrayContaining(['creation', 'creation-with-upload', 'expiration', 'termination', 'checksum']),
    );
    expect(response.headers.get('tus-checksum-algorithm')).toContain('sha1');
    const { maxSizeGb } = kinora.app.config.uploads;
    expect(response.headers.get('tus-max-size')).toBe(String(maxSizeGb * 1e9));
  });

  it('begins at nothing, takes parts in order, and ends as a video', async () => {
    const { video, upload } = await begin();
    expect(video.state).toBe('uploading');
    expect(upload.protocol).toBe('tus');
    expect(await offsetOf(upload.url)).toBe(0);
    const half = content.length >> 1;
    const first = await client.raw('PATCH', upload.url, tusPart(content.subarray(0, half), 0));
    expect(first.response.status).toBe(204);
    expect(first.response.headers.get('upload-offset')).toBe(String(half));
    expect(first.response.headers.get('upload-expires')).toMatch(/GMT$/);
    expect((await client.raw('PATCH', upload.url, tusPart(content.subarray(half), 0))).response.status).toBe(409);
    const early = await client.raw('POST', `/api/videos/${video.id}/complete`);
    expect(early.response.status).toBe(409);
    expect(early.text).toContain(`${content.length - half} of ${content.length} bytes`);
    expect((await client.raw('PATCH', upload.url, tusPart(content.subarray(half), half))).response.status).toBe(204);
    // The tus finish did what `complete` does; saying it again, twice, changes nothing.
    await client.post(`/api/videos/${video.id}/complete`, undefined, 202);
    await client.post(`/api/videos/${video.id}/complete`, undefined, 202);
    await client.waitFor(video.id, isReady);
    // Whoever lost the last answer asks again, and reads that all is there.
    expect(await offsetOf(upload.url)).toBe(content.length);
  });

  it('answers a creation POST to the upload itself, with or without bytes', async () => {
    const { video, upload } = await begin();
    const headers = { ...TUS, 'Upload-Length': String(content.length) };
    const created = await client.raw('POST', upload.url, { headers });
    expect(created.response.status).toBe(201);
    expect(created.response.headers.get('location')).toBe(upload.url);
    const half = content.length >> 1;
    const with_ = await client.raw('POST', upload.url, {
      headers: { ...headers, 'Content-Type': 'application/offset+octet-stream' },
      body: content.subarray(0, half) as Uint8Array<ArrayBuffer>,
    });
    expect(with_.response.status).toBe(201);
    expect(with_.response.headers.get('upload-offset')).toBe(String(half));
    expect((await client.raw('PATCH', upload.url, tusPart(content.subarray(half), half))).response.status).toBe(204);
    await client.waitFor(video.id, isPlayable);
  });

  it('creates at the collection too, with the name from the metadata', async () => {
    const metadata = `filename ${Buffer.from('From tus.mp4').toString('base64')}`;
    const { response } = await client.raw('POST', '/api/uploads', {
      headers: { ...TUS, 'Upload-Length': '5', 'Upload-Metadata': metadata },
    });
    expect(response.status).toBe(201);
    const id = response.headers.get('location')!.split('/').at(-1);
    expect((await client.get<{ video: { title: string } }>(`/api/videos/${id}`)).video.title).toBe('From tus');
  });

  it('refuses a damaged part and keeps what it had', async () => {
    const { upload } = await begin();
    const part = content.subarray(0, 1000);
    const checksum = (bytes: Uint8Array) => `sha1 ${createHash('sha1').update(bytes).digest('base64')}`;
    const wrong = { 'Upload-Checksum': checksum(content.subarray(1, 1001)) };
    expect((await client.raw('PATCH', upload.url, tusPart(part, 0, wrong))).response.status).toBe(460);
    expect(await offsetOf(upload.url)).toBe(0);
    const right = { 'Upload-Checksum': checksum(part) };
    expect((await client.raw('PATCH', upload.url, tusPart(part, 0, right))).response.status).toBe(204);
    expect(await offsetOf(upload.url)).toBe(1000);
    const unknown = { 'Upload-Checksum': 'crc32 AAAA' };
    expect((await client.raw('PATCH', upload.url, tusPart(part, 1000, unknown))).response.status).toBe(400);
  });

  it('keeps what arrived of a part whose connection broke', async () => {
    const { video, upload } = await begin();
    const sent = 100_000;
    await new Promise<void>((resolve) => {
      const { headers } = tusPart(content, 0) as { headers: Record<string, string> };
      const connection = request(new URL(upload.url, kinora.url), {
        method: 'PATCH',
        headers: { ...headers, Authorization: `Bearer ${client.token}`, 'Content-Length': content.length },
      });
      connection.on('error', () => resolve());
      connection.write(content.subarray(0, sent));
      setTimeout(() => connection.destroy(), 300);
    });
    await expect.poll(() => offsetOf(upload.url), { timeout: 5000 }).toBe(sent);
    const rest = await client.raw('PATCH', upload.url, tusPart(content.subarray(sent), sent));
    expect(rest.response.status).toBe(204);
    await client.waitFor(video.id, isPlayable);
  });

  it('ends an upload on DELETE', async () => {
    const { video, upload } = await begin();
    expect((await client.raw('DELETE', upload.url, { headers: TUS })).response.status).toBe(204);
    expect((await client.raw('HEAD', upload.url, { headers: TUS })).response.status).toBe(404);
    expect((await client.raw('GET', `/api/videos/${video.id}`)).response.status).toBe(404);
  });

  it('begins anew when it is brought back after that', async () => {
    const { video, upload } = await begin(10);
    await client.raw('PATCH', upload.url, tusPart(content.subarray(0, 5), 0));
    expect((await client.raw('DELETE', upload.url, { headers: TUS })).response.status).toBe(204);
    await client.post(`/api/videos/${video.id}/restore`, undefined, 200);
    expect(await offsetOf(upload.url)).toBe(0);
    expect((await client.raw('PATCH', upload.url, tusPart(content.subarray(0, 10), 0))).response.status).toBe(204);
    expect((await client.get<{ video: { state: string } }>(`/api/videos/${video.id}`)).video.state).not.toBe(
      'uploading',
    );
  });

  it('puts no more aside for a checksum than the upload lacks', async () => {
    const { upload } = await begin(10);
    const checksum = (bytes: Buffer) => ({
      'Upload-Checksum': `sha1 ${createHash('sha1').update(bytes).digest('base64')}`,
    });
    const long = content.subarray(0, 20);
    expect((await client.raw('PATCH', upload.url, tusPart(long, 0, checksum(long)))).response.status).toBe(413);
    const elsewhere = await client.raw('PATCH', upload.url, tusPart(content.subarray(5, 10), 5, checksum(long)));
    expect(elsewhere.response.status).toBe(409);
    expect(JSON.parse(elsewhere.text).detail).toContain('HEAD');
    expect(await offsetOf(upload.url)).toBe(0);
    expect(readdirSync(kinora.app.dataDir.tmpPath).filter((name) => name.startsWith('part-'))).toEqual([]);
  });

  it('of two clients that send the same part one goes on, and nothing is mixed', async () => {
    const size = 3_000_000;
    const { upload } = await begin(size);
    const replies = await Promise.all(
      [1, 2].map((value) => client.raw('PATCH', upload.url, tusPart(Buffer.alloc(size, value), 0))),
    );
    expect(replies.map(({ response }) => response.status).sort()).toEqual([204, 409]);
  });

  it.each([
    ['a name of 2,000 characters', `filename ${base64('x'.repeat(2000))}`, 422],
    ['a title of 500', `filename ${base64('a')},title ${base64('t'.repeat(500))}`, 422],
    ['an empty name', 'filename', 201],
    ['a title of spaces', `filename ${base64('a')},title ${base64('   ')}`, 201],
    ['no base64 at all', 'filename %%%%', 201],
    ['bytes that are no UTF-8', `filename ${Buffer.from([0xff, 0xfe, 0]).toString('base64')}`, 201],
  ])('metadata with %s', async (_what, metadata, status) => {
    const headers = { ...TUS, 'Upload-Length': '10', 'Upload-Metadata': metadata };
    const { response, text } = await client.raw('POST', '/api/uploads', { headers });
    expect(response.status, text).toBe(status);
  });

  it('says what it speaks to who speaks something else', async () => {
    const { upload } = await begin(10);
    const { response, text } = await client.raw('PATCH', upload.url, { headers: { 'Upload-Offset': '0' } });
    expect([response.status, response.headers.get('tus-version')]).toEqual([412, '1.0.0']);
    expect(JSON.parse(text).detail).toContain('Tus-Resumable: 1.0.0');
  });

  it('refuses more bytes than were announced', async () => {
    const { upload } = await begin(10);
    expect((await client.raw('PATCH', upload.url, tusPart(content.subarray(0, 20), 0))).response.status).toBe(413);
    expect(await offsetOf(upload.url)).toBe(0);
  });
});

describe('beginning', () => {
  it.each([
    [{ filename: '', sizeBytes: 1 }, 422, 'filename'],
    [{ filename: 'a.mp4', sizeBytes: -1 }, 422, 'sizeBytes'],
    [{ filename: 'a.mp4', sizeBytes: 1.5 }, 422, 'sizeBytes'],
    [{ filename: 'a.mp4', sizeBytes: 1, visibility: 'secret' }, 422, 'visibility'],
    [{ filename: 'a.mp4', sizeBytes: 60e9 }, 413, 'sizeBytes'],
  ])('%j answers %i about %s', async (body, status, field) => {
    const { response, text } = await client.raw('POST', '/api/videos/init', {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(status);
    expect(JSON.parse(text).errors[0].field).toBe(field);
  });

  it('keeps room for what others have announced and not sent yet, while they go on', async () => {
    const crowded = await createTestApp({ uploads: { maxSizeGb: 1_000_000 } });
    try {
      const { space } = await (await crowded.admin()).get<DiskWire>('/api/instance/disk');
      const most = Math.floor((space!.freeBytes - space!.keepFreeBytes) * 0.6);
      const [ada, ben] = [await crowded.member('ada'), await crowded.member('ben')];
      const announce = async (who: TestClient, sizeBytes: number) => {
        const { response, text } = await who.raw('POST', '/api/videos/init', {
          body: JSON.stringify({ filename: 'a.mp4', sizeBytes }),
          headers: { 'Content-Type': 'application/json' },
        });
        return { status: response.status, reply: JSON.parse(text) as Begun & { detail: string } };
      };
      const both = await Promise.all([announce(ada, most), announce(ben, most)]);
      expect(both.map(({ status }) => status).sort()).toEqual([201, 507]);
      const refused = both.find(({ status }) => status === 507)!.reply;
      expect(refused.detail).toMatch(/beside the uploads that are under way/);
      const [winner, loser] = both[0]!.status === 201 ? [ada, ben] : [ben, ada];
      const { upload } = both.find(({ status }) => status === 201)!.reply;
      expect((await announce(loser, Math.floor(most / 4))).status).toBe(201);
      expect((await announce(loser, most)).status).toBe(507);
      // Who has given up makes room, and who says nothing for a day as well.
      expect((await winner.raw('DELETE', upload.url, { headers: TUS })).response.status).toBe(204);
      expect((await announce(loser, most)).status).toBe(201);
      expect((await announce(winner, most)).status).toBe(507);
      crowded.travel(25 * 3_600_000);
      expect((await announce(winner, most)).status).toBe(201);
    } finally {
      await crowded.close();
    }
  });

  it('refuses a body that is no JSON', async () => {
    const { response } = await client.raw('POST', '/api/videos/init', {
      body: '{',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(422);
  });
});

describe('the WebSocket', () => {
  it('tells the owner what happens, and nobody else', async () => {
    const mine = listen(client.token!);
    const other = listen((await kinora.member('somebody')).token!);
    await Promise.all([mine.opened, other.opened]);
    const { video, upload } = await begin();
    await client.raw('PATCH', upload.url, tusPart(content, 0));
    await client.waitFor(video.id, isReady);
    const types = () => mine.messages.map(({ type }) => type);
    await expect
      .poll(types, { timeout: 5000 })
      .toEqual(expect.arrayContaining(['video.added', 'video.probed', 'video.playable', 'video.ready']));
    expect(types().indexOf('video.playable')).toBeLessThan(types().indexOf('video.ready'));
    expect(other.messages).toEqual([]);
    mine.close();
    other.close();
  });

  it('is for the signed-in, and not for other websites', async () => {
    for (const headers of [{}, { Authorization: `Bearer ${client.token}`, Origin: 'https://evil.example' }]) {
      expect(await upgradeStatus(headers as Record<string, string>)).toBeGreaterThanOrEqual(400);
    }
  });
});

function listen(token: string) {
  const messages: LiveMessage[] = [];
  const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
    headers: { Authorization: `Bearer ${token}` },
  } as never);
  socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data))));
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the socket was refused')));
  });
  return { messages, opened, close: () => socket.close() };
}

function upgradeStatus(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const attempt = request(new URL('/ws/uploads/', kinora.url), { headers: { ...upgrade, ...headers } });
    attempt.on('response', ({ statusCode }) => resolve(statusCode!));
    attempt.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    attempt.on('error', () => resolve(599));
    attempt.end();
  });
}
