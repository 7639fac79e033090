import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { hearSound, quartersOf, seePicture } from '../support/flash-and-beep.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { makeLesserFfmpeg } from '../support/lesser-ffmpeg.ts';
import { oddFiles } from '../support/odd-insides-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** An ffmpeg that was built with less than Debian's: everything plays all the same. */

const LACKING = ['zscale', 'tonemap', 'bwdif', 'premultiply', 'libx265', 'libsvtav1', 'libopus'];
let folder: string;
let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-lesser-'));
  kinora = await createTestApp({
    media: { ffmpeg: makeLesserFfmpeg(folder, LACKING) },
    encoding: {
      heights: [144],
      preset: 'ultrafast',
      codecs: ['h264', 'hevc', 'av1'],
      audioCodec: 'opus',
      policy: { uploads: 'lazy', libraries: 'lazy' },
    },
  });
  client = await kinora.member();
});
afterAll(async () => {
  await kinora?.close();
  rmSync(folder, { recursive: true, force: true });
});

const hasPictures = (reply: VideoReply) => isReady(reply) && Boolean(reply.playback?.storyboard);

describe.concurrent('a film', () => {
  it.each([
    ['HDR10', /a little off: this server's ffmpeg was built without zscale/],
    ['HLG', /a little off: this server's ffmpeg was built without zscale/],
    ['interlaced, upper field first', /interlaced/],
    ['ten bits, 4:4:4 and transparency', /transparent/],
  ])('%s is made with what there is', async (name, why) => {
    const file = oddFiles[name]!;
    const id = await client.upload(await file.make());
    const { video, playback } = await client.waitFor(id, hasPictures);
    const encoded = playback!.renditions.filter(({ mode }) => mode === 'encoded');
    expect(
      [...new Set(encoded.map(({ codec }) => codec))].filter((codec) => !/^(h264|avc1|aac|mp4a)/.test(codec)),
    ).toEqual([]);
    expect(encoded.map((one) => one.why).join(' ')).toMatch(why);
    const { variants, audio } = await readMultivariant(client, playback!.hls);
    const rung = encoded.find(({ kind }) => kind === 'video')!;
    const target = join(kinora.folder, `${id}.mp4`);
    await download(client, variants.find(({ url }) => url.includes(rung.id))!.url, target);
    const seen = await seePicture(target);
    expect(seen.complaints).toBe('');
    expect(seen.frames).toBe(file.frames);
    expect(seen.white).toBeGreaterThan(file.leastWhite ?? 225);
    const reds = (quarters: number[][]) => quarters.map(([r, g, b]) => r! > 90 && g! < 80 && b! < 80);
    expect(reds(seen.quarters)).toEqual([true, false, false, false]);
    await download(client, audio[0]!.url, target);
    expect((await hearSound(target)).beepsSec.length).toBe(Math.floor(((file.seconds ?? 9) - 0.1 + 1) / 2));
    const poster = await sharp(await client.bytes(`${video.posterUrl}.jpg`))
      .resize(16, 16, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer();
    expect(reds(quartersOf(poster))).toEqual([true, false, false, false]);
  });
});
