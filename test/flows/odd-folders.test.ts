import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Folders as people have them: links, moves, odd names, files still being written. Each file once, and nothing lost. */

let kinora: TestApp;
let admin: TestClient;
let clips: string[];

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144], preset: 'ultrafast' } });
  admin = await kinora.admin();
  clips = await Promise.all([2, 3, 4, 5, 6, 7].map((seconds) => makeClip({ seconds, size: '160x90' })));
});
afterAll(() => kinora?.close());

function makeFolder(...parts: string[]): string {
  const folder = join(kinora.folder, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function addLibrary(name: string, ...folders: string[]): Promise<string> {
  const body = { name, kind: 'home', folders };
  return (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library.id;
}

const libraryOf = async (id: string) => (await admin.get<{ library: LibraryWire }>(`/api/libraries/${id}`)).library;
const videosOf = async (id: string) =>
  (await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${id}&limit=100`)).items;
const namesOf = async (id: string) => (await videosOf(id)).map(({ filename }) => filename).sort();
const listed = (id: string, ...names: string[]) =>
  expect.poll(() => namesOf(id), { timeout: 20_000, interval: 50 }).toEqual(names.sort());

/** Scans, and waits for the end of it. */
async function scan(id: string): Promise<void> {
  const rested = async () => (await libraryOf(id)).state !== 'scanning';
  await expect.poll(rested, { timeout: 20_000, interval: 20 }).toBe(true);
  const before = (await libraryOf(id)).scannedAtMs;
  await admin.post(`/api/libraries/${id}/scan`, undefined, 202);
  const done = async () => (await rested()) && (await libraryOf(id)).scannedAtMs !== before;
  await expect.poll(done, { timeout: 20_000, interval: 20 }).toBe(true);
}

/** Longer than the watcher waits for a file to stand still. */
const watched = () => new Promise((resolve) => setTimeout(resolve, 2500));

it('a file with several names is one video, and links lead neither in circles nor into the data folder', async () => {
  const folder = makeFolder('links');
  const real = makeFolder('links', 'real', 'deep');
  const outside = makeFolder('outside');
  copyFileSync(clips[0]!, join(real, 'a.mp4'));
  copyFileSync(clips[1]!, join(outside, 'b.mp4'));
  symlinkSync(join(folder, 'real'), join(folder, '0 to real'));
  symlinkSync(folder, join(real, 'loop'));
  symlinkSync('self', join(folder, 'self'));
  symlinkSync('nowhere.mp4', join(folder, 'dangling.mp4'));
  symlinkSync(join(real, 'a.mp4'), join(folder, 'soft a.mp4'));
  symlinkSync(outside, join(folder, 'outside'));
  symlinkSync(join(outside, 'b.mp4'), join(folder, 'soft b.mp4'));
  symlinkSync(join(kinora.folder, 'data'), join(folder, 'data'));
  const upload = await admin.upload(clips[2]!, { filename: 'uploaded.mp4' });
  await admin.waitFor(upload, isReady);
  const id = await addLibrary('Links', folder);
  await listed(id, 'a.mp4', 'b.mp4');
  linkSync(join(real, 'a.mp4'), join(folder, 'hard a.mp4'));
  copyFileSync(clips[3]!, join(real, 'new.mp4'));
  await listed(id, 'a.mp4', 'b.mp4', 'new.mp4');
  await watched();
  const ids = (await videosOf(id)).map((video) => video.id).sort();
  await scan(id);
  expect((await videosOf(id)).map((video) => video.id).sort()).toEqual(ids);
  expect((await videosOf(id)).filter(({ offline }) => offline)).toEqual([]);
});

it('what is thrown away, or left out, is not taken in', async () => {
  const folder = makeFolder('trash');
  makeFolder('trash', 'private');
  writeFileSync(join(folder, 'private', '.nomedia'), '');
  copyFileSync(clips[0]!, join(folder, 'kept.mp4'));
  copyFileSync(clips[1]!, join(folder, 'thrown.mp4'));
  const id = await addLibrary('Trash', folder);
  await listed(id, 'kept.mp4', 'thrown.mp4');
  renameSync(join(folder, 'thrown.mp4'), join(makeFolder('trash', '.Trash-1000', 'files'), 'thrown.mp4'));
  copyFileSync(clips[2]!, join(makeFolder('trash', '#recycle'), 'recycled.mp4'));
  copyFileSync(clips[3]!, join(folder, 'private', 'mine.mp4'));
  const isOffline = async () => (await videosOf(id)).find(({ filename }) => filename === 'thrown.mp4')?.offline;
  await expect.poll(isOffline, { timeout: 20_000 }).toBe(true);
  await watched();
  await scan(id);
  expect(await namesOf(id)).toEqual(['kept.mp4', 'thrown.mp4']);
});

it('a film that moves to another folder or library stays the same video', async () => {
  const [one, two, other] = [makeFolder('moves', 'one'), makeFolder('moves', 'two'), makeFolder('elsewhere')];
  for (const folder of [one, two, other]) copyFileSync(clips[0]!, join(folder, `stays in ${basename(folder)}.mp4`));
  copyFileSync(clips[1]!, join(two, 'film.mp4'));
  const atSec = 1_700_000_000;
  utimesSync(join(two, 'film.mp4'), atSec, atSec);
  const id = await addLibrary('Moves', one, two);
  const otherId = await addLibrary('Elsewhere', other);
  await listed(id, 'film.mp4', 'stays in one.mp4', 'stays in two.mp4');
  await listed(otherId, 'stays in elsewhere.mp4');
  const film = (await videosOf(id)).find(({ filename }) => filename === 'film.mp4')!;
  await admin.waitFor(film.id, isReady);
  await admin.send('PUT', `/api/videos/${film.id}/progress`, { positionMs: 1000 });
  // As on a share that tells of no changes: a scan is there before the watcher.
  renameSync(join(two, 'film.mp4'), join(one, 'film 2.mp4'));
  await scan(id);
  expect((await videosOf(id)).find((video) => video.id === film.id)).toMatchObject({
    filename: 'film 2.mp4',
    offline: false,
  });
  renameSync(join(one, 'film 2.mp4'), join(other, 'film 3.mp4'));
  await scan(otherId);
  await scan(id);
  expect(await namesOf(id)).toEqual(['stays in one.mp4', 'stays in two.mp4']);
  const { video } = await admin.get<VideoReply>(`/api/videos/${film.id}`);
  expect(video).toMatchObject({
    filename: 'film 3.mp4',
    offline: false,
    state: 'ready',
    progress: { positionMs: 1000 },
  });
  expect((await videosOf(otherId)).map((each) => each.id)).toContain(film.id);
  // A copy made while the disk of the first is away is no move.
  const away = `${other}-away`;
  renameSync(other, away);
  copyFileSync(join(away, 'film 3.mp4'), join(one, 'copy.mp4'));
  utimesSync(join(one, 'copy.mp4'), atSec, atSec);
  await scan(id);
  expect(await namesOf(id)).toEqual(['copy.mp4', 'stays in one.mp4', 'stays in two.mp4']);
  expect((await videosOf(otherId)).map((each) => each.id)).toContain(film.id);
  renameSync(away, other);
});

it('a folder that leaves its library takes its videos along, and brings them back', async () => {
  const [one, two] = [makeFolder('leaves', 'one'), makeFolder('leaves', 'two')];
  copyFileSync(clips[0]!, join(one, 'one.mp4'));
  copyFileSync(clips[1]!, join(two, 'two.mp4'));
  const id = await addLibrary('Leaves', one, two);
  await listed(id, 'one.mp4', 'two.mp4');
  const before = (await videosOf(id)).map((video) => video.id).sort();
  await admin.send('PATCH', `/api/libraries/${id}`, { folders: [one] });
  await listed(id, 'one.mp4');
  await admin.send('PATCH', `/api/libraries/${id}`, { folders: [one, two] });
  await listed(id, 'one.mp4', 'two.mp4');
  expect((await videosOf(id)).map((video) => video.id).sort()).toEqual(before);
  // Its path is another, as when a disk is mounted elsewhere: the same films.
  renameSync(two, join(kinora.folder, 'leaves', 'three'));
  await admin.send('PATCH', `/api/libraries/${id}`, { folders: [one, join(kinora.folder, 'leaves', 'three')] });
  await scan(id);
  expect((await videosOf(id)).map((video) => video.id).sort()).toEqual(before);
  expect((await videosOf(id)).filter(({ offline }) => offline)).toEqual([]);
});

it('a folder that was away is watched again', async () => {
  const folder = makeFolder('away');
  copyFileSync(clips[0]!, join(folder, 'first.mp4'));
  const id = await addLibrary('Away', folder);
  await listed(id, 'first.mp4');
  renameSync(folder, `${folder}-gone`);
  await scan(id);
  expect((await libraryOf(id)).state).toBe('offline');
  renameSync(`${folder}-gone`, folder);
  await scan(id);
  expect((await libraryOf(id)).state).toBe('online');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  copyFileSync(clips[1]!, join(folder, 'second.mp4'));
  await listed(id, 'first.mp4', 'second.mp4');
});

it('refuses a folder that another library has, or that is a link to the data folder', async () => {
  const folder = makeFolder('taken');
  const inside = makeFolder('taken', 'inside');
  const id = await addLibrary('Taken', folder);
  const link = join(kinora.folder, 'link to data');
  symlinkSync(join(kinora.folder, 'data'), link);
  for (const [path, why] of [
    [folder, /overlaps with ".*taken" of the library "Taken"/],
    [inside, /A video is in one library only/],
    [link, /own data folder/],
  ] as const) {
    const body = JSON.stringify({ name: 'X', kind: 'home', folders: [path] });
    const { response, text } = await admin.raw('POST', '/api/libraries', {
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status, text).toBe(422);
    expect(JSON.parse(text).detail).toMatch(why);
  }
  await admin.send('PATCH', `/api/libraries/${id}`, { name: 'Taken still', folders: [folder] });
});

describe('names', () => {
  const NAMES = [
    ...['é.mp4'.normalize('NFC'), 'é.mp4'.normalize('NFD'), 'new\nline.mp4', 'tab\t.mp4', "it's.mp4", 'double "q".mp4'],
    ...['100%.mp4', '%05d.mp4', 'hash#tag.mp4', 'what?.mp4', 'space .mp4', 'dots..mp4', ' blank.mp4', '-i.mp4'],
    ...['concat:a|b.mp4', 'pipe:0.mp4', '[x]{y}*.mp4', '🎬.mp4', 'CASE.MP4', 'case.mp4', `${'a'.repeat(251)}.mp4`],
  ];
  const FOLDERS = ['dots..', 'blank ', 'd%20#?', 'two\nlines', 'x'.repeat(255)];

  it('of all kinds are found and played', async () => {
    const folder = makeFolder('names');
    for (const name of NAMES) copyFileSync(clips[0]!, join(folder, name));
    for (const [n, name] of FOLDERS.entries()) copyFileSync(clips[0]!, join(makeFolder('names', name), `in ${n}.mp4`));
    const invalid = (text: string) =>
      Buffer.concat([Buffer.from(`${folder}/${text}`), Buffer.from([0xff]), Buffer.from('.mp4')]);
    writeFileSync(invalid('bad '), readFileSync(clips[0]!));
    const id = await addLibrary('Names', folder);
    const ready = async () => (await videosOf(id)).filter(({ state }) => state === 'ready').length;
    await expect.poll(ready, { timeout: 60_000, interval: 200 }).toBe(NAMES.length + FOLDERS.length);
    expect(await namesOf(id)).toEqual([...NAMES, ...FOLDERS.map((_, n) => `in ${n}.mp4`)].sort());
    for (const { id: videoId } of await videosOf(id)) {
      const { playback } = await admin.get<VideoReply>(`/api/videos/${videoId}`);
      const { variants } = await readMultivariant(admin, playback!.hls);
      await download(admin, variants[0]!.url, join(kinora.folder, 'named.mp4'));
    }
    const { items } = await admin.get<{ items: { name: string; log: string | null }[] }>('/api/jobs?limit=100');
    const logs = items.filter(({ name }) => name === 'libraries.scan').map(({ log }) => log ?? '');
    expect(logs.join('')).toMatch(/bad .*\.mp4: its name is not valid UTF-8; rename it/);
  });
});

it('a recording that grows while it is scanned is one video, and whole in the end', async () => {
  const folder = makeFolder('grows');
  const bytes = readFileSync(await makeClip({ seconds: 9, size: '160x90', extension: 'ts' }));
  const path = join(folder, 'recording.ts');
  const part = Math.ceil(bytes.length / 4 / 188) * 188;
  writeFileSync(path, bytes.subarray(0, part));
  const id = await addLibrary('Grows', folder);
  for (let at = part; at < bytes.length; at += part) {
    await scan(id);
    const [video] = await videosOf(id);
    const reply = await admin.waitFor(video!.id, isReady);
    const { variants } = await readMultivariant(admin, reply.playback!.hls);
    await download(admin, variants[0]!.url, join(kinora.folder, 'growing.mp4'));
    appendFileSync(path, bytes.subarray(at, at + part));
  }
  const lengthMs = async () => (await videosOf(id)).map(({ durationMs }) => Math.round((durationMs ?? 0) / 1000));
  await expect.poll(lengthMs, { timeout: 20_000 }).toEqual([9]);
  await admin.waitFor((await videosOf(id))[0]!.id, isReady);
});

it('a file that comes back as another one at the same place is understood anew, and an empty one says so', async () => {
  const folder = makeFolder('replaced');
  const path = join(folder, 'film.mp4');
  copyFileSync(clips[0]!, path);
  for (const [name, bytes] of [
    ['none.mp4', 0],
    ['one.mp4', 1],
  ] as const)
    writeFileSync(join(folder, name), Buffer.alloc(bytes, 'x'));
  const id = await addLibrary('Replaced', folder);
  await listed(id, 'film.mp4', 'none.mp4', 'one.mp4');
  const film = (await videosOf(id)).find(({ filename }) => filename === 'film.mp4')!;
  await admin.waitFor(film.id, isReady);
  rmSync(path);
  await scan(id);
  copyFileSync(clips[4]!, path);
  const lengthMs = async () => (await admin.get<VideoReply>(`/api/videos/${film.id}`)).video.durationMs;
  await expect.poll(lengthMs, { timeout: 20_000 }).toBe(6000);
  const failures = async () =>
    (await videosOf(id)).filter(({ state }) => state === 'failed').map(({ failure }) => failure ?? '');
  await expect.poll(async () => (await failures()).length, { timeout: 20_000 }).toBe(2);
  expect((await failures()).sort()[0]).toMatch(/^The file is empty/);
});
