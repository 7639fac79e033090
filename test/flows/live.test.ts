import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveMessage } from '../../src/features/live/api.ts';
import { addVideo, changeVideo, hideVideos } from '../../src/features/videos/service.ts';
import type { TestClient } from '../support/client.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What open sockets are told when much changes at once. */

const MANY = 500;

let kinora: TestApp;
let admin: TestClient;
let owner: TestClient;
let other: TestClient;
let ownerId: string;

beforeAll(async () => {
  kinora = await createTestApp();
  admin = await kinora.admin();
  owner = await kinora.member('owner');
  other = await kinora.member('other');
  ownerId = (await owner.get<{ user: { id: string } }>('/api/me')).user.id;
});
afterAll(() => kinora?.close());

async function listen(client: TestClient): Promise<{ heard: LiveMessage[]; close(): void }> {
  const socket = new WebSocket(`${kinora.url.replace('http', 'ws')}/ws/uploads/`, {
    headers: { Authorization: `Bearer ${client.token}` },
  });
  const heard: LiveMessage[] = [];
  socket.on('message', (text) => heard.push(JSON.parse(String(text))));
  await once(socket, 'open');
  return { heard, close: () => socket.close() };
}

const own = { filename: 'a.mp4', sizeBytes: 1, origin: 'upload', state: 'uploading', visibility: 'private' } as const;
const aboutVideos = (heard: LiveMessage[]) => heard.filter(({ type }) => /^videos?\./.test(type));

it('a video that changes several times within a moment is told of once, and to those it concerns', async () => {
  const { app } = kinora;
  const [theirs, others] = [await listen(owner), await listen(other)];
  const id = app.db.write((tx) => addVideo(app, tx, { ...own, title: 'One', ownerId }));
  for (let n = 0; n < 10; n += 1) app.db.write((tx) => changeVideo(app, tx, id, { title: `Take ${n}` }));
  await expect.poll(() => theirs.heard).toEqual([{ type: 'video.added', videoId: id, libraryId: null }]);
  app.db.write((tx) => changeVideo(app, tx, id, { title: 'Another' }));
  await expect.poll(() => theirs.heard.at(-1)).toEqual({ type: 'video.changed', videoId: id });
  expect(theirs.heard).toHaveLength(2);
  expect(others.heard).toEqual([]);
  theirs.close();
  others.close();
});

it('hundreds at once are one message with their ids', async () => {
  const { app } = kinora;
  const sockets = [await listen(owner), await listen(admin), await listen(other)] as const;
  const ids = app.db.write((tx) =>
    Array.from({ length: MANY }, (_, n) => addVideo(app, tx, { ...own, title: `Video ${n}`, ownerId })),
  );
  app.db.write((tx) => {
    for (const id of ids) changeVideo(app, tx, id, { description: 'changed, too' });
  });
  for (const { heard } of sockets.slice(0, 2)) {
    await expect.poll(() => aboutVideos(heard)).toEqual([{ type: 'videos.changed', videoIds: ids }]);
  }
  expect(sockets[2].heard).toEqual([]);
  for (const { close } of sockets) close();
});

it('who had a video hears that somebody else has removed it', async () => {
  const { app } = kinora;
  const id = app.db.write((tx) => addVideo(app, tx, { ...own, title: 'Unwanted', ownerId }));
  const [theirs, others] = [await listen(owner), await listen(other)];
  app.db.write((tx) => hideVideos(app, tx, [id]));
  await expect.poll(() => theirs.heard.at(-1)).toEqual({ type: 'video.removed', videoId: id });
  expect(others.heard).toEqual([]);
  theirs.close();
  others.close();
});
