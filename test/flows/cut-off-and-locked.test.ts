import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isFailed, isPlayable, type TestClient } from '../support/client.ts';
import { AAC, makeFlashes, PLAIN, seePicture } from '../support/flash-and-beep.ts';
import { download, readPlaylist } from '../support/hls.ts';
import { patched } from '../support/odd-insides-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Files that are not whole play as far as they go; those that are locked say so. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144], preset: 'ultrafast', policy: { uploads: 'lazy' } } });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

async function play(path: string): Promise<NonNullable<VideoReply['playback']>> {
  const id = await client.upload(path, { filename: 'film.bin' });
  return (await client.waitFor(id, isPlayable)).playback!;
}

const playlistOf = ({ hls }: { hls: string }, id: string) => hls.replace('master.m3u8', `${id}/index.m3u8`);

it('an MP4 whose end has not been downloaded plays as far as it goes', async () => {
  const whole = await makeFlashes('mp4', { seconds: 9 }, [...PLAIN, ...AAC, '-movflags', '+faststart']);
  const playback = await play(patched(whole, 'half', (bytes) => bytes.subarray(0, bytes.length * 0.6)));
  const copied = playback.renditions.find(({ kind, mode }) => kind === 'video' && mode === 'copied')!;
  const { initUrl, segments } = await readPlaylist(client, playlistOf(playback, copied.id));
  await client.bytes(initUrl);
  await client.bytes(segments[0]!.url);
  const { response, text } = await client.raw('GET', segments.at(-1)!.url);
  expect(response.status).toBe(503);
  expect(JSON.parse(text).detail).toMatch(/^The original file is damaged here/);
  const encoded = playback.renditions.find(({ kind, mode }) => kind === 'video' && mode === 'encoded')!;
  const path = join(kinora.folder, 'half.mp4');
  await download(client, playlistOf(playback, encoded.id), path);
  expect((await seePicture(path)).flashesSec.slice(0, 2)).toEqual([1, 3]);
});

it('a recording with a hole of zeros plays on behind it', async () => {
  const whole = await makeFlashes('ts', { seconds: 9 });
  const packets = (share: number) => 188 * Math.floor((readFileSync(whole).length / 188) * share);
  const playback = await play(
    patched(whole, 'hole', (bytes) =>
      Buffer.concat([bytes.subarray(0, packets(0.4)), Buffer.alloc(188 * 50), bytes.subarray(packets(0.45))]),
    ),
  );
  for (const { id, kind } of playback.renditions) {
    const path = join(kinora.folder, `${id}.mp4`);
    const { segments } = await download(client, playlistOf(playback, id), path);
    expect(segments.reduce((sum, { durationSec }) => sum + durationSec, 0)).toBeCloseTo(9.02, 1);
    if (kind !== 'video') continue;
    const { timesSec, endSec } = await seePicture(path);
    expect(timesSec.length).toBeGreaterThan(205);
    expect(endSec).toBeCloseTo(9.02, 1);
  }
});

describe('an encrypted MP4 says so', () => {
  const key = [
    '-encryption_key',
    '76a6c65c5ea762046bd749a2e632ccbb',
    '-encryption_kid',
    'a7e61c373e219033c21091fa607bf3b8',
  ];
  it.each([
    ['whole', []],
    ['in fragments', ['-movflags', 'empty_moov+default_base_moof+frag_keyframe']],
  ])('%s', async (_, flags) => {
    const options = ['-encryption_scheme', 'cenc-aes-ctr', ...key];
    const id = await client.upload(await makeFlashes('mp4', { seconds: 3 }, [...PLAIN, ...AAC, ...flags, ...options]));
    const { video } = await client.waitFor(id, (reply) => isFailed(reply) || reply.playback !== undefined);
    expect(video).toMatchObject({ state: 'failed', failure: expect.stringMatching(/^This file is encrypted \(DRM\)/) });
  });
});
