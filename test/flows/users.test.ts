import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '../../src/core/wire.ts';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import type { TestClient } from '../support/client.ts';
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

  it('are removed and come back, their names kept for them', async () => {
    await admin.send('DELETE', `/api/users/${ada.id}`, undefined, 204);
    expect((await signIn('Ada', 'another long word')).response.status).toBe(401);
    expect((await list()).items.map(({ username }) => username)).toEqual(['admin', 'zoe']);
    expect((await list('?removed=true')).items).toMatchObject([{ username: 'Ada', sessions: 0 }]);
    const again = await kinora.client().raw('POST', '/api/auth/register', json(person('ADA')));
    expect(again.response.status).toBe(409);
    const { account } = await admin.post<Reply>(`/api/users/${ada.id}/restore`, undefined, 200);
    expect(account.removedAtMs).toBeNull();
    expect((await signIn('Ada', 'another long word')).response.status).toBe(200);
  });
});
