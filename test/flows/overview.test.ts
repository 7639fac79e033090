import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/time.ts';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { HealthWire, OverviewWire, PlayingWire } from '../../src/features/overview/api.ts';
import { diskDays } from '../../src/features/overview/schema.ts';
import { sumVideos } from '../../src/features/overview/usage.service.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What an admin sees of an instance at a glance. */

let kinora: TestApp;
let admin: TestClient;
let owner: TestClient;
let clip: string;
let id: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144] } });
  admin = await kinora.admin();
  owner = await kinora.member('owner');
  clip = await makeClip({ seconds: 12, size: '320x180', rate: '25' });
  id = await owner.upload(clip, { visibility: 'internal' });
  await owner.waitFor(id, isReady);
});
afterAll(() => kinora?.close());

const playing = async () => (await admin.get<{ items: PlayingWire[] }>('/api/overview/playing')).items;
const overview = () => admin.get<OverviewWire>('/api/overview');
const health = async (check: HealthWire['check']) => (await overview()).health.find((one) => one.check === check);

describe('now playing', () => {
  let copied: string[];
  let encoded: string[];
  let sound: string[];

  beforeAll(async () => {
    const { playback } = await owner.waitFor(id, isReady);
    const { variants, audio } = await readMultivariant(owner, playback!.hls);
    const urls = async (url: string) => (await readPlaylist(owner, url)).segments.map((segment) => segment.url);
    [copied, encoded, sound] = await Promise.all([
      urls(variants.at(0)!.url),
      urls(variants.at(-1)!.url),
      urls(audio.at(0)!.url),
    ]);
  });

  it('is nothing while nobody watches, and manifests alone are no watching', async () => {
    expect(await playing()).toEqual([]);
  });

  it('says who, what, where, how and why', async () => {
    const bytes = (await owner.bytes(copied[1]!)).length + (await owner.bytes(sound[1]!)).length;
    const [one, ...others] = await playing();
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      user: { username: 'owner' },
      address: '127.0.0.1',
      video: { id, durationMs: expect.any(Number) },
      picture: { mode: 'copied', label: expect.stringContaining('180p') },
      sound: { mode: 'copied' },
    });
    expect(one!.positionMs).toBeGreaterThan(1000);
    // Rates are over the time since they began, and over a second at least. The heads of the answers are counted, too.
    const sent = async () => {
      const { bytesPerSecond, sinceMs } = (await playing())[0]!;
      return bytesPerSecond * Math.max(1, (kinora.app.clock.nowMs() - sinceMs) / 1000);
    };
    await expect.poll(sent).toBeGreaterThan(bytes * 0.95);
    expect(await sent()).toBeLessThan((bytes + 5000) * 1.2);
  });

  it('changes with the quality, and tells why that is encoded', async () => {
    await owner.bytes(encoded[0]!);
    const [one] = await playing();
    expect(one!.picture).toMatchObject({ mode: 'encoded', label: expect.stringContaining('144p') });
    expect(one!.picture!.why).toMatch(/\w+ .*\./);
  });

  it('believes the player more than the segments', async () => {
    await owner.send('PUT', `/api/videos/${id}/progress`, { positionMs: 6543 }, 204);
    expect((await playing())[0]!.positionMs).toBe(6543);
  });

  it('knows visitors by their address', async () => {
    await owner.send('PATCH', `/api/videos/${id}`, { visibility: 'public' });
    const { playback } = await kinora.client().waitFor(id, isReady);
    const { variants } = await readMultivariant(kinora.client(), playback!.hls);
    const { segments } = await readPlaylist(kinora.client(), variants[0]!.url);
    await kinora.client().bytes(segments[0]!.url);
    expect(await playing()).toMatchObject([{ user: null, address: '127.0.0.1', positionMs: 0 }, { user: {} }]);
  });

  it('is over a while after the last segment', async () => {
    kinora.travel(100_000);
    expect(await playing()).toEqual([]);
  });

  it('does not count segments that there are not, or that one may not have', async () => {
    await owner.raw('GET', copied[0]!.replace(/\d+\.m4s/, '999.m4s'));
    await owner.raw('GET', copied[0]!.replace(/~[^/]+/, '~x'));
    expect(await playing()).toEqual([]);
  });
});

