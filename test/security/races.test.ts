import { mkdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createAttempts } from '../../src/features/accounts/attempts.ts';
import { signIn } from '../../src/features/accounts/service.ts';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import { editAccount, removeAccount } from '../../src/features/accounts/users.service.ts';
import type { LiveMessage } from '../../src/features/live/api.ts';
import { type TestClient, tusPart } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** Two requests at once: one of them wins, the other hears why not, and nothing is left in between. */

let kinora: TestApp;
let admin: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({ accounts: { registration: 'open' }, encoding: { heights: [240] } });
  admin = await kinora.admin();
});
afterAll(() => kinora?.close());

const PASSWORD = person('x').password;
const NOBODY = { user: null, address: null };
const statuses = (replies: { response: Response }[]) => replies.map(({ response }) => response.status).sort();
const json = (body: object): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
});

async function idOf(username: string): Promise<string> {
  const { items } = await admin.get<{ items: AccountWire[] }>(`/api/users?search=${username}`);
  return items[0]!.id;
}

describe('signing in while', () => {
  it.each([
    ['the account is removed', (id: string) => removeAccount(kinora.app, NOBODY, id), 'wrong-credentials'],
    ['it is disabled', (id: string) => editAccount(kinora.app, NOBODY, id, { disabled: true }), 'account-disabled'],
    [
      'its password changes',
      (id: string) => editAccount(kinora.app, NOBODY, id, { password: 'a newer one' }),
      'wrong-credentials',
    ],
  ])('%s leaves no session behind', async (_what, change, type) => {
    const name = `late${Math.random().toString(36).slice(2, 10)}`;
    await kinora.member(name);
    const id = await idOf(name);
    // Several, so that the change comes between the check and the session of some of them, however the threads take their turns.
    const attempts = () => createAttempts(kinora.app.clock);
    const login = { login: name, password: PASSWORD };
    const from = { address: '192.0.2.1', userAgent: null };
    const some = () => Array.from({ length: 4 }, () => signIn(kinora.app, attempts(), login, from));
    const begun = [...some(), change(id), ...some()];
    const ends = await Promise.allSettled(begun.filter((_, n) => n !== 4) as ReturnType<typeof signIn>[]);
    await begun[4];
    const tokens = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.token] : []));
    for (const token of tokens) expect((await kinora.client(token).raw('GET', '/api/me')).response.status).toBe(401);
    // None that would come to life with the account either.
    const left = kinora.app.db.raw.prepare('select count(*) as n from sessions where user_id = ?').get(id);
    expect(left).toEqual({ n: 0 });
    const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.type] : []));
    expect(reasons.filter((reason) => reason !== type)).toEqual([]);
  });
});

describe('at once', () => {
  it('two new passwords: the second does not undo the first', async () => {
    const first = await kinora.member('twice');
    const { token } = await kinora
      .client()
      .post<{ token: string }>('/api/auth/login', { login: 'twice', password: PASSWORD });
    const change = (client: TestClient, password: string) =>
      client.raw('PUT', '/api/me/password', json({ currentPassword: PASSWORD, password }));
    const replies = await Promise.all([
      change(first, 'the first new one'),
      change(kinora.client(token), 'the second new one'),
    ]);
    expect(statuses(replies)).toEqual([200, 403]);
    const winner = replies[0]!.response.status === 200 ? 'the first new one' : 'the second new one';
    await kinora.client().post('/api/auth/login', { login: 'twice', password: winner }, 200);
  });

  it('two with the last use of an invite: one comes in', async () => {
    const { link } = await admin.post<{ link: string }>('/api/invites', { maxUses: 1 }, 201);
    const invite = link.split('=').at(-1);
    const replies = await Promise.all(
      ['inone', 'intwo', 'inthree'].map((name) =>
        kinora.client().raw('POST', '/api/auth/register', json({ ...person(name), invite })),
      ),
    );
    expect(statuses(replies).filter((status) => status === 201)).toHaveLength(1);
    expect(Math.max(...statuses(replies))).toBeLessThan(500);
  });

  it('two with one name: one has it', async () => {
    const replies = await Promise.all(
      [1, 2, 3].map(() => kinora.client().raw('POST', '/api/auth/register', json(person('samename')))),
    );
    expect(statuses(replies)).toEqual([201, 409, 409]);
  });

  it('everything that ends an upload', async () => {
    const owner = await kinora.member('ending');
    const begin = () =>
      owner.post<{ video: { id: string }; upload: { url: string } }>(
        '/api/videos/init',
        { filename: 'a.mp4', sizeBytes: 10 },
        201,
      );
    for (let n = 0; n < 5; n++) {
      const { video, upload } = await begin();
      const tus = { headers: { 'Tus-Resumable': '1.0.0' } };
      const replies = await Promise.all([
        owner.raw('PATCH', upload.url, tusPart(Buffer.alloc(10), 0)),
        owner.raw('DELETE', upload.url, tus),
        owner.raw('DELETE', `/api/videos/${video.id}`),
        owner.raw('DELETE', upload.url, tus),
        owner.raw('POST', `/api/videos/${video.id}/complete`),
      ]);
      for (const { response, text } of replies) {
        expect(response.status, text).toBeLessThan(500);
        if (!response.ok) expect(JSON.parse(text).detail).toMatch(/^[A-Z].+\.$/);
      }
      expect((await owner.raw('GET', `/api/videos/${video.id}`)).response.status).toBe(404);
    }
  });
});

