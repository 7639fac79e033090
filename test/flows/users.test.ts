import { once } from 'node:events';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Page } from '../../src/core/wire.ts';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** What admins do with other people's accounts. */

interface Reply {
  account: AccountWire;
}

let kinora: TestApp;
let admin: TestClient;
beforeAll(async () => {
  kinora = await createTestApp();
  admin = await kinora.admin();
});
afterAll(() => kinora?.close());

const list = (query = '') => admin.get<Page<AccountWire>>(`/api/users${query}`);
const json = (body: object) => ({ body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
const signIn = (username: string, password = person(username).password) =>
  kinora.client().raw('POST', '/api/auth/login', json({ login: username, password }));

describe('accounts', () => {
  let ada: AccountWire;

  it('are made with a role, and listed by name, page by page', async () => {
    ada = (await admin.post<Reply>('/api/users', { ...person('Ada'), role: 'moderator' }, 201)).account;
    expect(ada).toMatchObject({ username: 'Ada', role: 'moderator', sessions: 0, removedAtMs: null });
    await admin.post('/api/users', person('zoe'), 201);
    const first = await list('?limit=2');
    expect(first.items.map(({ username }) => username)).toEqual(['Ada', 'admin']);
    expect(first.items[1]!.sessions).toBe(1);
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ username: 'zoe' }], nextCursor: null });
    expect((await list('?search=ZO')).items.map(({ username }) => username)).toEqual(['zoe']);
  });

  it('get another role, but the last admin stays one', async () => {
    const me = (await list('?search=admin')).items[0]!;
    for (const attempt of [
      () => admin.raw('PATCH', `/api/users/${me.id}`, json({ role: 'member' })),
      () => admin.raw('DELETE', `/api/users/${me.id}`),
    ]) {
      const { response, text } = await attempt();
      expect(response.status).toBe(409);
      expect(JSON.parse(text)).toMatchObject({ type: 'last-admin', detail: expect.stringContaining('only admin') });
    }
    const { account } = await admin.send<Reply>('PATCH', `/api/users/${ada.id}`, { role: 'admin' });
    expect(account.role).toBe('admin');
    await admin.send('PATCH', `/api/users/${ada.id}`, { role: 'member' });
  });

  it('are signed out everywhere by a new password', async () => {
    const { token } = JSON.parse((await signIn('Ada')).text) as { token: string };
    await admin.send('PATCH', `/api/users/${ada.id}`, { password: 'another long word' });
    expect((await kinora.client(token).raw('GET', '/api/me')).response.status).toBe(401);
    expect((await signIn('Ada')).response.status).toBe(401);
    expect((await signIn('Ada', 'another long word')).response.status).toBe(200);
  });

  it('are signed out by an admin', async () => {
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    const zoe = (await list('?search=zoe')).items[0]!;
    expect(await admin.send('DELETE', `/api/users/${zoe.id}/sessions`)).toEqual({ ended: zoe.sessions });
    expect((await kinora.client(token).raw('GET', '/api/me')).response.status).toBe(401);
    expect((await list('?search=zoe')).items[0]!.sessions).toBe(0);
  });

  it('are disabled and let in again', async () => {
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    const zoe = (await list('?search=zoe')).items[0]!;
    const { account } = await admin.send<Reply>('PATCH', `/api/users/${zoe.id}`, { disabled: true });
    expect(account).toMatchObject({ disabledAtMs: expect.any(Number), sessions: 0 });
    expect((await kinora.client(token).raw('GET', '/api/me')).response.status).toBe(401);
    const refused = await signIn('zoe');
    expect(refused.response.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({ type: 'account-disabled' });
    expect((await signIn('zoe', 'not her password')).response.status).toBe(401);
    expect((await list('?disabled=true')).items.map(({ username }) => username)).toEqual(['zoe']);
    expect((await list('?disabled=false')).items.map(({ username }) => username)).not.toContain('zoe');
    await admin.send('PATCH', `/api/users/${zoe.id}`, { disabled: false });
    expect((await signIn('zoe')).response.status).toBe(200);
  });

  it('end with their links to media when they are disabled', async () => {
    const clip = await makeClip({ seconds: 2, size: '320x180' });
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    const zoe = kinora.client(token);
    const video = await zoe.upload(clip, { visibility: 'private' });
    const { playback } = await zoe.waitFor(video, isPlayable);
    const { id, storageBytes, videos } = (await list('?search=zoe')).items[0]!;
    expect({ videos, storageBytes }).toEqual({ videos: 1, storageBytes: statSync(clip).size });
    expect((await kinora.client().raw('GET', playback!.hls)).response.status).toBe(200);
    await admin.send('PATCH', `/api/users/${id}`, { disabled: true });
    expect((await kinora.client().raw('GET', playback!.hls)).response.status).toBe(404);
    await admin.send('PATCH', `/api/users/${id}`, { disabled: false });
    // Let in again, they sign in again: links are a session's.
    expect((await kinora.client().raw('GET', playback!.hls)).response.status).toBe(404);
    const again = kinora.client((JSON.parse((await signIn('zoe')).text) as { token: string }).token);
    const next = (await again.waitFor(video, isPlayable)).playback!.hls;
    expect((await kinora.client().raw('GET', next)).response.status).toBe(200);
  });

  it('take their videos along where that is wanted, and bring those back alone', async () => {
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    const zoe = kinora.client(token);
    const { id } = (await list('?search=zoe')).items[0]!;
    const before = await zoe.get<Page<{ id: string }>>('/api/videos?owner=me');
    const gone = await zoe.upload(await makeClip({ seconds: 2, size: '320x180' }), { visibility: 'private' });
    await zoe.send('DELETE', `/api/videos/${gone}`);
    // What was deleted before bears another time than what goes with the account.
    kinora.travel(1000);
    await admin.send('DELETE', `/api/users/${id}?videos=remove`, undefined, 204);
    for (const video of before.items) await admin.get(`/api/videos/${video.id}`, 404);
    expect((await list('?removed=true')).items).toMatchObject([{ username: 'zoe', videos: 0 }]);
    await admin.post(`/api/users/${id}/restore`, undefined, 200);
    for (const video of before.items) await admin.get(`/api/videos/${video.id}`);
    await admin.get(`/api/videos/${gone}`, 404);
    expect((await list('?search=zoe')).items[0]!.videos).toBe(before.items.length);
  });

  it('leave their videos where they are otherwise', async () => {
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    const { items } = await kinora.client(token).get<Page<{ id: string }>>('/api/videos?owner=me');
    const { id } = (await list('?search=zoe')).items[0]!;
    await admin.send('DELETE', `/api/users/${id}`, undefined, 204);
    expect(items.length).toBeGreaterThan(0);
    for (const video of items) await admin.get(`/api/videos/${video.id}`);
    await admin.post(`/api/users/${id}/restore`, undefined, 200);
  });

  it('of admins are safe from themselves, and the last of them from all', async () => {
    const me = (await list('?search=admin')).items[0]!;
    const attempt = async (method: string, path: string, body?: object) => {
      const { response, text } = await admin.raw(method, `/api/users/${path}`, body && json(body));
      return [response.status, (JSON.parse(text) as { type: string }).type];
    };
    expect(await attempt('PATCH', me.id, { disabled: true })).toEqual([409, 'last-admin']);
    const { account: deputy } = await admin.post<Reply>('/api/users', { ...person('deputy'), role: 'admin' }, 201);
    expect(await attempt('PATCH', me.id, { disabled: true })).toEqual([409, 'own-account']);
    expect(await attempt('DELETE', me.id)).toEqual([409, 'own-account']);
    // An admin who is let in nowhere is none.
    await admin.send('PATCH', `/api/users/${deputy.id}`, { disabled: true });
    expect(await attempt('PATCH', me.id, { role: 'member' })).toEqual([409, 'last-admin']);
    await admin.send('PATCH', `/api/users/${deputy.id}`, { disabled: false, role: 'member' });
  });

  it('are seen when they ask for something', async () => {
    const { token } = JSON.parse((await signIn('zoe')).text) as { token: string };
    await kinora.client(token).get('/api/me');
    const { lastSeenAtMs } = (await list('?search=zoe')).items[0]!;
    kinora.travel(10 * 60_000);
    await kinora.client(token).get('/api/me');
    expect((await list('?search=zoe')).items[0]!.lastSeenAtMs! - lastSeenAtMs!).toBeGreaterThanOrEqual(10 * 60_000);
  });

  it('are told no more of what they may not know any longer', async () => {
    const { account } = await admin.post<Reply>('/api/users', { ...person('brief'), role: 'admin' }, 201);
    const { token } = JSON.parse((await signIn('brief')).text) as { token: string };
    const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await admin.send('PATCH', `/api/users/${account.id}`, { role: 'member' });
    expect((await closed)[0]).toBe(1008);
    await admin.send('DELETE', `/api/users/${account.id}`, undefined, 204);
    await admin.post(`/api/users/${account.id}/restore`, undefined, 200);
    await admin.send('DELETE', `/api/users/${account.id}`, undefined, 204);
  });

  it('are removed and come back, their names kept for them', async () => {
    await admin.send('DELETE', `/api/users/${ada.id}`, undefined, 204);
    expect((await signIn('Ada', 'another long word')).response.status).toBe(401);
    expect((await list()).items.map(({ username }) => username)).toEqual(['admin', 'deputy', 'zoe']);
    expect((await list('?removed=true&search=ada')).items).toMatchObject([{ username: 'Ada', sessions: 0 }]);
    const again = await kinora.client().raw('POST', '/api/auth/register', json(person('ADA')));
    expect(again.response.status).toBe(409);
    const { account } = await admin.post<Reply>(`/api/users/${ada.id}/restore`, undefined, 200);
    expect(account.removedAtMs).toBeNull();
    expect((await signIn('Ada', 'another long word')).response.status).toBe(200);
  });
});
