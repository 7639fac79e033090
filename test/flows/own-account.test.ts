import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { OwnSessionWire } from '../../src/features/accounts/me.api.ts';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** One's own account: name, password, devices; and what ends when a session does. */

const PASSWORD = person('x').password;
const json = (body: object) => ({ body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

let kinora: TestApp;
let admin: TestClient;
let grace: TestClient;
beforeAll(async () => {
  kinora = await createTestApp();
  admin = await kinora.admin();
  grace = await kinora.member('grace');
});
afterAll(() => kinora?.close());

async function signIn(login = 'grace', password = PASSWORD, userAgent = 'node'): Promise<TestClient> {
  const init = json({ login, password });
  const { response, text } = await kinora
    .client()
    .raw('POST', '/api/auth/login', { ...init, headers: { ...init.headers, 'User-Agent': userAgent } });
  if (!response.ok) throw new Error(text);
  return kinora.client((JSON.parse(text) as { token: string }).token);
}
const devices = async (client: TestClient) => (await client.get<{ items: OwnSessionWire[] }>('/api/me/sessions')).items;
const isIn = async (client: TestClient) => (await client.raw('GET', '/api/me')).response.status === 200;

describe('name and address', () => {
  it('are changed with the password, and are then what one signs in with', async () => {
    const body = { username: 'gracie', email: 'gracie@example.org' };
    const { response, text } = await grace.raw('PATCH', '/api/me', json({ ...body, currentPassword: 'not it' }));
    expect(response.status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ type: 'wrong-password', errors: [{ field: 'currentPassword' }] });
    await grace.send('PATCH', '/api/me', { ...body, currentPassword: PASSWORD }, 200);
    expect(await isIn(await signIn('Gracie@example.org'))).toBe(true);
    await expect(signIn('grace')).rejects.toThrow('wrong-credentials');
    // Only how it is written.
    await grace.send('PATCH', '/api/me', { username: 'Gracie', currentPassword: PASSWORD }, 200);
    await grace.send('PATCH', '/api/me', { ...person('grace'), password: undefined, currentPassword: PASSWORD }, 200);
  });

  it('are not those of somebody else', async () => {
    for (const body of [{ username: 'Admin' }, { email: 'admin@example.org' }]) {
      const { response, text } = await grace.raw('PATCH', '/api/me', json({ ...body, currentPassword: PASSWORD }));
      expect(response.status).toBe(409);
      expect(JSON.parse(text).errors).toMatchObject([{ field: Object.keys(body)[0] }]);
    }
  });
});

describe('devices', () => {
  it('are listed with what they call themselves, and which one asks', async () => {
    const phone = await signIn('grace', PASSWORD, 'A phone');
    const seen = await devices(phone);
    expect(seen.find(({ current }) => current)).toMatchObject({
      userAgent: 'A phone',
      lastSeenAtMs: expect.any(Number),
    });
    expect(seen.filter(({ current }) => current)).toHaveLength(1);
  });

  it('are signed out one by one, by their own person alone', async () => {
    const phone = await signIn('grace', PASSWORD, 'Another phone');
    const { id } = (await devices(grace)).find(({ userAgent }) => userAgent === 'Another phone')!;
    await admin.send('DELETE', `/api/me/sessions/${id}`, undefined, 404);
    expect(await isIn(phone)).toBe(true);
    await grace.send('DELETE', `/api/me/sessions/${id}`, undefined, 204);
    expect(await isIn(phone)).toBe(false);
    await grace.send('DELETE', `/api/me/sessions/${id}`, undefined, 404);
  });

  it('are signed out all but this one', async () => {
    const others = [await signIn(), await signIn()];
    const count = (await devices(grace)).length;
    expect(await grace.send('DELETE', '/api/me/sessions')).toEqual({ ended: count - 1 });
    for (const other of others) expect(await isIn(other)).toBe(false);
    expect(await devices(grace)).toMatchObject([{ current: true }]);
  });
});

describe('the password', () => {
  it('is changed by who knows the old one, and other devices are signed out', async () => {
    const other = await signIn();
    const change = (currentPassword: string) =>
      grace.raw('PUT', '/api/me/password', json({ currentPassword, password: 'another long word' }));
    expect((await change('not it')).response.status).toBe(403);
    expect(await isIn(other)).toBe(true);
    expect((await change(PASSWORD)).response.status).toBe(200);
    expect([await isIn(grace), await isIn(other)]).toEqual([true, false]);
    await expect(signIn()).rejects.toThrow('wrong-credentials');
    expect(await isIn(await signIn('grace', 'another long word'))).toBe(true);
  });

  it('is not guessed at by who finds a screen left open', async () => {
    const guesses = Array.from({ length: 12 }, () =>
      grace.raw('PUT', '/api/me/password', json({ currentPassword: 'a guess', password: PASSWORD })),
    );
    const statuses = (await Promise.all(guesses)).map(({ response }) => response.status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
    // That is no reason to keep its person out.
    expect(await isIn(await signIn('grace', 'another long word'))).toBe(true);
  });
});

describe('a link to a new password', () => {
  let id: string;
  const make = async () => {
    const { link } = await admin.post<{ link: string }>(`/api/users/${id}/reset-link`, {}, 201);
    expect(link).toMatch(/^\/reset\/[\w-]{27}$/);
    return link.split('/').at(-1)!;
  };
  const use = async (token: string, password = PASSWORD) => {
    const { response, text } = await kinora.client().raw('POST', '/api/auth/reset', json({ token, password }));
    return [response.status, (JSON.parse(text) as { type?: string }).type];
  };

  it('is used once, and signs out everywhere else', async () => {
    id = (await admin.get<{ items: AccountWire[] }>('/api/users?search=grace')).items[0]!.id;
    const before = await signIn('grace', 'another long word');
    const token = await make();
    const told = await kinora.client().post<{ username: string }>('/api/auth/reset/check', { token }, 200);
    expect(told.username).toBe('grace');
    expect((await use(token, 'short'))[0]).toBe(422);
    const answers = await Promise.all([use(token), use(token)]);
    expect(answers.map(([status]) => status).sort()).toEqual([200, 410]);
    expect(await isIn(before)).toBe(false);
    expect(await use(token)).toEqual([410, 'reset-link-used']);
    grace = await signIn();
    const { items } = await admin.get<{ items: { act: string }[] }>('/api/audit');
    expect(items.map(({ act }) => act)).toEqual(expect.arrayContaining(['user.resetLinkMade', 'user.passwordReset']));
  });

  it('is void once there is a newer one, or the password was changed in another way', async () => {
    const first = await make();
    const second = await make();
    expect(await use(first)).toEqual([404, 'reset-link-not-found']);
    await admin.send('PATCH', `/api/users/${id}`, { password: PASSWORD });
    expect(await use(second)).toEqual([404, 'reset-link-not-found']);
  });

  it('is of no use to who is disabled or removed', async () => {
    const token = await make();
    await admin.send('PATCH', `/api/users/${id}`, { disabled: true });
    expect(await use(token)).toEqual([403, 'account-disabled']);
    await admin.send('DELETE', `/api/users/${id}`, undefined, 204);
    expect(await use(token)).toEqual([404, 'reset-link-not-found']);
    await admin.post(`/api/users/${id}/reset-link`, {}, 404);
    await admin.post(`/api/users/${id}/restore`, undefined, 200);
    await admin.send('PATCH', `/api/users/${id}`, { disabled: false });
  });

  it('runs out after a day', async () => {
    const token = await make();
    expect(JSON.stringify(kinora.app.db.raw.prepare('select * from password_resets').all())).not.toContain(token);
    kinora.travel(86_400_001);
    expect(await use(token)).toEqual([410, 'reset-link-expired']);
    grace = await signIn();
    admin = await signIn('admin');
  });
});

describe('when a session ends', () => {
  let clip: string;
  beforeAll(async () => {
    clip = await makeClip({ seconds: 2, size: '320x180' });
  });

  async function open(client: TestClient): Promise<{ closed: Promise<number> }> {
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${client.token}` },
    });
    const closed = once(socket, 'close').then(([code]) => code as number);
    await once(socket, 'open');
    return { closed };
  }

  it.each([
    ['by signing out', (client: TestClient) => client.post('/api/auth/logout', undefined, 204)],
    ['by another device of theirs', () => grace.send('DELETE', '/api/me/sessions')],
  ])('%s, its sockets and its links to media do, and those of others do not', async (_how, end) => {
    const id = await grace.upload(clip);
    await grace.waitFor(id, isPlayable);
    const phone = await signIn();
    const theirs = (await phone.waitFor(id, isPlayable)).playback!.hls;
    const mine = (await grace.waitFor(id, isPlayable)).playback!.hls;
    const [ofPhone, ofGrace] = [await open(phone), await open(grace)];
    let isOver = false;
    void ofGrace.closed.then(() => (isOver = true));
    await end(phone);
    expect(await ofPhone.closed).toBe(1008);
    const status = async (url: string) => (await kinora.client().raw('GET', url)).response.status;
    expect([await status(theirs), await status(mine), isOver]).toEqual([404, 200, false]);
  });
});
