import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlayable, type TestClient, tusPart } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

let kinora: TestApp;
let admin: TestClient;
let owner: TestClient;
let other: TestClient;
let clip: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [240] } });
  admin = await kinora.admin();
  owner = await kinora.member('owner');
  other = await kinora.member('other');
  clip = await makeClip({ seconds: 4, size: '320x180' });
});
afterAll(() => kinora?.close());

interface Operation {
  'x-permission'?: string;
}

async function operations(): Promise<{ method: string; path: string; permission: string | undefined }[]> {
  const document = await kinora.client().get<{ paths: Record<string, Record<string, Operation>> }>('/api/openapi.json');
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      permission: operation['x-permission'],
    })),
  );
}

const concrete = (path: string) => path.replaceAll(/\{[^}]+\}/g, 'Aaaa1111Bbbb22');

describe('walking the OpenAPI document', () => {
  it('finds a declared permission on every operation', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter(({ permission }) => !permission)).toEqual([]);
  });

  it('refuses nobody in particular wherever one must be signed in', async () => {
    for (const { method, path, permission } of await operations()) {
      if (permission === 'anyone') continue;
      const { response } = await kinora.client().raw(method, concrete(path), bodyFor(method));
      expect(response.status, `${method} ${path}`).toBe(401);
    }
  });

  it('refuses members wherever one must be an admin', async () => {
    const forAdmins = (await operations()).filter(({ permission }) => permission === 'admin');
    expect(forAdmins.length).toBeGreaterThan(5);
    for (const { method, path } of forAdmins) {
      const { response } = await other.raw(method, concrete(path), bodyFor(method));
      expect(response.status, `${method} ${path}`).toBe(403);
    }
  });

  it('never answers with a server error, whoever asks for things that do not exist', async () => {
    for (const { method, path } of await operations()) {
      if (path === '/api/auth/logout') continue;
      for (const client of [kinora.client(), other, admin]) {
        const { response, text } = await client.raw(method, concrete(path), bodyFor(method));
        expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(500);
      }
    }
  });
});

function bodyFor(method: string): RequestInit {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return {};
  return { body: '{}', headers: { 'Content-Type': 'application/json' } };
}

describe('a private video', () => {
  let id: string;
  let hls: string;

  beforeAll(async () => {
    id = await owner.upload(clip);
    hls = (await owner.waitFor(id, isPlayable)).playback!.hls;
  });

  it('does not exist for others, in any way', async () => {
    for (const client of [kinora.client(), other]) {
      expect((await client.raw('GET', `/api/videos/${id}`)).response.status).toBe(404);
      expect((await client.raw('GET', `/api/videos/${id}/playlist.m3u8`)).response.status).toBe(404);
      expect((await client.raw('GET', `/media/${id}/master.m3u8`)).response.status).toBe(404);
    }
    for (const [method, path, body] of [
      ['PATCH', `/api/videos/${id}`, '{"title":"mine now"}'],
      ['DELETE', `/api/videos/${id}`, undefined],
      ['POST', `/api/videos/${id}/complete`, undefined],
      ['PUT', `/api/videos/${id}/progress`, '{"positionMs":1}'],
    ] as const) {
      const init = body ? { body, headers: { 'Content-Type': 'application/json' } } : {};
      expect((await other.raw(method, path, init)).response.status, `${method} ${path}`).toBe(404);
    }
    expect((await other.get<{ items: unknown[] }>('/api/videos')).items).toEqual([]);
  });

  it('plays by its signed links, and by no altered ones', async () => {
    expect((await kinora.client().raw('GET', hls)).response.status).toBe(200);
    const token = /~[^/]+/.exec(hls)![0];
    const broken = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const elsewhere = await owner.upload(clip);
    for (const url of [
      hls.replace(token, broken),
      hls.replace(id, elsewhere),
      hls.replace(token, '~x'),
      hls.replace(`${token}/`, ''),
    ]) {
      expect((await kinora.client().raw('GET', url)).response.status, url).toBe(404);
    }
  });

  it('stops playing for others when it stops being shared', async () => {
    await owner.send('PATCH', `/api/videos/${id}`, { visibility: 'internal' });
    const theirs = (await other.waitFor(id, isPlayable)).playback!.hls;
    expect((await kinora.client().raw('GET', theirs)).response.status).toBe(200);
    await owner.send('PATCH', `/api/videos/${id}`, { visibility: 'private' });
    expect((await kinora.client().raw('GET', theirs)).response.status).toBe(404);
  });
});

