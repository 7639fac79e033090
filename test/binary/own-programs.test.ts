import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, isReady } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** The ffmpeg and ffprobe within the one file are other builds than a distribution's: what they alone are asked about. */

let folder: string;
let kinora: KinoraProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-own-programs-'));
  const settings = { KINORA_SETUP_TOKEN: 'programs', KINORA_ENCODING_HEIGHTS: '[144]', KINORA_LOG_LEVEL: 'warn' };
  kinora = await startKinora(join(folder, 'data'), settings);
});
afterAll(async () => {
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

it('understand a transport stream, a programme stream and AVI, and encode them', async () => {
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const account = { ...person('admin'), token: 'programs' };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', account, 201);
  const client = createClient(kinora.url, openapi, token);
  const pictures = ['-c:v', 'mpeg2video', '-q:v', '4'];
  const files = [
    await makeClip({ seconds: 4, extension: 'ts', size: '320x180' }),
    await makeClip({
      seconds: 4,
      extension: 'mpg',
      size: '320x180',
      rate: '25',
      video: pictures,
      audio: ['-c:a', 'mp2'],
    }),
    await makeClip({ seconds: 4, extension: 'avi', size: '320x180' }),
  ];
  for (const file of files) {
    const video = await client.waitFor(await client.upload(file), isReady, 120_000);
    expect(video.video.durationMs, file).toBeGreaterThan(3500);
  }
});