describe('approving and declining', () => {
  it('at once ends in one of the two', async () => {
    const asking = await createTestApp({ accounts: { registration: 'approval' } });
    try {
      const decider = await asking.admin();
      for (const name of ['ann', 'ben', 'cat']) {
        await asking.client().raw('POST', '/api/auth/register', json(person(name)));
        const { items } = await decider.get<{ items: { id: string }[] }>('/api/registrations');
        const ways = ['approve', 'decline', 'approve'];
        const replies = await Promise.all(
          ways.map((way) => decider.raw('POST', `/api/registrations/${items[0]!.id}/${way}`)),
        );
        expect(Math.max(...statuses(replies))).toBeLessThan(500);
        const { response } = await asking
          .client()
          .raw('POST', '/api/auth/login', json({ login: name, password: PASSWORD }));
        const accounts = await decider.get<{ items: AccountWire[] }>(`/api/users?search=${name}`);
        expect(response.status === 200).toBe(accounts.items.length === 1);
      }
    } finally {
      await asking.close();
    }
  });
});

describe('live messages', () => {
  async function listen(client: TestClient) {
    const messages: LiveMessage[] = [];
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${client.token}` },
    });
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.once('open', resolve));
    return { messages, close: () => socket.terminate() };
  }

  it('of a video in a library that is not for everybody reach admins alone; its owner hears of every removal', async () => {
    const folder = join(kinora.folder, 'films');
    mkdirSync(folder);
    await copyFile(await makeClip({ seconds: 2, size: '320x180' }), join(folder, 'One.mp4'));
    await admin.post('/api/libraries', { name: 'Films', folders: [folder] }, 201);
    const found = () => admin.get<{ items: { id: string }[] }>('/api/videos?origin=library&state=ready');
    await expect.poll(async () => (await found()).items.length, { timeout: 30_000 }).toBe(1);
    const { id } = (await found()).items[0]!;
    const member = await kinora.member('listener');
    const heard = await listen(member);

    await admin.send('PATCH', `/api/videos/${id}`, { title: 'For all' });
    await expect.poll(() => heard.messages.map(({ type }) => type)).toContain('video.changed');
    await admin.send('PATCH', `/api/videos/${id}`, { visibility: 'private' });
    heard.messages.splice(0);
    await admin.send('PATCH', `/api/videos/${id}`, { title: 'For admins' });
    const own = await member.post<{ video: { id: string } }>(
      '/api/videos/init',
      { filename: 'a.mp4', sizeBytes: 10 },
      201,
    );
    await member.send('DELETE', `/api/videos/${own.video.id}`, undefined, 204);
    await expect.poll(() => heard.messages).toContainEqual({ type: 'video.removed', videoId: own.video.id });
    expect(heard.messages.filter((message) => 'videoId' in message && message.videoId === id)).toEqual([]);
    heard.close();
  });
});
