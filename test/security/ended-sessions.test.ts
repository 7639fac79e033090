import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { OwnSessionWire } from '../../src/features/accounts/me.api.ts';
import type { AccountWire } from '../../src/features/accounts/users.api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';

/** However a session ends, all that was opened with it does: the API, WebSockets, links to media. */

const PASSWORD = person('x').password;

let kinora: TestApp;
let admin: TestClient;
/** For everybody with an account. */
let video: string;
beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [240] } });
  admin = await kinora.admin();
  video = await admin.upload(await makeClip({ seconds: 2, size: '320x180' }), { visibility: 'internal' });
});
afterAll(() => kinora?.close());

interface Both {
  id: string;
  /** The session that ends. */
  lost: TestClient;
  /** Another of the same person. */
  other: TestClient;
}

const ofAdmin = (change: object) => (both: Both) => admin.send('PATCH', `/api/users/${both.id}`, change);

it.each([
  ['signing out', ({ lost }: Both) => lost.post('/api/auth/logout', undefined, 204)],
  [
    'being signed out by another device',
    async ({ other }: Both) => {
      const { items } = await other.get<{ items: OwnSessionWire[] }>('/api/me/sessions');
      for (const { id, current } of items) if (!current) await other.send('DELETE', `/api/me/sessions/${id}`);
    },
  ],
  ['signing out all others', ({ other }: Both) => other.send('DELETE', '/api/me/sessions')],
  [
    'a new password of their own',
    ({ other }: Both) =>
      other.send('PUT', '/api/me/password', { currentPassword: PASSWORD, password: 'another long word' }),
  ],
  [
    'a new password by a link',
    async ({ id }: Both) => {
      const { link } = await admin.post<{ link: string }>(`/api/users/${id}/reset-link`, {}, 201);
      await kinora.client().post('/api/auth/reset', { token: link.split('/').at(-1), password: PASSWORD }, 200);
    },
  ],
  ['a new password by an admin', ofAdmin({ password: 'another long word' })],
  ['being disabled', ofAdmin({ disabled: true })],
  ['being signed out by an admin', ({ id }: Both) => admin.send('DELETE', `/api/users/${id}/sessions`)],
  ['being removed', ({ id }: Both) => admin.send('DELETE', `/api/users/${id}`, undefined, 204)],
])('%s ends it all', async (how, end) => {
  const name = how.replaceAll(' ', '-').slice(0, 40).replace(/-$/, '');
  const other = await kinora.member(name);
  const { token } = await kinora
    .client()
    .post<{ token: string }>('/api/auth/login', { login: name, password: PASSWORD });
  const lost = kinora.client(token);
  const id = (await admin.get<{ items: AccountWire[] }>(`/api/users?search=${name}`)).items[0]!.id;
  const { playback } = await lost.waitFor(video, isPlayable);
  const urls = [playback!.hls, playback!.dash];
  const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  const status = async (client: TestClient, url: string) => (await client.raw('GET', url)).response.status;
  for (const url of urls) expect(await status(kinora.client(), url)).toBe(200);
  await end({ id, lost, other });
  expect(await status(lost, '/api/me')).toBe(401);
  expect((await closed)[0]).toBe(1008);
  // Nor does a session of the same person that goes on make the old links good again.
  for (const client of [kinora.client(), lost, other]) {
    for (const url of urls) expect(await status(client, url)).toBe(404);
  }
});

describe('tokens of links', () => {
  it('are of no use for anything else', async () => {
    const { items } = await admin.get<{ items: AccountWire[] }>('/api/users?search=admin');
    const made = await admin.post<{ link: string }>(`/api/users/${items[0]!.id}/reset-link`, {}, 201);
    const invite = await admin.post<{ link: string }>('/api/invites', {}, 201);
    const reset = made.link.split('/').at(-1)!;
    const inviteToken = invite.link.split('=').at(-1)!;
    for (const token of [reset, inviteToken]) {
      expect((await kinora.client(token).raw('GET', '/api/me')).response.status).toBe(401);
    }
    await kinora.client().post('/api/auth/reset', { token: inviteToken, password: PASSWORD }, 404);
    await kinora.client().post('/api/auth/invite', { token: reset }, 404);
    // The hash that is kept is not the token.
    const { hash } = kinora.app.db.raw.prepare('select token_hash as hash from password_resets').get() as {
      hash: string;
    };
    await kinora.client().post('/api/auth/reset', { token: hash, password: PASSWORD }, 404);
  });
});
