import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImportReply } from '../../src/features/imports/api.ts';
import { createClient, isPlayable, type TestClient } from '../support/client.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** `kill -9` while a link is fetched: the next start goes on where the file ends, and asks for no byte twice. */

const KILLS = 4;
const ENV = {
  KINORA_SETUP_TOKEN: 'crash-test',
  KINORA_IMPORTS_ALLOW_NETWORKS: '["127.0.0.1"]',
  KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
  KINORA_LOG_LEVEL: 'warn',
};

let folder: string;
let content: Buffer;
let server: FileServer;
let port: number;
let kinora: KinoraProcess;
let client: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-crash-imports-'));
  content = readFileSync(await makeClip({ seconds: 20, size: '640x360' }));
  server = await startFileServer({ content, bytesPerSecond: content.length / 8 });
  port = await freePort();
  kinora = await startKinora(folder, ENV, port);
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const body = { ...person('admin'), token: 'crash-test' };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', body, 201);
  client = createClient(kinora.url, openapi, token);
});
afterAll(async () => {
  await kinora?.end('SIGKILL');
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it(`goes on after each of ${KILLS} kills`, async () => {
  const url = `${server.url}/film.mp4`;
  const { video } = await client.post<ImportReply>('/api/videos/import', { url }, 202);
  const path = join(folder, 'uploads', video.id);
  const arrived = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const kept: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = kept.at(-1) ?? 0;
    await expect.poll(arrived, { timeout: 20_000, interval: 20 }).toBeGreaterThan(before + content.length / 12);
    await kinora.end('SIGKILL');
    kept.push(arrived());
    kinora = await startKinora(folder, ENV, port);
  }
  await client.waitFor(video.id, isPlayable);
  expect(readFileSync(join(folder, `videos/${video.id}/source/original`)).equals(content)).toBe(true);
  expect(server.requests.map(({ range }) => range)).toEqual([null, ...kept.map((bytes) => `bytes=${bytes}-`)]);
  expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  await client.get(`/api/videos/${video.id}/import`, 404);
});
