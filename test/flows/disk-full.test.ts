import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImportReply } from '../../src/features/imports/api.ts';
import type { DiskWire } from '../../src/features/instance/api.ts';
import { createClient, isPlayable, type TestClient, tusPart } from '../support/client.ts';
import { startFileServer } from '../support/file-server.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** A disk that is really full: a small file system in memory. Mounting it takes root, as in CI. */
const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const ENV = {
  KINORA_SETUP_TOKEN: 'disk-full',
  KINORA_LOG_LEVEL: 'error',
  KINORA_ENCODING_HEIGHTS: '[360, 240]',
  KINORA_IMPORTS_ALLOW_NETWORKS: '["127.0.0.1"]',
};
const DISK_MB = 640;

let folder: string;
let kinora: KinoraProcess;
let client: TestClient;

beforeAll(async () => {
  if (!isRoot) return;
  folder = mkdtempSync(join(tmpdir(), 'kinora-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) throw new Error(`no small disk can be mounted here: ${mounted.stderr}`);
  mkdirSync(join(folder, 'data'));
  kinora = await startKinora(join(folder, 'data'), ENV);
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const body = { ...person('admin'), token: 'disk-full' };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', body, 201);
  client = createClient(kinora.url, openapi, token);
});
afterAll(async () => {
  await kinora?.end('SIGKILL');
  if (!folder) return;
  spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const ballast = () => join(folder, 'ballast');
/** Leaves so many kilobytes free. */
function leaveFree(kilobytes: number): void {
  rmSync(ballast(), { force: true });
  const { bavail, bsize } = statfsSync(folder);
  const size = bavail * bsize - kilobytes * 1024;
  writeFileSync(ballast(), Buffer.alloc(Math.max(0, size)));
}

it.runIf(isRoot)('refuses an upload it has no room for, before a byte is sent', async () => {
  leaveFree(200 * 1024);
  const { response, text } = await client.raw('POST', '/api/videos/init', {
    body: JSON.stringify({ filename: 'a.mp4', sizeBytes: 100_000_000 }),
    headers: { 'Content-Type': 'application/json' },
  });
  expect(response.status).toBe(507);
  expect(JSON.parse(text).detail).toMatch(/not enough room/);
});

it.runIf(isRoot)('takes no more of an upload while the disk is full, and goes on when there is room', async () => {
  const content = readFileSync(await makeClip({ seconds: 30, size: '854x480' }));
  const { id, url } = await begin('film.mp4', content.length);
  const first = content.subarray(0, 1_000_000);
  expect((await client.raw('PATCH', url, tusPart(first, 0))).response.status).toBe(204);
  leaveFree(1024);
  const full = await client.raw('PATCH', url, tusPart(content.subarray(first.length), first.length));
  expect(full.response.status).toBe(507);
  expect(JSON.parse(full.text).detail).toMatch(/disk is full/);
  expect((await client.raw('GET', '/healthz')).response.status).toBe(200);
  rmSync(ballast());
  expect(await offsetOf(url)).toBe(first.length);
  const rest = await client.raw('PATCH', url, tusPart(content.subarray(first.length), first.length));
  expect(rest.response.status).toBe(204);
  await client.waitFor(id, isPlayable);
});

it.runIf(isRoot)('keeps what arrived of a part in whose middle the disk filled up', async () => {
  rmSync(ballast(), { force: true });
  const content = Buffer.alloc(200_000_000, 'x');
  const { id, url } = await begin('large.mp4', content.length);
  leaveFree(140 * 1024);
  const full = await client.raw('PATCH', url, tusPart(content, 0));
  expect(full.response.status).toBe(507);
  const offset = await offsetOf(url);
  expect(offset).toBeGreaterThan(50_000_000);
  expect(offset).toBeLessThan(content.length);
  rmSync(ballast());
  expect((await client.raw('PATCH', url, tusPart(content.subarray(offset), offset))).response.status).toBe(204);
  await client.send('DELETE', `/api/videos/${id}`, undefined, 204);
});

async function begin(filename: string, sizeBytes: number): Promise<{ id: string; url: string }> {
  rmSync(ballast(), { force: true });
  const body = { filename, sizeBytes };
  const begun = await client.post<{ video: { id: string }; upload: { url: string } }>('/api/videos/init', body, 201);
  return { id: begun.video.id, url: begun.upload.url };
}

async function offsetOf(url: string): Promise<number> {
  const { response } = await client.raw('HEAD', url, { headers: { 'Tus-Resumable': '1.0.0' } });
  return Number(response.headers.get('upload-offset'));
}

it.runIf(isRoot)('pauses encoding while the disk is nearly full, tells the admin, and goes on by itself', async () => {
  const disk = () => client.get<DiskWire>('/api/instance/disk');
  const content = readFileSync(await makeClip({ seconds: 8, size: '854x480' }));
  const { id, url } = await begin('film.mp4', content.length);
  // What was filled before this test has been noticed, and that it no longer is.
  await expect.poll(async () => (await disk()).low, { timeout: 20_000 }).toBe(false);
  // Less than is kept free, more than what is never filled: what has begun may still end.
  leaveFree(200 * 1024);
  await expect.poll(async () => (await disk()).low, { timeout: 20_000 }).toBe(true);
  expect((await client.raw('PATCH', url, tusPart(content, 0))).response.status).toBe(204);
  const { video } = await client.waitFor(id, isPlayable);
  expect(video).toMatchObject({ state: 'processing', failure: null });
  const { items } = await client.get<LaneReply>('/api/jobs/lanes');
  const reason = /disk is nearly full: 0\.[12] GB left of 0\.7 GB/;
  const encode = items.find(({ lane }) => lane === 'encode')!;
  expect(encode).toMatchObject({ running: 0, held: expect.stringMatching(reason) });
  expect(encode.queued).toBeGreaterThan(0);
  expect(items.find(({ lane }) => lane === 'probe')).toMatchObject({ held: null });
  rmSync(ballast());
  const after = await client.waitFor(id, (reply) => reply.video.state === 'ready', 110_000);
  expect(after.playback!.renditions.every(({ filledPercent }) => filledPercent === 100)).toBe(true);
  expect((await disk()).low).toBe(false);
});

it.runIf(isRoot)('pauses the fetching of a link while the disk is nearly full, and goes on where it was', async () => {
  rmSync(ballast(), { force: true });
  const content = readFileSync(await makeClip({ seconds: 8, size: '854x480' }));
  const server = await startFileServer({ content, bytesPerSecond: content.length / 20 });
  const { video } = await client.post<ImportReply>('/api/videos/import', { url: `${server.url}/a.mp4` }, 202);
  const now = async () => (await client.get<ImportReply>(`/api/videos/${video.id}/import`)).import;
  await expect.poll(async () => (await now()).receivedBytes, { timeout: 20_000 }).toBeGreaterThan(0);
  leaveFree(200 * 1024);
  await expect
    .poll(now, { timeout: 20_000 })
    .toMatchObject({ state: 'waiting', note: expect.stringMatching(/disk is nearly full/) });
  server.become({ content });
  rmSync(ballast());
  await client.waitFor(video.id, isPlayable);
  expect(server.requests.map(({ range }) => range)).toEqual([null, expect.stringMatching(/^bytes=[1-9]/)]);
  await server.close();
});

it.runIf(isRoot)('plays on a disk that takes nothing more', async () => {
  rmSync(ballast(), { force: true });
  const id = await client.upload(await makeClip({ seconds: 60, size: '854x480', rate: '25' }));
  const { playback } = await client.waitFor(id, isPlayable);
  // Segments are refused while there is still room to write down that they were.
  leaveFree(100 * 1024);
  const { variants } = await readMultivariant(client, playback!.hls);
  const { initUrl, segments } = await readPlaylist(client, variants.at(-1)!.url);
  // The last ones: whatever was made beforehand until now, they were not.
  for (const { url } of segments.slice(-3)) expect((await client.bytes(url)).length).toBeGreaterThan(1000);
  expect((await client.bytes(initUrl)).length).toBeGreaterThan(100);
  rmSync(ballast());
  await client.send('DELETE', `/api/videos/${id}`, undefined, 204);
});

interface LaneReply {
  items: { lane: string; running: number; queued: number; held: string | null }[];
}

it.runIf(isRoot)('says so at the start, and the doctor knows it', async () => {
  await kinora.end('SIGTERM');
  leaveFree(0);
  const other = join(folder, 'other');
  mkdirSync(other);
  const started = await runKinora(['serve', '--port', '0', '--data', other]);
  expect(started).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The disk of the data folder is full\. Make room/m),
  });
  const { output } = await runKinora(['doctor', '--only', 'Data folder', '--data', other]);
  expect(output).toMatch(/its disk is full\n +→ Make room on it\./);
});
