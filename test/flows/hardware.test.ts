import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.ts';
import { isByDevice, readRecord } from '../../src/media/container/parameter-sets.ts';
import { restingHardware } from '../../src/platform/hardware.ts';
import { type BreakableCard, makeBreakableCard } from '../support/broken-hardware.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { download, readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffmpeg, ffprobe, makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/**
 * Devices that fail: what a viewer sees is one picture after another, whoever encoded them. The card of these tests is a program
 * that encodes by software with parameter sets of its own, and breaks when it is told to.
 */

const SECONDS = 16;
const RATE = 25;

let folder: string;
let card: BreakableCard;
let clip: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-hardware-flow-'));
  card = makeBreakableCard(folder);
  // MPEG-4 Visual: no browser plays it, so everything is encoded.
  clip = await makeClip({
    seconds: SECONDS,
    size: '426x240',
    rate: String(RATE),
    gop: 50,
    extension: 'avi',
    video: ['-c:v', 'mpeg4', '-q:v', '6'],
    audio: null,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Decodes a whole rendition; any complaint of the decoder fails. Returns the time of each frame, in ms. */
async function frameTimes(path: string): Promise<number[]> {
  await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-');
  const printed = await ffprobe('-show_entries', 'frame=pts_time', '-of', 'csv=p=0', path);
  return [...printed.matchAll(/^[\d.]+/gm)].map((match) => Math.round(Number(match[0]) * 1000));
}

const everyFrame = Array.from({ length: SECONDS * RATE }, (_, n) => n * (1000 / RATE));
const fromZero = (times: number[]) => times.map((time) => time - times[0]!);
const setsIn = (init: Buffer) => readRecord(init)!.sets.length;

async function videoPlaylists(client: TestClient, hls: string): Promise<string[]> {
  return (await readMultivariant(client, hls)).variants.map(({ url }) => url);
}

/** Until the trial of the card is over. */
async function untilFound(kinora: TestApp): Promise<void> {
  const path = join(kinora.app.dataDir.path, 'hardware.json');
  for (let n = 0; n < 600; n++) {
    if (existsSync(path)) return;
    await sleep(50);
  }
  throw new Error('the card was not tried');
}

describe('a card that breaks while somebody watches', () => {
  let kinora: TestApp;
  let admin: TestClient;

  beforeAll(async () => {
    kinora = await createTestApp({
      encoding: { hardware: 'nvenc', heights: [240], policy: { uploads: 'lazy' } },
      media: { ffmpeg: card.ffmpeg },
    });
    admin = await kinora.admin();
    await untilFound(kinora);
  });
  afterAll(() => kinora?.close());

  it('encodes until it breaks; software goes on in the same session, and no frame is missing', async () => {
    // In the middle of the second segment.
    card.breakAfter(6 * RATE);
    const id = await admin.upload(clip);
    const { hls } = (await admin.waitFor(id, isPlayable)).playback!;
    const [playlist] = await videoPlaylists(admin, hls);
    const { initUrl, segments } = await readPlaylist(admin, playlist!);
    const early = await admin.bytes(initUrl);
    expect(isByDevice(early)).toBe(true);
    // Software has its place before it is needed: SPS and PPS of both.
    expect(setsIn(early)).toBe(4);

    const path = join(folder, 'broke.mp4');
    await download(admin, playlist!, path);
    expect(segments.length).toBeGreaterThan(3);
    expect(fromZero(await frameTimes(path))).toEqual(everyFrame);
    expect((await admin.bytes(initUrl)).equals(early)).toBe(true);
    expect(restingHardware(kinora.app.dataDir.path, Date.now())).toMatchObject([
      { encoder: 'h264_nvenc', reason: expect.stringContaining('fallen off the bus') },
    ]);
  });

  it('leaves what is watched next to software, until it has rested', async () => {
    card.breakAfter(null);
    const id = await admin.upload(clip);
    const { hls } = (await admin.waitFor(id, isPlayable)).playback!;
    const [playlist] = await videoPlaylists(admin, hls);
    const init = await admin.bytes((await readPlaylist(admin, playlist!)).initUrl);
    expect([isByDevice(init), setsIn(init)]).toEqual([false, 2]);
    const path = join(folder, 'software.mp4');
    await download(admin, playlist!, path);
    expect(fromZero(await frameTimes(path))).toEqual(everyFrame);
  });

  it.each([
    ['has rested', null, true],
    ['breaks with its second frame', 1, true],
    ['does not even begin', 0, false],
  ] as const)('is asked again later; one that %s leaves nobody waiting', async (_, frames, begins) => {
    kinora.travel(HOUR_MS);
    card.breakAfter(frames);
    const id = await admin.upload(clip);
    const { hls } = (await admin.waitFor(id, isPlayable)).playback!;
    const [playlist] = await videoPlaylists(admin, hls);
    const { initUrl } = await readPlaylist(admin, playlist!);
    expect(isByDevice(await admin.bytes(initUrl))).toBe(begins);
    const path = join(folder, `again-${frames}.mp4`);
    await download(admin, playlist!, path);
    expect(fromZero(await frameTimes(path))).toEqual(everyFrame);
    const resting = restingHardware(kinora.app.dataDir.path, kinora.app.clock.nowMs());
    expect(resting).toHaveLength(frames === null ? 0 : 1);
  });
});

describe('a card that breaks while a ladder is filled', () => {
  it('makes every rung whole', async () => {
    const kinora = await createTestApp({
      encoding: { hardware: 'nvenc', heights: [240, 144] },
      media: { ffmpeg: card.ffmpeg },
    });
    try {
      card.breakAfter(null);
      const admin = await kinora.admin();
      await untilFound(kinora);
      card.breakAfter(5 * RATE);
      const id = await admin.upload(clip);
      const { playback } = await admin.waitFor(id, isReady, 120_000);
      const playlists = await videoPlaylists(admin, playback!.hls);
      expect(playlists).toHaveLength(2);
      for (const [n, playlist] of playlists.entries()) {
        const path = join(folder, `rung-${n}.mp4`);
        const { initUrl } = await download(admin, playlist, path);
        const init = await admin.bytes(initUrl);
        expect([isByDevice(init), setsIn(init)]).toEqual([true, 4]);
        expect(fromZero(await frameTimes(path))).toEqual(everyFrame);
      }
    } finally {
      await kinora.close();
    }
  });
});

describe('HEVC', () => {
  it('goes on in software, too', async () => {
    const kinora = await createTestApp({
      encoding: { hardware: 'nvenc', heights: [240], codecs: ['h264', 'hevc'], policy: { uploads: 'lazy' } },
      media: { ffmpeg: card.ffmpeg },
    });
    try {
      card.breakAfter(null);
      const admin = await kinora.admin();
      await untilFound(kinora);
      card.breakAfter(6 * RATE);
      const id = await admin.upload(clip);
      const { hls } = (await admin.waitFor(id, isPlayable)).playback!;
      const { variants } = await readMultivariant(admin, hls);
      const playlist = variants.find(({ attributes }) => attributes['CODECS']!.startsWith('hvc1'))!.url;
      const path = join(folder, 'hevc.mp4');
      const { initUrl } = await download(admin, playlist, path);
      const init = await admin.bytes(initUrl);
      expect([isByDevice(init), setsIn(init)]).toEqual([true, 6]);
      expect(fromZero(await frameTimes(path))).toEqual(everyFrame);
    } finally {
      await kinora.close();
    }
  });
});

describe('a device that is asked for and not there', () => {
  it('is done without', async () => {
    const kinora = await createTestApp({
      encoding: { hardware: 'amf', heights: [240], policy: { uploads: 'lazy' } },
    });
    try {
      const admin = await kinora.admin();
      const id = await admin.upload(clip);
      const { hls } = (await admin.waitFor(id, isPlayable)).playback!;
      const [playlist] = await videoPlaylists(admin, hls);
      const { initUrl, segments } = await readPlaylist(admin, playlist!);
      expect(isByDevice(await admin.bytes(initUrl))).toBe(false);
      expect((await admin.bytes(segments[2]!.url)).length).toBeGreaterThan(1000);
    } finally {
      await kinora.close();
    }
  });
});
