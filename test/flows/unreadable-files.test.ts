import { chmodSync, copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { isFailed, isReady, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Files that may not be read, or vanish while they are: said as it is, and tried again once they can be. */

let kinora: TestApp;
let admin: TestClient;
let clips: string[];

/** Everything is allowed to root: as nobody in particular the server is told no, as it is elsewhere. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  clips = await Promise.all([9, 4].map((seconds) => makeClip({ seconds, size: '320x180' })));
  if (isRoot) process.seteuid!(NOBODY);
  kinora = await createTestApp({ encoding: { heights: [144], preset: 'ultrafast' } });
  admin = await kinora.admin();
});
afterAll(async () => {
  await kinora?.close();
  if (isRoot) process.seteuid!(0);
});

async function addLibrary(name: string, ...files: [name: string, from: string][]) {
  const folder = join(kinora.folder, name);
  mkdirSync(folder);
  for (const [file, from] of files) copyFileSync(from, join(folder, file));
  return folder;
}
async function post(name: string, folder: string): Promise<string> {
  const body = { name, kind: 'home', folders: [folder] };
  return (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library.id;
}
const videosOf = async (id: string) => (await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${id}`)).items;
async function scan(id: string): Promise<void> {
  const library = async () => (await admin.get<{ library: LibraryWire }>(`/api/libraries/${id}`)).library;
  const rested = async () => (await library()).state !== 'scanning';
  await expect.poll(rested, { timeout: 20_000, interval: 20 }).toBe(true);
  const before = (await library()).scannedAtMs;
  await admin.post(`/api/libraries/${id}/scan`, undefined, 202);
  const done = async () => (await rested()) && (await library()).scannedAtMs !== before;
  await expect.poll(done, { timeout: 20_000, interval: 20 }).toBe(true);
}

it('a file that may not be read says so, and plays once it may', async () => {
  const folder = await addLibrary('forbidden', ['film.mp4', clips[0]!]);
  chmodSync(join(folder, 'film.mp4'), 0o000);
  const id = await post('Forbidden', folder);
  await expect.poll(async () => (await videosOf(id)).length, { timeout: 10_000 }).toBe(1);
  const [film] = await videosOf(id);
  const { video } = await admin.waitFor(film!.id, isFailed);
  expect(video.failure).toMatch(/not allowed to read the original file/);
  // Nothing of the file has changed but that.
  chmodSync(join(folder, 'film.mp4'), 0o644);
  await scan(id);
  await admin.waitFor(film!.id, isReady);
});

it('a disk that goes while its files are being understood has said nothing about them', async () => {
  const folder = await addLibrary('hasty', ['film.mp4', clips[1]!]);
  chmodSync(join(folder, 'film.mp4'), 0o000);
  const id = await post('Hasty', folder);
  await expect.poll(async () => (await videosOf(id)).length, { timeout: 10_000 }).toBe(1);
  renameSync(folder, `${folder}-away`);
  const [film] = await videosOf(id);
  const { video } = await admin.waitFor(film!.id, isFailed);
  expect(video.failure).toMatch(/gone or cannot be reached/);
  chmodSync(join(`${folder}-away`, 'film.mp4'), 0o644);
  renameSync(`${folder}-away`, folder);
  await scan(id);
  await admin.waitFor(film!.id, isReady);
});

it('a folder inside that may not be read keeps its videos', async () => {
  const folder = await addLibrary('partly', ['open.mp4', clips[0]!]);
  mkdirSync(join(folder, 'closed'));
  copyFileSync(clips[1]!, join(folder, 'closed', 'film.mp4'));
  const id = await post('Partly', folder);
  await expect.poll(async () => (await videosOf(id)).length, { timeout: 10_000 }).toBe(2);
  const before = (await videosOf(id)).map((video) => video.id).sort();
  const offline = async () => (await videosOf(id)).filter((video) => video.offline).map(({ filename }) => filename);
  chmodSync(join(folder, 'closed'), 0o000);
  await scan(id);
  expect(await offline()).toEqual(['film.mp4']);
  chmodSync(join(folder, 'closed'), 0o755);
  await scan(id);
  expect(await offline()).toEqual([]);
  expect((await videosOf(id)).map((video) => video.id).sort()).toEqual(before);
});

it('what becomes unreadable while it plays is a sentence, and plays on when it can be read', async () => {
  const folder = await addLibrary('closing', ['film.mp4', clips[0]!]);
  const id = await post('Closing', folder);
  await expect.poll(async () => (await videosOf(id)).length, { timeout: 10_000 }).toBe(1);
  const [film] = await videosOf(id);
  await admin.waitFor(film!.id, isReady);
  const { playback } = await admin.get<VideoReply>(`/api/videos/${film!.id}`);
  const { variants, audio } = await readMultivariant(admin, playback!.hls);
  const modes = playback!.renditions.filter(({ kind }) => kind === 'video').map(({ mode }) => mode);
  expect(modes).toEqual(['copied', 'encoded']);
  const lists = await Promise.all([...variants, ...audio].map(({ url }) => readPlaylist(admin, url)));
  for (const { initUrl, segments } of lists) await admin.bytes(initUrl).then(() => admin.bytes(segments[0]!.url));
  const last = lists.map(({ segments }) => segments.at(-1)!.url);
  const detailOf = async (url: string) => {
    const { response, text } = await admin.raw('GET', url);
    expect(response.status, text).toBe(503);
    expect(response.headers.get('Retry-After')).toBe('30');
    return JSON.parse(text).detail;
  };
  await kinora.app.streaming.release(film!.id);
  chmodSync(folder, 0o000);
  for (const url of last) expect(await detailOf(url)).toMatch(/cannot be reached now: the server is not allowed/);
  chmodSync(folder, 0o755);
  renameSync(folder, `${folder}-away`);
  for (const url of last) expect(await detailOf(url)).toMatch(/cannot be reached now: its disk or folder/);
  renameSync(`${folder}-away`, folder);
  for (const url of last) await admin.bytes(url);
});