describe("another user's upload", () => {
  it('can be neither seen, nor added to, nor ended', async () => {
    const { upload } = await owner.post<{ upload: { url: string } }>(
      '/api/videos/init',
      { filename: 'a.mp4', sizeBytes: 10 },
      201,
    );
    const tus = { 'Tus-Resumable': '1.0.0' };
    for (const client of [other, admin]) {
      expect((await client.raw('HEAD', upload.url, { headers: tus })).response.status).toBe(404);
      expect((await client.raw('PATCH', upload.url, tusPart(Buffer.from('01234'), 0))).response.status).toBe(404);
      expect((await client.raw('DELETE', upload.url, { headers: tus })).response.status).toBe(404);
    }
    const { response } = await owner.raw('HEAD', upload.url, { headers: tus });
    expect(response.headers.get('upload-offset')).toBe('0');
  });
});

describe('requests from other websites', () => {
  const attempt = (headers: Record<string, string>) =>
    owner.raw('POST', '/api/videos/init', {
      body: JSON.stringify({ filename: 'a.mp4', sizeBytes: 1 }),
      headers: { 'Content-Type': 'application/json', ...headers },
    });

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('are refused: %o', async (headers) => {
    expect((await attempt(headers as unknown as Record<string, string>)).response.status).toBe(403);
  });

  it('are told from our own', async () => {
    expect((await attempt({ Origin: kinora.url })).response.status).toBe(201);
    expect((await attempt({ 'Sec-Fetch-Site': 'same-origin', Origin: kinora.url })).response.status).toBe(201);
  });
});

describe('paths with tricks', () => {
  it.each([
    '/..%2f..%2fetc%2fpasswd',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/%00.js',
    '/media/..%2f..%2fkinora.db/master.m3u8',
    '/api/videos/..%2f..%2fjobs',
    '/api/uploads/..%2fkinora.db',
    '/%E0%A4%A',
    '/api/docs/constructor',
    '/api/docs/__proto__',
  ])('lead nowhere: %s', async (path) => {
    const { response, text } = await owner.raw('GET', path, { headers: { 'Tus-Resumable': '1.0.0' } });
    expect(response.status).not.toBe(500);
    expect(text).not.toContain('"dependencies"');
    expect(text).not.toContain('root:');
    expect(text).not.toContain('SQLite format');
  });
});

describe('sign-in', () => {
  it('answers alike for a wrong password and for nobody', async () => {
    const wrong = await kinora
      .client()
      .raw('POST', '/api/auth/login', json({ login: 'owner', password: 'not it at all' }));
    const nobody = await kinora
      .client()
      .raw('POST', '/api/auth/login', json({ login: 'nobody', password: 'not it at all' }));
    const strip = (text: string) => ({ ...JSON.parse(text), instance: '' });
    expect(wrong.response.status).toBe(401);
    expect(nobody.response.status).toBe(401);
    expect(strip(wrong.text)).toEqual(strip(nobody.text));
  });

  it('slows guessing down, and lets others in meanwhile', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 14 }, () =>
        kinora.client().raw('POST', '/api/auth/login', json({ login: 'other', password: 'a guess' })),
      ),
    );
    const refused = guesses.filter(({ response }) => response.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    expect(Number(refused[0]!.response.headers.get('retry-after'))).toBeGreaterThan(0);
    const { response } = await kinora
      .client()
      .raw('POST', '/api/auth/login', json({ login: 'owner', password: 'correct horse battery' }));
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toMatch(/kinora_session=.+HttpOnly.+SameSite=Lax/);
  });

  it('never keeps a password or a token in the open', () => {
    const bytes = readFileSync(kinora.app.dataDir.databasePath).toString('latin1');
    expect(bytes).not.toContain('correct horse battery');
    expect(bytes).not.toContain(owner.token);
  });
});

function json(body: object): RequestInit {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
