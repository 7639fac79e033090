import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserWire } from '../../src/features/accounts/api.ts';
import type { InviteWire } from '../../src/features/accounts/invites.api.ts';
import type { RegistrationPage } from '../../src/features/accounts/registrations.api.ts';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { TestClient } from '../support/client.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** How people come in: with an admin's yes, and by invitation. */

const DAY_MS = 86_400_000;
const json = (body: object) => ({ body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

let kinora: TestApp;
let admin: TestClient;
afterAll(() => kinora?.close());

async function attempt(path: string, body: object): Promise<[number, string, string]> {
  const { response, text } = await kinora.client().raw('POST', path, json(body));
  const { type = '', detail = '' } = JSON.parse(text) as { type?: string; detail?: string };
  return [response.status, type, detail];
}
const register = (body: object) => attempt('/api/auth/register', body);
const signIn = (login: string, password = person('x').password) => attempt('/api/auth/login', { login, password });
const acts = async () => (await admin.get<{ items: ActWire[] }>('/api/audit')).items.map(({ act }) => act);

describe('where an admin says yes', () => {
  const waiting = () => admin.get<RegistrationPage>('/api/registrations');

  beforeAll(async () => {
    kinora = await createTestApp({ accounts: { registration: 'approval' } });
    admin = await kinora.admin();
  });

  it('people wait, and are told so with the right password alone', async () => {
    expect(await register(person('Grace'))).toEqual([202, '', '']);
    expect(await register(person('eve'))).toEqual([202, '', '']);
    expect((await waiting()).items.map(({ username }) => username)).toEqual(['Grace', 'eve']);
    expect((await waiting()).waiting).toBe(2);
    expect(await signIn('grace')).toEqual([403, 'account-waiting', expect.stringContaining('has yet to say yes')]);
    expect((await signIn('grace@example.org', 'a wrong password'))[1]).toBe('wrong-credentials');
    expect((await admin.get<{ items: unknown[] }>('/api/users')).items).toHaveLength(1);
  });

  it('their names are kept for them', async () => {
    expect((await register(person('GRACE')))[1]).toBe('account-taken');
    expect((await register({ ...person('other'), email: 'Grace@example.org' }))[1]).toBe('account-taken');
    const { response } = await admin.raw('POST', '/api/users', json(person('grace')));
    expect(response.status).toBe(409);
  });

  it('are listed page by page, who has waited longest first', async () => {
    const first = await admin.get<RegistrationPage>('/api/registrations?limit=1');
    expect(first.items.map(({ username }) => username)).toEqual(['Grace']);
    const next = await admin.get<RegistrationPage>(`/api/registrations?limit=1&cursor=${first.nextCursor}`);
    expect(next).toMatchObject({ items: [{ username: 'eve' }], nextCursor: null });
  });

  it('sign in with the password they chose, once an admin has said yes', async () => {
    const { items } = await waiting();
    const { account } = await admin.post<{ account: UserWire }>(`/api/registrations/${items[0]!.id}/approve`, {}, 200);
    expect(account).toMatchObject({ id: items[0]!.id, username: 'Grace', role: 'member' });
    expect((await signIn('grace'))[0]).toBe(200);
    await admin.post(`/api/registrations/${items[0]!.id}/approve`, {}, 404);
    expect(await acts()).toContain('registration.approved');
  });

  it('who are declined are told when they sign in, and their names are free', async () => {
    const { items } = await waiting();
    await admin.post(`/api/registrations/${items[0]!.id}/decline`, {}, 204);
    expect((await waiting()).waiting).toBe(0);
    expect(await signIn('eve')).toEqual([403, 'registration-declined', expect.stringContaining('declined')]);
    expect(await acts()).toContain('registration.declined');
    // Somebody else of that name.
    expect((await register({ ...person('eve'), password: 'quite another one' }))[0]).toBe(202);
    expect((await signIn('eve', 'quite another one'))[1]).toBe('account-waiting');
    const again = await waiting();
    await admin.post(`/api/registrations/${again.items[0]!.id}/decline`, {}, 204);
    // An admin thinks better of it.
    await admin.post(`/api/registrations/${items[0]!.id}/approve`, {}, 200);
    expect((await signIn('eve'))[0]).toBe(200);
  });

  it('an invite spares them the wait', async () => {
    const { link } = await admin.post<{ link: string }>('/api/invites', {}, 201);
    const invite = new URL(link, kinora.url).searchParams.get('invite');
    expect((await register({ ...person('friend'), invite }))[0]).toBe(201);
  });

  it('is no way to guess names and passwords for ever', async () => {
    let refused: [number, string, string] | undefined;
    for (let n = 0; n < 60 && !refused; n++) {
      const answer = await register(person('Grace'));
      if (answer[0] === 429) refused = answer;
    }
    expect(refused?.[2]).toContain('Too many attempts to register');
    await kinora.close();
  });
});

describe('by invitation', () => {
  let made: InviteWire;
  let token: string;
  const make = async (body: object = {}) => {
    const { invite, link } = await admin.post<{ invite: InviteWire; link: string }>('/api/invites', body, 201);
    expect(link).toMatch(/^\/register\?invite=[\w-]{27}$/);
    return { invite, token: link.split('=')[1]! };
  };
  const check = (tried: string) => attempt('/api/auth/invite', { token: tried });
  const list = async () => (await admin.get<{ items: InviteWire[] }>('/api/invites')).items;

  beforeAll(async () => {
    kinora = await createTestApp({ accounts: { registration: 'invite' } });
    admin = await kinora.admin();
  });

  it('nobody registers without a link, or with one that was made up', async () => {
    expect(await register(person('grace'))).toEqual([403, 'invite-needed', expect.stringContaining('by invitation')]);
    expect((await register({ ...person('grace'), invite: 'x'.repeat(27) }))[1]).toBe('invite-not-found');
    expect((await check('x'.repeat(27)))[0]).toBe(404);
  });

  it('one link is for one person, unless it is made for more', async () => {
    ({ invite: made, token } = await make({ note: 'The film club', maxUses: 2 }));
    expect(made).toMatchObject({ note: 'The film club', state: 'open', uses: 0, maxUses: 2, createdBy: 'admin' });
    expect((await check(token))[0]).toBe(200);
    expect((await register({ ...person('-no-'), invite: token }))[0]).toBe(422);
    for (const name of ['grace', 'linus']) expect((await register({ ...person(name), invite: token }))[0]).toBe(201);
    expect(await register({ ...person('late'), invite: token })).toEqual([
      410,
      'invite-used',
      expect.stringContaining('used already'),
    ]);
    expect((await list())[0]).toMatchObject({ state: 'used', uses: 2 });
    expect((await acts()).filter((act) => act === 'invite.used')).toHaveLength(2);
  });

  it('two at once by the last use of a link are one', async () => {
    const { token } = await make();
    const answers = await Promise.all(['one', 'two'].map((name) => register({ ...person(name), invite: token })));
    expect(answers.map(([status]) => status).sort()).toEqual([201, 410]);
  });

  it('links run out, and are revoked', async () => {
    const { invite, token: revoked } = await make({ maxUses: null });
    await admin.send('DELETE', `/api/invites/${invite.id}`, undefined, 204);
    expect((await register({ ...person('late'), invite: revoked }))[1]).toBe('invite-revoked');
    const { token: short } = await make({ days: 1 });
    const { token: endless } = await make({ days: null });
    kinora.travel(DAY_MS + 1);
    expect((await check(short))[1]).toBe('invite-expired');
    expect((await register({ ...person('late'), invite: short }))[1]).toBe('invite-expired');
    expect((await check(endless))[0]).toBe(200);
    expect((await list()).map(({ state }) => state)).toEqual(['open', 'expired', 'revoked', 'used', 'used']);
  });

  it('the tokens are written down nowhere', () => {
    const rows = JSON.stringify(kinora.app.db.raw.prepare('select * from invites').all());
    expect(rows).not.toContain(token);
  });

  it('is over when registration is closed', async () => {
    const { token } = await make({ maxUses: null });
    kinora.app.config.accounts.registration = 'closed';
    expect((await register({ ...person('late'), invite: token }))[1]).toBe('registration-closed');
    expect((await admin.raw('POST', '/api/invites', json({}))).response.status).toBe(403);
  });
});
