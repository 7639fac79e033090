import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, isPlayable, type TestClient } from '../support/client.ts';
import { download, readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi, type OpenApiCheck } from '../support/openapi-check.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** `kill -9` while segments are made on demand: none is half there, and what they take is known again at once. */

const ROUNDS = 6;
const ENV = {
  KINORA_SETUP_TOKEN: 'crash-test',
  KINORA_LOG_LEVEL: 'error',
  KINORA_ENCODING_HEIGHTS: '[144]',
  KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
  KINORA_ENCODING_AHEAD_SEGMENTS: '2',
};

let folder: string;
let port: number;
let token: string;
let openapi: OpenApiCheck;
let kinora: KinoraProcess;
let seed = Number(process.env['KINORA_TEST_SEED'] ?? 20_261_123);
const random = () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-crash-'));
  port = await freePort();
  kinora = await startKinora(folder, ENV, port);
  openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const nobody = createClient(kinora.url, openapi);
  ({ token } = await nobody.post<{ token: string }>('/api/setup', { ...person('admin'), token: 'crash-test' }, 201));
});
afterAll(async () => {
  await kinora?.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it(`keeps whole segments alone through ${ROUNDS} kills while films are watched`, async () => {
  const client = createClient(kinora.url, openapi, token);
  const id = await client.upload(await makeClip({ seconds: 60, size: '320x180', rate: '25' }));
  const { playback } = await client.waitFor(id, isPlayable);
  const playlistUrl = (await readMultivariant(client, playback!.hls)).variants.at(-1)!.url;
  const { segments } = await readPlaylist(client, playlistUrl);
  for (let round = 0; round < ROUNDS; round++) {
    const asked = [1, 2, 3].map(() => segments[Math.floor(random() * segments.length)]!.url);
    const answers = asked.map((url) => client.raw('GET', url).catch(() => null));
    await pause(100 + random() * 900);
    await kinora.end('SIGKILL');
    kinora = await startKinora(folder, ENV, port);
    await Promise.all(answers);
    await expect.poll(() => countedBytes(client), { timeout: 15_000 }).toBe(storedBytes(id));
  }
  expect(storedBytes(id)).toBeGreaterThan(10_000);
  // What the killed ones left behind and what is made now belong together.
  const path = join(folder, 'check.mp4');
  await download(client, playlistUrl, path);
  expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
  await expect.poll(() => countedBytes(client), { timeout: 15_000 }).toBe(storedBytes(id));
});

/** What the server believes its segments take. */
async function countedBytes(client: TestClient): Promise<number> {
  return (await client.get<{ cache: { bytes: number } }>('/api/instance/disk')).cache.bytes;
}

function storedBytes(id: string): number {
  const names = readdirSync(join(folder, 'videos', id, 'hls'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.m4s'))
    .reduce((sum, name) => sum + statSync(join(folder, 'videos', id, 'hls', name)).size, 0);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
