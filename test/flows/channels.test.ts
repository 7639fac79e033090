import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserWire } from '../../src/features/accounts/api.ts';
import type { ActWire } from '../../src/features/audit/api.ts';
import type { ChannelReply } from '../../src/features/channels/api.ts';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Where somebody's videos are published: everybody has a channel from the beginning. */

let kinora: TestApp;
let admin: TestClient;
let anna: TestClient;
let ben: TestClient;
let clip: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180], policy: { uploads: 'lazy' } } });
  admin = await kinora.admin();
  anna = await kinora.member('Anna');
  ben = await kinora.member('ben');
  clip = await makeClip({ seconds: 4, size: '320x180' });
});
afterAll(() => kinora?.close());

const mine = async (client: TestClient) => (await client.get<{ user: UserWire }>('/api/me')).user.channel!;
const channel = async (client: TestClient, ref: string) =>
  (await client.get<ChannelReply>(`/api/channels/${ref}`)).channel;
const edit = async (client: TestClient, ref: string, body: object) => {
  const headers = { 'Content-Type': 'application/json' };
  const { response, text } = await client.raw('PATCH', `/api/channels/${ref}`, { body: JSON.stringify(body), headers });
  const { type = '', errors } = JSON.parse(text) as { type?: string; errors?: { field: string }[] };
  return [response.status, type, errors?.map(({ field }) => field).join() ?? ''];
};
const videosIn = async (client: TestClient, id: string) =>
  (await client.get<{ items: VideoWire[] }>(`/api/videos?channel=${id}`)).items.map((video) => video.id);

describe('a channel', () => {
  it('is there with the account, and called as it is', async () => {
    const own = await mine(anna);
    expect(own).toEqual({ id: expect.any(String), handle: 'Anna', name: 'Anna' });
    expect(await channel(anna, own.id)).toMatchObject({
      owner: { username: 'Anna' },
      videos: { count: 0, andMore: false },
      may: { edit: true },
    });
  });

  it('shows nobody that there is an account, as long as there is nothing in it for them', async () => {
    const { id } = await mine(anna);
    for (const ref of [id, '@anna', '@nobody', 'Aaaa1111Bbbb22']) {
      const { response } = await ben.raw('GET', `/api/channels/${ref}`);
      expect([ref, response.status]).toEqual([ref, 404]);
    }
  });

  it('has what was added by its owner, for those whom each video is for', async () => {
    const { id } = await mine(anna);
    const [open, internal, secret] = await Promise.all(
      ['public', 'internal', 'private'].map((visibility) => anna.upload(clip, { visibility })),
    );
    await Promise.all([open, internal, secret].map((video) => anna.waitFor(video!, isPlayable)));
    expect((await videosIn(anna, id)).sort()).toEqual([open, internal, secret].sort());
    expect((await videosIn(ben, id)).sort()).toEqual([open, internal].sort());
    expect(await videosIn(kinora.client(), id)).toEqual([open]);
    expect((await channel(anna, '@anna')).videos.count).toBe(3);
    expect((await channel(ben, '@ANNA')).videos.count).toBe(2);
    expect(await channel(kinora.client(), '@Anna')).toMatchObject({ id, videos: { count: 1 }, may: { edit: false } });
    const { video } = await ben.get<{ video: VideoWire }>(`/api/videos/${open}`);
    expect(video.channel).toEqual({ id, handle: 'Anna', name: 'Anna' });
  });

  it('is changed by its owner and by admins alone, which is written down', async () => {
    const { id } = await mine(anna);
    expect(await edit(ben, id, { name: 'Mine now' })).toEqual([403, 'channel-not-yours', '']);
    expect(await edit(kinora.client(), id, { name: 'Mine now' })).toEqual([401, 'not-signed-in', '']);
    expect(
      await edit(anna, '@anna', { name: '  Anna’s films ', handle: 'annas-films', description: 'Rivers.' }),
    ).toEqual([200, '', '']);
    expect(await channel(ben, '@annas-films')).toMatchObject({ name: 'Anna’s films', description: 'Rivers.' });
    expect((await ben.raw('GET', '/api/channels/@anna')).response.status).toBe(404);
    expect(await mine(anna)).toEqual({ id, handle: 'annas-films', name: 'Anna’s films' });
    expect(await edit(admin, id, { description: 'Rivers and lakes.' })).toEqual([200, '', '']);
    const { items } = await admin.get<{ items: ActWire[] }>('/api/audit?act=channel.changed');
    expect(items.map(({ actor, changes }) => [actor.name, Object.keys(changes)])).toEqual([
      ['admin', ['description']],
      ['Anna', ['handle', 'name', 'description']],
    ]);
  });

  it('takes no handle that is somebody else’s, and none that is no address', async () => {
    const { id } = await mine(anna);
    expect(await edit(anna, id, { handle: 'BEN' })).toEqual([409, 'handle-taken', 'handle']);
    expect(await edit(anna, id, { handle: 'admin' })).toEqual([409, 'handle-taken', 'handle']);
    expect(await edit(anna, id, { handle: 'Anna' })).toEqual([200, '', '']);
    for (const handle of ['', '@anna', 'a b', '../anna', '-anna', 'a'.repeat(41), 'änna']) {
      expect(await edit(anna, id, { handle })).toEqual([422, 'invalid-input', 'handle']);
    }
    expect(await edit(anna, id, {})).toEqual([422, 'invalid-input', '']);
    expect(await edit(anna, id, { name: ' ' })).toEqual([422, 'invalid-input', 'name']);
  });

  it('has a number behind its handle where an account is called as a channel that is there', async () => {
    expect(await edit(ben, (await mine(ben)).id, { handle: 'cinema' })).toEqual([200, '', '']);
    const cinema = await kinora.member('Cinema');
    expect(await mine(cinema)).toMatchObject({ handle: 'Cinema-2', name: 'Cinema' });
  });

  it('stays with its videos when the account is removed', async () => {
    const { items } = await admin.get<{ items: { id: string; username: string }[] }>('/api/users?search=anna');
    await admin.send('DELETE', `/api/users/${items[0]!.id}`);
    expect((await channel(ben, '@anna')).videos.count).toBe(2);
  });
});
