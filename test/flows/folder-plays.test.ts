import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { ffmpeg, makeClip, makeMedia } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

let kinora: TestApp;
let admin: TestClient;
let folder: string;
let clip: string;
let library: LibraryWire;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [360, 240] } });
  admin = await kinora.admin();
  folder = join(kinora.folder, 'films');
  mkdirSync(join(folder, 'inside'), { recursive: true });
  clip = await makeClip({ seconds: 9 });
  copyFileSync(clip, join(folder, 'inside', 'A Walk (2021).mp4'));
  writeFileSync(join(folder, 'readme.txt'), 'not a film');
  const body = { name: 'Films', kind: 'home', folders: [folder] };
  library = (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library;
});
afterAll(() => kinora?.close());

const videos = async () => (await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${library.id}`)).items;
const listed = (until: (items: VideoWire[]) => boolean, timeout = 10_000) =>
  expect.poll(async () => until(await videos()), { timeout, interval: 50 }).toBe(true);

it('finds what is there, and plays it without copying it', async () => {
  await listed((items) => items.length === 1 && items[0]!.state === 'ready');
  const [video] = await videos();
  expect(video).toMatchObject({ origin: 'library', playable: true, visibility: 'internal', title: 'A Walk (2021)' });
  const reply = await admin.get<VideoReply>(`/api/videos/${video!.id}`);
  const { variants } = await readMultivariant(admin, reply.playback!.hls);
  const path = join(kinora.folder, 'copied.mp4');
  await download(admin, variants[0]!.url, path);
  expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
  const kept = join(kinora.folder, 'data/videos', video!.id);
  expect(existsSync(join(kept, 'source'))).toBe(false);
  expect(existsSync(join(kept, 'hls'))).toBe(false);
});

it('encodes on demand what a player asks for, and keeps it', async () => {
  const [video] = await videos();
  const { playback } = await admin.get<VideoReply>(`/api/videos/${video!.id}`);
  const { variants } = await readMultivariant(admin, playback!.hls);
  const path = join(kinora.folder, 'encoded.mp4');
  await download(admin, variants[1]!.url, path);
  expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
  const after = await admin.get<VideoReply>(`/api/videos/${video!.id}`);
  expect(after.playback!.renditions.find(({ mode }) => mode === 'encoded')!.filledPercent).toBe(100);
});

it('shows a file within two seconds of its being closed', async () => {
  copyFileSync(clip, join(folder, 'copying.mp4.part'));
  const closedAtMs = Date.now();
  renameSync(join(folder, 'copying.mp4.part'), join(folder, 'New one.mp4'));
  await listed((items) => items.some(({ title, playable }) => title === 'New one' && playable), 15_000);
  // Machines are shared: the bench tells the time, this only that it is no matter of minutes.
  expect(Date.now() - closedAtMs).toBeLessThan(10_000);
});

it('follows a file that is renamed: same video, same history', async () => {
  const before = (await videos()).find(({ title }) => title === 'New one')!;
  await admin.send('PUT', `/api/videos/${before.id}/progress`, { positionMs: 6000 });
  renameSync(join(folder, 'New one.mp4'), join(folder, 'inside', 'Renamed.mp4'));
  await expect
    .poll(async () => (await admin.get<VideoReply>(`/api/videos/${before.id}`)).video, { timeout: 15_000 })
    .toMatchObject({
      filename: 'Renamed.mp4',
      offline: false,
      progress: { positionMs: 6000 },
    });
  expect(await videos()).toHaveLength(2);
});

it('calls music what its tags say, and films what their files say', async () => {
  const music = join(kinora.folder, 'music');
  mkdirSync(music);
  const tags = ['-metadata', 'title=Tides'];
  copyFileSync(await makeMedia('mp3', '-f', 'lavfi', '-i', 'sine=duration=2', ...tags), join(music, '03 - Track.mp3'));
  copyFileSync(await makeMedia('mp4', '-i', clip, '-c', 'copy', ...tags), join(music, 'A film.mp4'));
  const body = { name: 'Music', kind: 'home', folders: [music] };
  const added = (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library;
  const titles = async () =>
    (await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${added.id}`)).items
      .filter(({ playable }) => playable)
      .map(({ title }) => title)
      .sort();
  await expect.poll(titles, { timeout: 15_000 }).toEqual(['A film', 'Tides']);
});

