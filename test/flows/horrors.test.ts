import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { isFailed, isPlayable, type TestClient } from '../support/client.ts';
import { flipped, randomFrom, truncated } from '../support/damage.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip, makeMedia } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Damaged and monstrous files: either they play, or the owner reads why. Never a crash, a hang, or a process left behind. */

const TRUNCATED = 100;
/** A thousand places in all. */
const FLIPPED = 100;
const FLIPS_EACH = 10;
/** Other numbers damage other places, for those who look for more. */
const SEED = 100 * Number(process.env['KINORA_HORRORS_SEED'] ?? 0);

let kinora: TestApp;
let admin: TestClient;
let usedAtStart: number;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144] } });
  admin = await kinora.admin();
  usedAtStart = usedBytes();
});
afterAll(() => kinora?.close());

/** Small files of each kind of container, the picture with reordered frames. */
function victims(): Promise<string[]> {
  const base = { seconds: 5, size: '160x90', rate: '25', gop: 50 };
  const mpeg4 = { video: ['-c:v', 'mpeg4', '-bf', '2'], audio: ['-c:a', 'libmp3lame'] };
  const mpeg2 = { video: ['-c:v', 'mpeg2video'], audio: ['-c:a', 'mp2'] };
  const vp9 = { video: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'], audio: ['-c:a', 'libopus'] };
  return Promise.all([
    makeClip({ ...base, extension: 'mp4' }),
    makeClip({ ...base, extension: 'mkv' }),
    makeClip({ ...base, extension: 'ts' }),
    makeClip({ ...base, extension: 'flv' }),
    makeClip({ ...base, ...vp9, extension: 'webm' }),
    makeClip({ ...base, ...mpeg4, extension: 'avi' }),
    makeClip({ ...base, ...mpeg2, extension: 'mpg' }),
    makeMedia('mp3', '-f', 'lavfi', '-i', 'sine=duration=6', '-c:a', 'libmp3lame'),
    makeMedia('flac', '-f', 'lavfi', '-i', 'sine=duration=6', '-c:a', 'flac'),
    makeMedia('ogg', '-f', 'lavfi', '-i', 'sine=duration=6', '-c:a', 'libvorbis'),
  ]);
}

/** Puts files into a library and waits until each is playable or failed. */
async function libraryOf(name: string, files: [name: string, bytes: Buffer][]): Promise<VideoWire[]> {
  const folder = join(kinora.folder, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  const body = { name, kind: 'home', folders: [folder] };
  const { library } = await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201);
  const listed = async () => {
    const items: VideoWire[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = `/api/videos?library=${library.id}&limit=100${cursor ? `&cursor=${cursor}` : ''}`;
      const page: { items: VideoWire[]; nextCursor: string | null } = await admin.get(query);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  };
  const settled = async () => (await listed()).filter(({ playable, state }) => playable || state === 'failed').length;
  await expect.poll(settled, { timeout: 180_000, interval: 500 }).toBe(files.length);
  return listed();
}

/** Asks for the start, the middle and the end of every rendition: each is there, or a sentence says why it is not. */
async function playThrough(video: VideoWire): Promise<{ served: number; refused: string[] }> {
  const reply = await admin.get<VideoReply>(`/api/videos/${video.id}`);
  const { variants, audio } = await readMultivariant(admin, reply.playback!.hls);
  let served = 0;
  const refused: string[] = [];
  for (const { url } of [...variants, ...audio]) {
    const { initUrl, segments } = await readPlaylist(admin, url);
    const wanted = [...new Set([0, segments.length >> 1, segments.length - 1])].map((n) => segments[n]!.url);
    for (const path of [initUrl, ...wanted]) {
      const { response, text } = await admin.raw('GET', path);
      if (response.status === 200) served++;
      else {
        expect(response.status, `${video.filename}: ${text}`).toBe(503);
        refused.push(`${video.filename}: ${JSON.parse(text).detail}`);
      }
    }
  }
  return { served, refused };
}

async function surviveAll(name: string, files: [name: string, bytes: Buffer][]): Promise<void> {
  const videos = await libraryOf(name, files);
  const failed = videos.filter(({ state }) => state === 'failed');
  for (const { failure } of failed) expect(failure).toMatch(/^[A-Z][^\n]{10,300}\.$/);
  const playable = videos.filter(({ state }) => state !== 'failed');
  let served = 0;
  const refused: string[] = [];
  for (const video of playable) {
    const played = await playThrough(video);
    served += played.served;
    refused.push(...played.refused);
  }
  for (const sentence of refused) expect(sentence).toMatch(/\.$/);
  console.log(
    `${name}: ${videos.length} files, ${playable.length} play, ${served} parts served, ${refused.length} not`,
  );
  if (refused.length > 0) console.log([...new Set(refused)].slice(0, 20).join('\n'));
  // Damage of a few bytes leaves most of a film to be seen.
  expect(served).toBeGreaterThan(refused.length);
  await expect.poll(() => kinora.app.streaming.sessions().length, { timeout: 60_000 }).toBe(0);
}

it(`files cut off at ${TRUNCATED} random places`, async () => {
  const random = randomFrom(1 + SEED);
  const paths = await victims();
  const files = Array.from({ length: TRUNCATED }, (_, n): [string, Buffer] => {
    const path = paths[n % paths.length]!;
    return [`cut ${n}${extname(path)}`, truncated(readFileSync(path), random)];
  });
  await surviveAll('cut', files);
});

it(`files with bytes changed at ${FLIPPED * FLIPS_EACH} random places`, async () => {
  const random = randomFrom(2 + SEED);
  const paths = await victims();
  const files = Array.from({ length: FLIPPED }, (_, n): [string, Buffer] => {
    const path = paths[n % paths.length]!;
    return [`flipped ${n}${extname(path)}`, flipped(readFileSync(path), FLIPS_EACH, random)];
  });
  await surviveAll('flipped', files);
});

it('a file with 500 streams', async () => {
  const sound = ['-f', 'lavfi', '-i', 'sine=duration=2:sample_rate=8000'];
  const maps = Array.from({ length: 499 }, () => ['-map', '1:a']).flat();
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25:duration=2'];
  const encoders = ['-c:v', 'libx264', '-g', '25', '-c:a', 'pcm_s16le'];
  const path = await makeMedia('mov', ...picture, ...sound, '-map', '0:v', ...maps, ...encoders);
  const { video } = await admin.waitFor(await admin.upload(path), isPlayable);
  expect((await playThrough(video)).refused).toEqual([]);
});

it('a file with 100,000 chapters', async () => {
  const chapters = Array.from(
    { length: 100_000 },
    (_, n) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${n}\nEND=${n + 1}\ntitle=Chapter ${n}\n`,
  );
  const list = join(kinora.folder, 'chapters.txt');
  writeFileSync(list, `;FFMETADATA1\n${chapters.join('')}`);
  const clip = await makeClip({ seconds: 4, size: '160x90' });
  const path = await makeMedia('mkv', '-i', clip, '-i', list, '-map', '0', '-map_metadata', '1', '-c', 'copy');
  const id = await admin.upload(path);
  await admin.waitFor(id, (reply) => isFailed(reply) || isPlayable(reply));
  const { video } = await admin.waitFor(id, isPlayable);
  expect((await playThrough(video)).refused).toEqual([]);
});

/** Memory that is in use once all garbage is gone: the heap and what is beside it. */
function usedBytes(): number {
  setFlagsFromString('--expose_gc');
  runInNewContext('gc')();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it.runIf(existsSync('/proc/self/fd'))('leaves nothing running and nothing open, and the server well', async () => {
  await expect.poll(() => kinora.app.ffmpeg.running(), { timeout: 120_000, interval: 500 }).toBe(0);
  // The pools keep 12 files open in each thread, and 64, the rest is the server's own. Over 200 files went through.
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(150);
  // Segments in memory are bounded by 64 MB; a leak of a few hundred kilobytes a file would show.
  const grownMb = (usedBytes() - usedAtStart) / 1e6;
  console.log(`${readdirSync('/proc/self/fd').length} descriptors, ${grownMb.toFixed(0)} MB more in use`);
  expect(grownMb).toBeLessThan(150);
  const { video } = await admin.waitFor(await admin.upload(await makeClip({ seconds: 4, size: '160x90' })), isPlayable);
  expect((await playThrough(video)).refused).toEqual([]);
});
