import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserWire } from '../../src/features/accounts/api.ts';
import type { InstanceWire } from '../../src/features/instance/api.ts';
import { MAIN, startKinora } from '../support/process.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

interface SignedIn {
  user: UserWire;
  token: string;
}

describe('the first run', () => {
  let kinora: TestApp;
  beforeAll(async () => {
    kinora = await createTestApp();
  });
  afterAll(() => kinora?.close());

  it('lets members register before there is an admin, and makes none of them one', async () => {
    const { user } = await kinora.client().post<SignedIn>('/api/auth/register', person('early'), 201);
    expect(user.role).toBe('member');
    expect((await kinora.client().get<InstanceWire>('/api/instance')).needsSetup).toBe(true);
  });

  it('takes the setup link once', async () => {
    const nobody = kinora.client();
    const wrong = await nobody.raw('POST', '/api/setup', json({ ...person('admin'), token: 'guess' }));
    expect(wrong.response.status).toBe(403);
    const { user, token } = await nobody.post<SignedIn>(
      '/api/setup',
      { ...person('admin'), token: kinora.setupToken },
      201,
    );
    expect(user).toMatchObject({ username: 'admin', role: 'admin' });
    const again = await nobody.raw('POST', '/api/setup', json({ ...person('second'), token: kinora.setupToken }));
    expect(again.response.status).toBe(409);
    expect((await kinora.client(token).get<{ user: UserWire }>('/api/me')).user.id).toBe(user.id);
    expect((await nobody.get<InstanceWire>('/api/instance')).needsSetup).toBe(false);
  });

  it('two at the same time make one admin', async () => {
    const other = await createTestApp();
    try {
      const attempts = ['one', 'two'].map((name) =>
        other.client().raw('POST', '/api/setup', json({ ...person(name), token: other.setupToken })),
      );
      const statuses = (await Promise.all(attempts)).map(({ response }) => response.status);
      expect(statuses.sort()).toEqual([201, 409]);
    } finally {
      await other.close();
    }
  });
});

describe('accounts', () => {
  let kinora: TestApp;
  beforeAll(async () => {
    kinora = await createTestApp();
  });
  afterAll(() => kinora?.close());

  it('can be signed into by name or address, in any case, and left', async () => {
    await kinora.client().post('/api/auth/register', person('Grace'), 201);
    for (const login of ['grace', 'GRACE', 'Grace@Example.org']) {
      const { token } = await kinora
        .client()
        .post<SignedIn>('/api/auth/login', { login, password: person('x').password }, 200);
      const client = kinora.client(token);
      await client.get('/api/me', 200);
      await client.post('/api/auth/logout', undefined, 204);
      await client.get('/api/me', 401);
    }
  });

  it('works by cookie as by token', async () => {
    const { response } = await kinora.client().raw('POST', '/api/auth/register', json(person('cookie')));
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
    const me = await kinora.client().raw('GET', '/api/me', { headers: { Cookie: cookie } });
    expect(me.response.status).toBe(200);
  });

  it.each([
    [{ ...person('taken') }, 409, 'username'],
    [{ ...person('other'), email: 'TAKEN@example.org' }, 409, 'email'],
    [{ ...person('has space') }, 422, 'username'],
    [{ ...person('-dash') }, 422, 'username'],
    [{ ...person('fine'), email: 'nothing' }, 422, 'email'],
    [{ ...person('fine'), password: 'short' }, 422, 'password'],
    [{ ...person('x'.repeat(41)) }, 422, 'username'],
  ])('refuses %j with %i about %s', async (body, status, field) => {
    await kinora.client().raw('POST', '/api/auth/register', json(person('taken')));
    const { response, text } = await kinora.client().raw('POST', '/api/auth/register', json(body));
    expect(response.status).toBe(status);
    expect(JSON.parse(text).errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('are not made where registration is closed', async () => {
    const closed = await createTestApp({ accounts: { registration: 'closed' } });
    try {
      const { response, text } = await closed.client().raw('POST', '/api/auth/register', json(person('hopeful')));
      expect(response.status).toBe(403);
      expect(JSON.parse(text).type).toBe('registration-closed');
    } finally {
      await closed.close();
    }
  });

  it('of members do not upload where the configuration says so', async () => {
    const strict = await createTestApp({ accounts: { membersMayUpload: false } });
    try {
      const member = await strict.member();
      const body = { filename: 'a.mp4', sizeBytes: 1 };
      expect((await member.raw('POST', '/api/videos/init', json(body))).response.status).toBe(403);
      await (await strict.admin()).post('/api/videos/init', body, 201);
    } finally {
      await strict.close();
    }
  });
});

describe('kinora user add', () => {
  it('makes an admin without a browser, while the server runs and before it ever did', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kinora-user-'));
    try {
      expect(await addUser(folder, ['root', '--admin'], 'a long password')).toMatchObject({ code: 0 });
      const kinora = await startKinora(folder);
      try {
        expect(kinora.output()).not.toContain('setup?token');
        expect(await addUser(folder, ['second'], 'a long password')).toMatchObject({ code: 0 });
        expect((await addUser(folder, ['root'], 'a long password')).output).toMatch(/already has an account/);
        expect((await addUser(folder, ['third'], 'short')).output).toMatch(/at least 8 characters/);
        for (const [login, role] of [
          ['root', 'admin'],
          ['second', 'member'],
        ]) {
          const answer = await fetch(`${kinora.url}/api/auth/login`, {
            method: 'POST',
            ...json({ login, password: 'a long password' }),
          });
          expect((await answer.json()) as SignedIn).toMatchObject({ user: { role } });
        }
      } finally {
        expect(await kinora.end('SIGTERM')).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

async function addUser(
  folder: string,
  argv: string[],
  password: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN, 'user', 'add', ...argv, '--data', folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(`${password}\n`);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

function json(body: object): RequestInit {
  return { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}
