import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/client.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Bodies of requests that are too large, of another kind, or not what was asked for: each hears what to send instead. */

let kinora: TestApp;
let nobody: TestClient;
let member: TestClient;

beforeAll(async () => {
  kinora = await createTestApp();
  nobody = kinora.client();
  member = await kinora.member();
});
afterAll(() => kinora?.close());

const JSON_TYPE = { 'Content-Type': 'application/json' };

interface Told {
  status: number;
  type: string;
  detail: string;
  errors?: { field: string; message: string }[];
}

async function told(client: TestClient, method: string, path: string, init: RequestInit): Promise<Told> {
  const { response, text } = await client.raw(method, path, init);
  expect(response.headers.get('content-type'), text).toMatch(/^application\/problem\+json/);
  return JSON.parse(text);
}

/** A body in chunks, whose length nobody says beforehand. */
function inChunks(text: string, times: number): RequestInit {
  const chunk = Buffer.from(text);
  let left = times;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
  return { body, duplex: 'half', headers: JSON_TYPE } as RequestInit;
}

describe('JSON', () => {
  it('of a size that nobody needs is refused before it fills the memory, whoever sends it', async () => {
    const large = JSON.stringify({ login: 'a'.repeat(3_000_000), password: 'x' });
    const whole = await told(nobody, 'POST', '/api/auth/login', { body: large, headers: JSON_TYPE });
    expect(whole).toMatchObject({ status: 413, type: 'body-too-large', detail: expect.stringMatching(/1 MiB/) });
    const parts = await told(nobody, 'POST', '/api/auth/login', inChunks(' '.repeat(65_536), 60));
    expect(parts).toMatchObject({ status: 413, type: 'body-too-large' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'sent as %s is not taken: other websites could send it so without asking',
    async (type) => {
      const body = '{"login":"a","password":"b"}';
      const reply = await told(nobody, 'POST', '/api/auth/login', { body, headers: { 'Content-Type': type } });
      expect(reply).toMatchObject({ status: 415, type: 'not-json' });
      expect(reply.detail).toContain('Content-Type: application/json');
    },
  );

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
    'sent as %s is taken',
    async (type) => {
      const body = '\ufeff{"login":"nobody","password":"b"}';
      const reply = await told(nobody, 'POST', '/api/auth/login', { body, headers: { 'Content-Type': type } });
      expect(reply.status).toBe(401);
    },
  );

  it.each(['', '{', '[1', 'NaN', '{"a":1}}', '\u0000'])('that is none is told so: %j', async (body) => {
    expect(await told(nobody, 'POST', '/api/auth/login', { body, headers: JSON_TYPE })).toMatchObject({
      status: 422,
      detail: 'The request body is not valid JSON.',
    });
  });

  it.each([
    ['[]', 'The request must be an object.'],
    ['null', 'The request must be an object.'],
    ['{}', 'login is missing.'],
    ['{"login":5}', 'login must be text.'],
    [`{"login":"${'a'.repeat(255)}"}`, 'login must have at most 254 characters.'],
  ])('of another shape is told what is wrong: %s', async (body, detail) => {
    expect(await told(nobody, 'POST', '/api/auth/login', { body, headers: JSON_TYPE })).toMatchObject({ detail });
  });

  it.each([
    ['{"filename":"a","sizeBytes":-1}', 'sizeBytes must be at least 0.'],
    ['{"filename":"a","sizeBytes":1.5}', 'sizeBytes must be a whole number.'],
    ['{"filename":"a","sizeBytes":"5"}', 'sizeBytes must be a number.'],
    ['{"filename":"a","sizeBytes":1e999}', 'sizeBytes must be a number.'],
    [
      '{"filename":"a","sizeBytes":1,"visibility":"all"}',
      'visibility must be one of public, unlisted, internal, private.',
    ],
  ])('says so of numbers and choices, too: %s', async (body, detail) => {
    expect(await told(member, 'POST', '/api/videos/init', { body, headers: JSON_TYPE })).toMatchObject({ detail });
  });

  it('nested a hundred thousand deep, or with keys twice, or of prototypes, harms nobody', async () => {
    for (const body of [
      `{"login":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"login":"a","login":"b","password":"c"}',
      '{"__proto__":{"login":"a"},"constructor":{"prototype":{"login":"a"}}}',
    ]) {
      expect((await told(nobody, 'POST', '/api/auth/login', { body, headers: JSON_TYPE })).status).toBeLessThan(500);
    }
    expect(({} as { login?: string }).login).toBeUndefined();
  });
});

describe('a request without a body', () => {
  it('hears what is missing', async () => {
    expect(await told(nobody, 'POST', '/api/auth/login', {})).toMatchObject({ detail: 'login is missing.' });
  });
});