describe('storage', () => {
  it('is counted by what files are for', async () => {
    const originals = async () => (await overview()).storage.files.find(({ kind }) => kind === 'originals');
    await expect.poll(originals, { timeout: 30_000 }).toMatchObject({ bytes: statSync(clip).size, files: 1 });
    const { files, countedAtMs } = (await overview()).storage;
    for (const kind of ['segments', 'images', 'database'])
      expect(files.find((one) => one.kind === kind)?.bytes, kind).toBeGreaterThan(0);
    expect(countedAtMs).toBeGreaterThan(0);
  });

  it('is summed up by library, where the files stay', async () => {
    const folder = join(kinora.folder, 'films');
    mkdirSync(folder);
    copyFileSync(clip, join(folder, 'One.mp4'));
    copyFileSync(clip, join(folder, 'Two.mp4'));
    const body = { name: 'Films', kind: 'home', folders: [folder] };
    const { library } = await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201);
    // Looking is enough: it is summed up again, though not at every look.
    await expect
      .poll(async () => (await overview()).storage.libraries, { timeout: 30_000 })
      .toEqual([{ library: { id: library.id, name: 'Films' }, files: 2, bytes: 2 * statSync(clip).size }]);
    expect(await health('libraries')).toEqual({ check: 'libraries', state: 'ok', facts: { count: 1 } });
    rmSync(folder, { recursive: true });
    await admin.post(`/api/libraries/${library.id}/scan`);
    await expect
      .poll(() => health('libraries'))
      .toEqual({ check: 'libraries', state: 'warning', facts: { count: 1, names: 'Films' } });
  });

  it('is summed up by origin and by channel, with the largest videos', async () => {
    await sumVideos(kinora.app);
    const { origins, channels, largest } = (await overview()).storage;
    const { size } = statSync(clip);
    expect(origins).toContainEqual({ origin: 'upload', files: 1, bytes: size });
    const channel = { id: expect.any(String), handle: 'owner', name: 'owner' };
    expect(channels).toEqual([{ channel, files: 1, bytes: size }]);
    expect(largest.map(({ bytes }) => bytes)).toEqual(largest.map(() => size));
    expect(largest.find((one) => one.id === id)).toMatchObject({ origin: 'upload' });
    // A channel that is gone has left something behind all the same.
    const raw = kinora.app.db.raw;
    const channelId = raw.prepare('SELECT channel_id FROM videos WHERE id = ?').pluck().get(id);
    raw.prepare('UPDATE videos SET channel_id = NULL WHERE id = ?').run(id);
    await sumVideos(kinora.app);
    raw.prepare('UPDATE videos SET channel_id = ? WHERE id = ?').run(channelId, id);
    expect((await overview()).storage.channels).toEqual([{ channel: null, files: 1, bytes: size }]);
  });

  it('has a forecast once some days are known', async () => {
    const { app } = kinora;
    const { disk } = await overview();
    expect(disk!.forecast).toBeNull();
    const today = Math.floor(app.clock.nowMs() / DAY_MS) * DAY_MS;
    const { freeBytes, totalBytes } = disk!;
    app.db.write((tx) => {
      for (const ago of [1, 2, 3, 4, 5]) {
        const row = { dayMs: today - ago * DAY_MS, freeBytes: freeBytes + ago * 1e9, totalBytes };
        tx.insert(diskDays).values(row).run();
      }
    });
    const { forecast } = (await overview()).disk!;
    expect(forecast!.overDays).toBe(5);
    expect(forecast!.bytesPerDay / 1e9).toBeCloseTo(1, 0);
    const daysLeft = (forecast!.fullAtMs! - app.clock.nowMs()) / DAY_MS;
    expect(daysLeft / (freeBytes / 1e9)).toBeGreaterThan(0.5);
  });
});

describe('health', () => {
  it('names what has failed', async () => {
    expect(await health('ffmpeg')).toMatchObject({ state: 'ok', facts: { version: expect.any(String) } });
    expect(await health('disk')).toMatchObject({ state: 'ok' });
    const failed = kinora.app.queue.counts().reduce((sum, lane) => sum + lane.failed, 0);
    expect(await health('jobs')).toEqual({
      check: 'jobs',
      state: failed > 0 ? 'warning' : 'ok',
      facts: { count: failed },
    });
    kinora.app.db.raw.prepare("update jobs set state = 'failed' where id = (select min(id) from jobs)").run();
    expect(await health('jobs')).toEqual({ check: 'jobs', state: 'warning', facts: { count: failed + 1 } });
  });

  it('is for admins alone', async () => {
    for (const path of ['/api/overview', '/api/overview/playing']) {
      await owner.get(path, 403);
      await kinora.client().get(path, 401);
    }
  });
});
