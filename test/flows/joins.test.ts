import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlayable, type TestClient } from '../support/client.ts';
import { packetTimes, worstStep } from '../support/frames.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { type ClipOptions, ffmpeg, makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Segments made by sessions that started anywhere, in any order, are as good as those of one pass. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  // Short ahead, few sessions: every jump of the player starts another one.
  kinora = await createTestApp({
    encoding: { heights: [240], policy: { uploads: 'lazy', libraries: 'lazy' }, aheadSegments: 1, sessions: 2 },
  });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

/** Fetches a rendition's segments in the given order, and writes them down in the right one. */
async function fetchInOrder(playlistUrl: string, order: number[], path: string): Promise<number> {
  const { initUrl, segments } = await readPlaylist(client, playlistUrl);
  expect([...order].sort((a, b) => a - b)).toEqual(segments.map((_, n) => n));
  const parts: Buffer[] = [];
  for (const n of order) parts[n] = await client.bytes(segments[n]!.url);
  writeFileSync(path, Buffer.concat([await client.bytes(initUrl), ...parts]));
  return segments.length;
}

const PICTURES: [string, ClipOptions][] = [
  ['closed groups, 29.97 frames a second', { rate: '30000/1001', gop: 60 }],
  [
    'open groups',
    { gop: 60, video: ['-c:v', 'libx264', '-preset', 'veryfast', '-x264-params', 'open-gop=1:bframes=3'] },
  ],
  ['key frames too far apart', { gop: 400 }],
];

describe.each(PICTURES)('pictures with %s', (_what, options) => {
  it('join without a lost, doubled or shifted frame', async () => {
    const clip = await makeClip({
      ...options,
      seconds: 24,
      size: '640x360',
    });
    const id = await client.upload(clip);
    const { playback } = await client.waitFor(id, isPlayable);
    const { variants } = await readMultivariant(client, playback!.hls);
    const encoded = variants.at(-1)!;
    expect(encoded.attributes['RESOLUTION']).toBe('426x240');
    const count = (await readPlaylist(client, encoded.url)).segments.length;
    const order = Array.from({ length: count }, (_, n) => n).sort((a, b) => ((a * 7) % 5) - ((b * 7) % 5) || b - a);
    const path = join(kinora.folder, 'jumped.mp4');
    await fetchInOrder(encoded.url, order, path);
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    const expected = await packetTimes(clip, 'v:0');
    const times = await packetTimes(path, 'v:0');
    expect(times).toHaveLength(expected.length);
    const rate = options.rate ? 1001 / 30_000 : 1 / 30;
    expect(worstStep(times, rate)).toBeLessThan(0.0002);
  });
});

describe('sound', () => {
  it.each(['mp3', 'ac3', 'flac'])('encoded from %s joins sample for sample, without a click', async (codec) => {
    const encoder = { mp3: 'libmp3lame', ac3: 'ac3', flac: 'flac' }[codec]!;
    const audio = ['-c:a', encoder, '-ar', '48000'];
    const clip = await makeClip({ seconds: 24, size: '320x180', extension: 'mkv', audio });
    const straight = await soundOf(clip, [0, 1, 2, 3, 4, 5]);
    const jumped = await soundOf(clip, [3, 1, 0, 5, 4, 2]);
    const times = await packetTimes(jumped, 'a:0');
    expect(times).toEqual(await packetTimes(straight, 'a:0'));
    expect(worstStep(times, 1024 / 48_000)).toBeLessThan(0.000_03);
    expect(await clicksDb(jumped)).toBeLessThan((await clicksDb(straight)) + 3);
  });
});

let files = 0;
async function soundOf(clip: string, order: number[]): Promise<string> {
  const { playback } = await client.waitFor(await client.upload(clip), isPlayable);
  const { audio } = await readMultivariant(client, playback!.hls);
  const path = join(kinora.folder, `sound-${files++}.mp4`);
  // What every browser plays: the original may be there besides.
  const made = audio.find(({ attributes }) => attributes['GROUP-ID'] === 'audio');
  await fetchInOrder(made!.url, order, path);
  return path;
}