it('probes a file anew when it has changed', async () => {
  const target = join(folder, 'inside', 'Renamed.mp4');
  const { id } = (await videos()).find(({ filename }) => filename === 'Renamed.mp4')!;
  copyFileSync(await makeClip({ seconds: 5, size: '320x180' }), target);
  const changed = new Date(Date.now() - 5000);
  utimesSync(target, changed, changed);
  await expect
    .poll(async () => (await admin.get<VideoReply>(`/api/videos/${id}`)).video, { timeout: 15_000 })
    .toMatchObject({ state: 'ready', width: 320 });
});

it('deletes nothing when its folder vanishes, and is all there when it returns', async () => {
  const away = `${folder}-away`;
  const before = (await videos()).map(({ id }) => id).sort();
  renameSync(folder, away);
  await admin.post(`/api/libraries/${library.id}/scan`, undefined, 202);
  const state = async () => (await admin.get<{ library: LibraryWire }>(`/api/libraries/${library.id}`)).library.state;
  await expect.poll(state, { timeout: 10_000 }).toBe('offline');
  expect((await videos()).map(({ id }) => id).sort()).toEqual(before);
  expect((await videos()).every(({ offline }) => offline)).toBe(true);
  // An empty mount point is no better than none.
  mkdirSync(folder);
  await admin.post(`/api/libraries/${library.id}/scan`, undefined, 202);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await state()).toBe('offline');
  rmSync(folder, { recursive: true });
  renameSync(away, folder);
  await admin.post(`/api/libraries/${library.id}/scan`, undefined, 202);
  await expect.poll(state, { timeout: 10_000 }).toBe('online');
  await listed((items) => items.every(({ offline }) => !offline));
  expect((await videos()).map(({ id }) => id).sort()).toEqual(before);
});

it('answers with a sentence when a file cannot be reached', async () => {
  const video = (await videos()).find(({ title }) => title === 'A Walk (2021)')!;
  const { playback } = await admin.get<VideoReply>(`/api/videos/${video.id}`);
  const { variants } = await readMultivariant(admin, playback!.hls);
  const source = join(folder, 'inside', 'A Walk (2021).mp4');
  renameSync(source, `${source}.gone`);
  kinora.app.streaming.release(video.id);
  const { response, text } = await admin.raw('GET', variants[0]!.url.replace('index.m3u8', '1.m4s'));
  expect(response.status).toBe(503);
  expect(JSON.parse(text).detail).toMatch(/original file cannot be reached/);
  renameSync(`${source}.gone`, source);
});

it('refuses folders that cannot be, each with its reason', async () => {
  const add = (folders: string[]) =>
    admin.raw('POST', '/api/libraries', {
      body: JSON.stringify({ name: 'X', folders }),
      headers: { 'Content-Type': 'application/json' },
    });
  for (const folders of [
    ['/no/such/folder'],
    ['relative'],
    [clip],
    [join(kinora.folder, 'data')],
    [kinora.folder],
    [folder, join(folder, 'inside')],
  ]) {
    const { response, text } = await add(folders);
    expect(response.status, text).toBe(422);
    expect(JSON.parse(text).errors[0].field).toMatch(/^folders\.\d$/);
  }
});

it('leaves the files alone when the library is removed, and knows its videos when it is added again', async () => {
  const before = (await videos()).map(({ id }) => id).sort();
  await admin.send('DELETE', `/api/libraries/${library.id}`, undefined, 204);
  expect(statSync(join(folder, 'inside', 'Renamed.mp4')).size).toBeGreaterThan(0);
  const body = { name: 'Films again', kind: 'home', folders: [folder] };
  library = (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library;
  await listed((items) => items.length === before.length && items.every((item) => isReady({ video: item })));
  expect((await videos()).map(({ id }) => id).sort()).toEqual(before);
});
