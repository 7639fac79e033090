import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { packetTimes, worstStep } from '../support/frames.ts';
import { download, readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

describe('an upload', () => {
  let kinora: TestApp;
  let client: TestClient;
  let reply: VideoReply;

  beforeAll(async () => {
    kinora = await createTestApp({ encoding: { heights: [360, 240] } });
    client = await kinora.member();
    const id = await client.upload(await makeClip({ seconds: 13, rate: '30000/1001' }));
    const playable = await client.waitFor(id, isPlayable);
    expect(playable.video.state).toMatch(/processing|ready/);
    reply = await client.waitFor(id, isReady);
  });
  afterAll(() => kinora?.close());

  it('knows what it is', () => {
    expect(reply.video).toMatchObject({ width: 640, height: 360, hasPicture: true, state: 'ready' });
    expect(reply.video.durationMs).toBeGreaterThan(12_950);
    expect(reply.video.durationMs).toBeLessThan(13_050);
  });

  it('offers the copied original and an encoded rung, with sound apart', async () => {
    const { variants, audio } = await readMultivariant(client, reply.playback!.hls);
    expect(variants.map(({ attributes }) => attributes['RESOLUTION'])).toEqual(['640x360', '426x240']);
    expect(audio).toHaveLength(1);
    const modes = reply.playback!.renditions.map(({ kind, mode }) => `${kind} ${mode}`);
    expect(modes).toEqual(['video copied', 'video encoded', 'audio copied']);
  });

  it('cuts all renditions at the same times, each decoding cleanly, none losing a frame', async () => {
    const { variants, audio } = await readMultivariant(client, reply.playback!.hls);
    const grids = await Promise.all(
      [...variants, ...audio].map(async ({ url }) =>
        (await readPlaylist(client, url)).segments.map(({ durationSec }) => durationSec),
      ),
    );
    for (const grid of grids) expect(grid).toEqual(grids[0]);
    for (const [n, { url }] of variants.entries()) {
      const path = join(kinora.folder, `video-${n}.mp4`);
      await download(client, url, path);
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
      const times = await packetTimes(path, 'v:0');
      expect(times).toHaveLength(390);
      expect(worstStep(times, 1001 / 30_000)).toBeLessThan(0.0002);
    }
    const path = join(kinora.folder, 'audio.mp4');
    await download(client, audio[0]!.url, path);
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    expect(worstStep(await packetTimes(path, 'a:0'), 1024 / 48_000)).toBeLessThan(0.0002);
  });

  it('agrees in length between renditions within a frame', async () => {
    const { variants, audio } = await readMultivariant(client, reply.playback!.hls);
    const ends: number[] = [];
    for (const [n, { url }] of [...variants, ...audio].entries()) {
      const path = join(kinora.folder, `length-${n}.mp4`);
      await download(client, url, path);
      const times = await packetTimes(path, n < variants.length ? 'v:0' : 'a:0');
      ends.push(times.at(-1)! - times[0]!);
    }
    expect(Math.abs(ends[0]! - ends[1]!)).toBeLessThan(0.001);
    expect(Math.abs(ends[0]! - ends[2]!)).toBeLessThan(1 / 29.97 + 1024 / 48_000);
  });

  it('has a poster and a storyboard', async () => {
    const { playback } = await client.waitFor(reply.video.id, ({ playback }) => Boolean(playback?.storyboard));
    expect((await client.bytes(`${playback!.poster!}.webp`)).toString('latin1', 8, 12)).toBe('WEBP');
    const vtt = (await client.bytes(playback!.storyboard!)).toString('utf8');
    expect(vtt).toMatch(/^WEBVTT/);
    expect(vtt).toContain('storyboard-0#xywh=0,0,');
  });

  it('answers 404 for every segment that does not exist, and starts no encoder for it', async () => {
    const { variants } = await readMultivariant(client, reply.playback!.hls);
    const base = variants[1]!.url.replace('index.m3u8', '');
    const before = kinora.app.ffmpeg.running();
    for (const name of ['4.m4s', '99999999.m4s', '-1.m4s', '00.m4s', '1.5.m4s', '1e3.m4s', 'x.m4s', '..%2f0.m4s']) {
      expect((await client.raw('GET', `${base}${name}`)).response.status, name).toBe(404);
    }
    expect(kinora.app.ffmpeg.running()).toBe(before);
  });
});