/** The loudest of what is not the tone: a click is all frequencies at once. The first moments, where the encoder settles, left out. */
async function clicksDb(path: string): Promise<number> {
  const filters = 'atrim=0.5:23,highpass=f=6000,highpass=f=6000,volumedetect';
  const printed = await ffmpeg('-v', 'info', '-i', path, '-af', filters, '-f', 'null', '-');
  return Number(/max_volume: (-?[\d.]+) dB/.exec(printed)![1]);
}

describe('a header', () => {
  it('comes from the encoder that makes the first segment', async () => {
    const id = await client.upload(await makeClip({ seconds: 16, size: '640x360', rate: '25' }));
    const { playback } = await client.waitFor(id, isPlayable);
    await kinora.app.queue.drain();
    const { variants } = await readMultivariant(client, playback!.hls);
    const { initUrl, segments } = await readPlaylist(client, variants.at(-1)!.url);
    const { start } = kinora.app.ffmpeg;
    let encoders = 0;
    kinora.app.ffmpeg.start = (argv, options) => {
      if (argv.includes('-force_key_frames') || argv.includes('-frames:v')) encoders++;
      return start(argv, options);
    };
    try {
      const init = await client.bytes(initUrl);
      await client.bytes(segments[0]!.url);
      await client.bytes(segments[1]!.url);
      expect(encoders).toBe(1);
      expect(await client.bytes(initUrl)).toEqual(init);
    } finally {
      kinora.app.ffmpeg.start = start;
    }
  });
});

describe('the first segment after a jump', () => {
  it.each([
    ['comes from an ffmpeg that ends with it; another goes on from its key frame', 60, 2],
    ['comes from the one that goes on, where that would have to decode all of it again', 400, 1],
  ])('%s', async (_what, gop, encoders) => {
    const id = await client.upload(await makeClip({ seconds: 24, size: '640x360', gop }));
    const { playback } = await client.waitFor(id, isPlayable);
    await kinora.app.queue.drain();
    const { variants } = await readMultivariant(client, playback!.hls);
    const { segments } = await readPlaylist(client, variants.at(-1)!.url);
    const place = segments.length - 3;
    const { start } = kinora.app.ffmpeg;
    const cuts: number[][] = [];
    kinora.app.ffmpeg.start = (argv, options) => {
      const cut = /trim=start=([\d.]+)(?::end=([\d.]+))?/.exec(argv.join(' '));
      if (options?.pipes && cut) cuts.push(cut.slice(1).map(Number));
      return start(argv, options);
    };
    try {
      await client.bytes(segments[place]!.url);
      await client.bytes(segments[place + 1]!.url);
      expect(cuts).toHaveLength(encoders);
      const [[fromSec, endSec], next] = cuts as [number[], number[] | undefined];
      if (!next) return;
      expect(endSec! - fromSec!).toBeCloseTo(4, 2);
      expect(next[0]).toBeCloseTo(endSec!, 2);
    } finally {
      kinora.app.ffmpeg.start = start;
    }
  });
});

describe('the same segment', () => {
  it('asked for by many at once is made once', async () => {
    const id = await client.upload(await makeClip({ seconds: 16, size: '640x360', rate: '25' }));
    const { playback } = await client.waitFor(id, isPlayable);
    const { variants } = await readMultivariant(client, playback!.hls);
    const { segments } = await readPlaylist(client, variants.at(-1)!.url);
    const asked = await Promise.all(Array.from({ length: 12 }, () => client.bytes(segments[2]!.url)));
    expect(new Set(asked.map((bytes) => bytes.toString('base64'))).size).toBe(1);
    expect(kinora.app.streaming.sessions().filter(({ videoId }) => videoId === id)).toHaveLength(1);
  });
});
