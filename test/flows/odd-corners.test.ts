import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Region } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { hearSound, makeFlashes, quartersOf } from '../support/flash-and-beep.ts';
import { download, readMultivariant } from '../support/hls.ts';
import { makeMedia } from '../support/media.ts';
import { oddCorners } from '../support/odd-corners-media.ts';
import { patched, turned } from '../support/odd-insides-media.ts';
import { makeOddSound } from '../support/odd-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What else is made of odd files: their pictures, and sound alone that lies about its length. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({
    encoding: { heights: [144], preset: 'ultrafast', policy: { uploads: 'lazy', libraries: 'lazy' } },
  });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

const hasPictures = (reply: VideoReply) => isReady(reply) && Boolean(reply.playback?.storyboard);
const QUARTERS = ['upper left', 'upper right', 'lower left', 'lower right'];

/** Which quarters of a picture are red. */
async function redsOf(picture: Buffer, part?: Region): Promise<string[]> {
  const cut = part ? sharp(picture).extract(part) : sharp(picture);
  const rgb = await cut.resize(16, 16, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  return QUARTERS.filter((_, n) => {
    const [r, g, b] = quartersOf(rgb)[n]!;
    return r > 110 && g < 80 && b < 80;
  });
}

describe.concurrent('poster and storyboard of a film', () => {
  const corner = (name: string) => () => oddCorners[name]!.make();
  it.each<[what: string, make: () => Promise<string>, red: string, shape: string]>([
    ['turned by 90°', () => turned(makeFlashes('mp4'), 90), 'upper right', '180x320'],
    ['turned by 180°', () => turned(makeFlashes('mp4'), 180), 'lower right', '320x180'],
    ['turned by 270°', () => turned(makeFlashes('mp4'), 270), 'lower left', '180x320'],
    ['behind its cover', corner('a cover before it in Matroska'), 'upper left', '320x180'],
    ['behind a default cover', corner('a cover before it, by default, in Matroska'), 'upper left', '320x180'],
    ['behind another', corner('another picture before it, which is not the default'), 'upper left', '320x180'],
  ])('%s show it upright', async (_what, make, red, shape) => {
    const id = await client.upload(await make());
    const { video, playback } = await client.waitFor(id, hasPictures);
    const poster = await client.bytes(`${video.posterUrl}.jpg`);
    const { width, height } = await sharp(poster).metadata();
    expect(`${width}x${height}`).toBe(shape);
    expect(await redsOf(poster)).toEqual([red]);
    const vtt = (await client.bytes(playback!.storyboard!)).toString('utf8');
    const [, name, ...numbers] = /(storyboard-\d+)#xywh=(\d+),(\d+),(\d+),(\d+)/.exec(vtt)!;
    const [left, top, tileWidth, tileHeight] = numbers.map(Number) as [number, number, number, number];
    expect(tileWidth > tileHeight).toBe(width! > height!);
    const sheet = await client.bytes(playback!.storyboard!.replace('storyboard.vtt', `${name}.jpg`));
    expect(await redsOf(sheet, { left, top, width: tileWidth, height: tileHeight })).toEqual([red]);
  });
});

describe.concurrent('sound alone', () => {
  const SECONDS = 7;
  /** Changes 32 bits behind a mark, and maybe others. */
  const lying = async (
    path: Promise<string>,
    name: string,
    mark: string,
    change: (bytes: Buffer, at: number) => void,
  ) =>
    patched(await path, name, (bytes) => {
      const at = bytes.indexOf(mark, 0, 'latin1');
      expect(at).toBeGreaterThan(0);
      change(bytes, at + mark.length);
      return bytes;
    });
  const wav = () => makeOddSound('wav', '-c:a', 'pcm_s16le', '-map_metadata', '-1', '-fflags', '+bitexact');
  const wavOf = (name: string, size: (bytes: number) => number) =>
    lying(wav(), name, 'data', (bytes, at) => bytes.writeUInt32LE(size(bytes.readUInt32LE(at)), at));
  const mp3Of = (factor: number) =>
    lying(makeOddSound('mp3', '-c:a', 'libmp3lame', '-q:a', '4'), `xing-${factor}`, 'Xing', (bytes, at) => {
      bytes.writeUInt32BE(Math.round(bytes.readUInt32BE(at + 4) * factor), at + 4);
    });
  const withCover =
    (extension: string, ...codec: string[]) =>
    async () => {
      const cover = ['-f', 'lavfi', '-i', 'color=red:s=200x200:r=25:d=0.04'];
      const streams = ['-i', await makeOddSound('wav', '-c:a', 'pcm_s16le'), '-map', '1:a', '-map', '0:v'];
      return makeMedia(extension, ...cover, ...streams, ...codec, '-c:v', 'mjpeg', '-disposition:v', 'attached_pic');
    };

  it.each<[what: string, make: () => Promise<string>, picture?: true]>([
    ['WAV of ten times its length', () => wavOf('tenfold', (bytes) => bytes * 10)],
    ['WAV of no length, as it is streamed', () => wavOf('streamed', () => 0xffffffff)],
    ['WAV whose length was never written', () => wavOf('unwritten', () => 0)],
    ['MP3 of ten times its frames', () => mp3Of(10)],
    ['MP3 of a tenth of its frames', () => mp3Of(0.1)],
    ['MP3 that does not say', () => makeOddSound('mp3', '-c:a', 'libmp3lame', '-q:a', '4', '-write_xing', '0')],
    ['bare AAC, whose rate changes', () => makeOddSound('aac', '-c:a', 'aac', '-q:a', '1')],
    ['MP3 with a cover', withCover('mp3', '-c:a', 'libmp3lame'), true],
    ['FLAC with a cover', withCover('flac', '-c:a', 'flac'), true],
  ])('%s plays to its end', async (what, make, picture) => {
    const path = await make();
    expect(readFileSync(path).length).toBeGreaterThan(1000);
    const id = await client.upload(path);
    const { video, playback } = await client.waitFor(id, picture ? (one) => Boolean(one.video.posterUrl) : isPlayable);
    expect(playback!.renditions.map(({ kind }) => kind)).toEqual(playback!.renditions.map(() => 'audio'));
    expect(Math.abs(video.durationMs! / 1000 - SECONDS)).toBeLessThan(0.5);
    const master = await readMultivariant(client, playback!.hls);
    const urls = [...new Set([...master.variants, ...master.audio].map(({ url }) => url))];
    expect(urls.length).toBeGreaterThan(0);
    for (const [n, url] of urls.entries()) {
      const target = join(kinora.folder, `${what}-${n}.mp4`);
      await download(client, url, target);
      const heard = await hearSound(target);
      expect(heard.complaints).toBe('');
      expect(heard.beepsSec.length).toBe(SECONDS);
      expect(Math.abs(heard.seconds - SECONDS)).toBeLessThan(0.5);
    }
    if (picture) {
      const { channels } = await sharp(await client.bytes(`${video.posterUrl}.jpg`)).stats();
      expect(channels[0]!.mean).toBeGreaterThan(180);
      expect(channels[1]!.mean).toBeLessThan(80);
    }
  });
});
