import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCache, keepCacheBudget } from '../../src/features/playback/cache-budget.ts';
import { STREAM_FORMAT } from '../../src/streaming/source.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { type MediaPlaylist, readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Segments made on demand stay as long as there is room: what was watched least recently goes first. */

const DAY_SEC = 86_400;
let kinora: TestApp;
let client: TestClient;
let film: { id: string; folder: string; playlist: MediaPlaylist };

beforeAll(async () => {
  kinora = await createTestApp({
    encoding: { heights: [144], policy: { uploads: 'lazy', libraries: 'lazy' }, aheadSegments: 20 },
    // Room for about two thirds of the film below.
    cache: { segmentsGb: 0.000_5 },
  });
  client = await kinora.member();
  film = await addFilm(await makeClip({ seconds: 60, size: '320x180', rate: '25' }));
});
afterAll(() => kinora?.close());

async function addFilm(clip: string) {
  const id = await client.upload(clip);
  const { playback } = await client.waitFor(id, isPlayable);
  const { variants } = await readMultivariant(client, playback!.hls);
  const playlist = await readPlaylist(client, variants.at(-1)!.url);
  const rendition = playlist.initUrl.split('/').at(-2)!;
  return { id, playlist, folder: join(kinora.folder, 'data', 'videos', id, 'hls', `${rendition}.${STREAM_FORMAT}`) };
}

const stored = (folder = film.folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.m4s'))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
const bytesOf = (folder = film.folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.m4s'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
const cache = () => kinora.app.streaming.cache;

/** As if the server were new: what it knows of the film is read off the disk again. */
async function startAnew(): Promise<void> {
  await kinora.app.streaming.release(film.id);
  await countCache(kinora.app);
}

describe('the segment cache', () => {
  it('counts what is written, and finds the same on the disk', async () => {
    for (const { url } of film.playlist.segments) await client.bytes(url);
    const known = cache().bytes();
    expect(known).toBe(bytesOf());
    expect(cache().segments()).toBe(film.playlist.segments.length);
    await startAnew();
    expect(cache().bytes()).toBe(known);
  });

  it('keeps what was asked for in the last minute, though it is over its budget', async () => {
    expect(cache().bytes()).toBeGreaterThan(cache().budgetBytes);
    await keepCacheBudget(kinora.app);
    expect(stored()).toHaveLength(film.playlist.segments.length);
  });

  it('lets go of single segments, the oldest first, and of the beginning last', async () => {
    const count = film.playlist.segments.length;
    // Watched from the end to the beginning, days ago.
    for (const index of stored()) {
      const atSec = Date.now() / 1000 - (20 + index) * DAY_SEC;
      utimesSync(join(film.folder, `${index}.m4s`), atSec, atSec);
    }
    await startAnew();
    expect(cache().bytes()).toBe(bytesOf());
    expect(cache().bytes()).toBeLessThanOrEqual(cache().budgetBytes);
    const left = stored();
    expect(left.length).toBeGreaterThan(count / 4);
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => index));
    expect(readdirSync(film.folder)).toContain('init.mp4');
  });

  it('makes what it let go of again, and then something else goes', async () => {
    const last = film.playlist.segments.length - 1;
    expect(stored()).not.toContain(last);
    expect((await client.bytes(film.playlist.segments[last]!.url)).length).toBeGreaterThan(1000);
    await keepCacheBudget(kinora.app);
    expect(stored()).toContain(last);
    expect(cache().bytes()).toBe(bytesOf());
    expect(cache().bytes()).toBeLessThanOrEqual(cache().budgetBytes);
  });

  it('writes down on the disk what was watched, so that a restart does not forget it', async () => {
    const [index] = stored().filter(
      (n) => Date.now() - statSync(join(film.folder, `${n}.m4s`)).mtimeMs > DAY_SEC * 1000,
    );
    await client.bytes(film.playlist.segments[index!]!.url);
    await keepCacheBudget(kinora.app);
    expect(Date.now() - statSync(join(film.folder, `${index}.m4s`)).mtimeMs).toBeLessThan(60_000);
  });

  it('minds neither files that somebody took away nor files that are none of its own', async () => {
    const [first] = stored();
    rmSync(join(film.folder, `${first}.m4s`));
    writeFileSync(join(film.folder, 'notes.txt'), 'mine');
    await startAnew();
    expect(cache().bytes()).toBe(bytesOf());
    expect((await client.bytes(film.playlist.segments[first!]!.url)).length).toBeGreaterThan(1000);
    expect(readdirSync(film.folder)).toContain('notes.txt');
  });

  it('forgets a video that is deleted', async () => {
    const other = await addFilm(await makeClip({ seconds: 12, size: '320x180', rate: '24' }));
    await client.bytes(other.playlist.segments[0]!.url);
    await kinora.app.streaming.release(other.id);
    const before = cache().bytes();
    await client.send('DELETE', `/api/videos/${other.id}`, undefined, 204);
    await startAnew();
    expect(cache().bytes()).toBe(bytesOf());
    expect(before).toBeGreaterThanOrEqual(cache().bytes());
  });
});

it('never touches what is kept eagerly', async () => {
  const eager = await createTestApp({ encoding: { heights: [144] }, cache: { segmentsGb: 0 } });
  try {
    const owner = await eager.member();
    const id = await owner.upload(await makeClip({ seconds: 8, size: '320x180' }));
    await owner.waitFor(id, isReady, 60_000);
    await countCache(eager.app);
    expect(eager.app.streaming.cache.bytes()).toBe(0);
    const { playback } = await owner.waitFor(id, isReady);
    expect(playback!.renditions.map(({ filledPercent }) => filledPercent)).toEqual(playback!.renditions.map(() => 100));
  } finally {
    await eager.close();
  }
}, 90_000);
