import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { findClockJumps } from '../../src/streaming/inspect/clock-repair.ts';
import type { TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Recordings put one behind the other, in a library: the file is left alone, and a copy with one clock is played. */

const scratch = mkdtempSync(join(tmpdir(), 'kinora-clock-'));
const apps: TestApp[] = [];
afterAll(async () => {
  for (const app of apps) await app.close();
  rmSync(scratch, { recursive: true, force: true });
});

const clip = async () => readFileSync(await makeClip({ seconds: 5, size: '320x180', extension: 'ts' }));

async function openLibrary(keepFreeGb: number, bytes: Buffer) {
  const kinora = await createTestApp({
    cache: { keepFreeGb },
    encoding: { heights: [144], policy: { libraries: 'lazy' } },
  });
  apps.push(kinora);
  const folder = join(kinora.folder, 'recordings');
  mkdirSync(folder);
  const file = join(folder, 'Evening.ts');
  writeFileSync(file, bytes);
  const admin: TestClient = await kinora.admin();
  await admin.post('/api/libraries', { name: 'Recordings', kind: 'home', folders: [folder] }, 201);
  const video = async () => (await admin.get<{ items: VideoWire[] }>('/api/videos')).items[0];
  const becomes = (facts: Partial<VideoWire>) =>
    expect.poll(video, { timeout: 20_000, interval: 50 }).toMatchObject(facts);
  return { kinora, admin, file, video, becomes };
}

it('stays until the file is another one', async () => {
  const part = await clip();
  const joined = Buffer.concat([part, part]);
  const { kinora, admin, file, video, becomes } = await openLibrary(0.1, joined);
  await becomes({ state: 'ready' });
  const { id, durationMs } = (await video())!;
  expect(durationMs! / 1000).toBeCloseTo(10, 0);
  expect(readFileSync(file).equals(joined)).toBe(true);
  const kept = join(kinora.folder, 'data/videos', id, 'repaired');
  const [copy] = readdirSync(kept);
  expect(copy).toMatch(/\.ts$/);
  expect(readFileSync(join(kept, copy!)).length).toBe(joined.length);
  const { playback } = await admin.get<VideoReply>(`/api/videos/${id}`);
  expect(playback!.renditions.map(({ mode }) => mode)).toContain('copied');

  writeFileSync(file, part);
  const changed = new Date(Date.now() - 5000);
  utimesSync(file, changed, changed);
  await expect.poll(async () => (await video())?.durationMs, { timeout: 20_000 }).toBeLessThan(6000);
  await becomes({ state: 'ready' });
  expect(existsSync(kept) && readdirSync(kept).length > 0).toBe(false);
});

it('is not made where there is no room, and says so', async () => {
  const part = await clip();
  const { kinora, video, becomes } = await openLibrary(1e9, Buffer.concat([part, part]));
  await becomes({ state: 'failed' });
  const { id, failure } = (await video())!;
  expect(failure).toMatch(/timestamps in this file jump.*room for 0 MB.*Free some space/);
  expect(existsSync(join(kinora.folder, 'data/videos', id, 'repaired'))).toBe(false);
});

it('is looked for here and there in a large file, and everywhere where that looks odd', async () => {
  const part = await clip();
  const { signal } = new AbortController();
  const find = async (bytes: Buffer, looks: number) => {
    const path = join(scratch, 'large.ts');
    writeFileSync(path, bytes);
    return findClockJumps(path, await sniffFile(path), { signal, wholeBytes: 0, looks });
  };
  const joined = Buffer.concat([part, part, part]);
  expect(await find(part, 8)).toBeNull();
  expect(await find(joined, 8)).not.toBeNull();
  // Nothing odd from the first second to the last: what is between is not read.
  expect(await find(joined, 2)).toBeNull();
});
