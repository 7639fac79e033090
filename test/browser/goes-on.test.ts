/// <reference lib="dom" />
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/time.ts';
import { restingHardware } from '../../src/platform/hardware.ts';
import { type BreakableCard, makeBreakableCard } from '../support/broken-hardware.ts';
import { openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, person, type TestApp } from '../support/test-app.ts';
import { seek, startPlaying } from './support.ts';

/** What may end while somebody watches, and must not end the watching: links, and devices that encode. */

let folder: string;
let card: BreakableCard;
let kinora: TestApp;
let admin: TestClient;
let browser: Browser;
let watched: WatchedPage;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-goes-on-'));
  card = makeBreakableCard(folder);
  kinora = await createTestApp({
    encoding: { hardware: 'nvenc', heights: [240], policy: { uploads: 'lazy' } },
    media: { ffmpeg: card.ffmpeg },
  });
  admin = await kinora.admin();
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  const { username, password } = person('admin');
  const reply = await watched.page.request.post('/api/auth/login', { data: { login: username, password } });
  expect(reply.status()).toBe(200);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a link that ran out while the machine slept is replaced, and nobody is told', async () => {
  const { page } = watched;
  const id = await admin.upload(await makeClip({ seconds: 120, size: '160x90', rate: '10', gop: 20, audio: null }));
  // Nothing happens to the video any more that would make the page ask for it, and get new links, by chance.
  await admin.waitFor(id, ({ playback }) => Boolean(playback?.storyboard));
  await kinora.app.queue.drain();
  // Asleep: what has not been loaded by now is asked for with links of yesterday.
  const awake = Promise.withResolvers<void>();
  const refused = page.waitForResponse((response) => response.status() === 403);
  await page.route(/\/([5-9]|\d\d)\.m4s$/, async (route) => {
    await awake.promise;
    await route.continue();
  });
  await page.goto(`/watch/${id}`);
  await startPlaying(page);
  await playsOn(page);
  await seek(page, 110);
  kinora.travel(13 * HOUR_MS);
  awake.resolve();
  expect((await (await refused).json()) as object).toMatchObject({
    type: expect.stringContaining('media-link-expired'),
  });
  await page.waitForFunction(() => {
    const video = document.querySelector('video');
    return video !== null && video.currentTime > 110.5 && !video.paused;
  });
  expect(await page.locator('[data-testid=player-error]').count()).toBe(0);
  expect((await playerState(page)).error).toBeNull();
  await page.goto('about:blank');
});

it('a device that breaks is followed by software, and the picture goes on', async () => {
  const { page } = watched;
  for (let n = 0; n < 200 && !existsSync(join(kinora.app.dataDir.path, 'hardware.json')); n++)
    await page.waitForTimeout(50);
  // In the middle of the second of four segments.
  card.breakAfter(6 * 25);
  const clip = await makeClip({
    seconds: 16,
    size: '426x240',
    rate: '25',
    gop: 50,
    extension: 'avi',
    video: ['-c:v', 'mpeg4', '-q:v', '6'],
    audio: null,
  });
  const id = await admin.upload(clip);
  await admin.waitFor(id, isPlayable);
  await page.goto(`/watch/${id}`);
  await startPlaying(page);
  await page.waitForFunction(() => document.querySelector('video')?.ended, undefined, { timeout: 60_000 });
  const { error, duration, buffered } = await playerState(page);
  expect(error).toBeNull();
  expect(restingHardware(kinora.app.dataDir.path, kinora.app.clock.nowMs())).toHaveLength(1);
  expect(buffered).toHaveLength(1);
  expect(buffered[0]![1]).toBeCloseTo(duration, 0);
  // By the card, at the change, and by software: what is seen is what is in the file.
  for (const atSec of [2.02, 4.02, 10.02]) {
    expect(await difference(page, clip, atSec), `at ${atSec} s`).toBeLessThan(6);
  }
});

/** How much a frame on the screen differs from that of the file: mean over all pixels, of 255. */
async function difference(page: Page, clip: string, atSec: number): Promise<number> {
  await page.evaluate((to) => {
    const video = document.querySelector('video')!;
    video.pause();
    video.currentTime = to;
    return new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  }, atSec);
  const shown = await page.evaluate(() => {
    const video = document.querySelector('video')!;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [106, 60];
    const context = canvas.getContext('2d')!;
    context.drawImage(video, 0, 0, 106, 60);
    return [...context.getImageData(0, 0, 106, 60).data];
  });
  const ffmpeg = process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg';
  const still = ['-frames:v', '1', '-vf', 'scale=106:60', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'];
  const { stdout } = await promisify(execFile)(
    ffmpeg,
    ['-v', 'error', '-ss', String(atSec - 0.02), '-i', clip, ...still],
    {
      encoding: 'buffer',
    },
  );
  return shown.reduce((sum, value, n) => sum + Math.abs(value - stdout[n]!), 0) / shown.length;
}
