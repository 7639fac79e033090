import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, isPlayable, type TestClient } from '../support/client.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** The server as it is built has its threads beside it: a transport stream's packets are read in one. */

const ENV = { KINORA_SETUP_TOKEN: 'threads-test', KINORA_ENCODING_POLICY_UPLOADS: 'lazy' };

let folder: string;
let kinora: KinoraProcess;
let client: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-threads-'));
  kinora = await startKinora(folder, ENV, await freePort());
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const setup = { ...person('admin'), token: 'threads-test' };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', setup, 201);
  client = createClient(kinora.url, openapi, token);
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

it('cuts a transport stream', async () => {
  const film = join(folder, 'film.ts');
  await ffmpeg('-i', await makeClip({ seconds: 20, size: '320x180', rate: '25' }), '-c', 'copy', film);
  const { playback } = await client.waitFor(await client.upload(film), isPlayable);
  const [best] = (await readMultivariant(client, playback!.hls)).variants;
  expect(playback!.renditions.some(({ kind, mode }) => kind === 'video' && mode === 'copied')).toBe(true);
  const path = join(folder, 'copied.mp4');
  await download(client, best!.url, path);
  expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
});
