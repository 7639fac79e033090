/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import type { TestClient } from '../support/client.ts';
import { ffmpeg, makeMedia } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { writeAss, writePgs } from '../support/subtitles.ts';
import { becomeAdmin, SETUP_TOKEN, seek, startPlaying } from './support.ts';

/** Subtitles in a real browser: text, ASS by libass, pictures on a canvas and in the film itself. */

const SECONDS = 60;
const SRT = `1\n00:00:00,000 --> 00:01:00,000\nHello from the file\n`;

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let client: TestClient;
let id: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-captions-browser-'));
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HEIGHTS: '[180]',
    KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
    KINORA_LOG_LEVEL: 'warn',
  });
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
  client = await becomeAdmin(page, kinora.url);
  id = await client.upload(await makeFilm(), { filename: 'Black.mkv' });
  await client.waitFor(id, (reply) => (reply.playback?.captions.length ?? 0) === 4 && allThere(reply));
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
  console.error(`${task.name}: ${JSON.stringify(await playerState(page).catch(String))}\n${kinora.output()}`);
});

const allThere = ({ playback }: VideoReply) =>
  playback!.captions.every(({ format, burnt }) => format === 'vtt' || format === 'ass' || burnt !== null);

/** A black film: what is bright on it is a subtitle. */
async function makeFilm(): Promise<string> {
  const black = await makeMedia(
    'mp4',
    ...['-f', 'lavfi', '-i', `color=c=black:size=320x180:rate=10:duration=${SECONDS}`, '-c:v', 'libx264', '-g', '40'],
    ...['-pix_fmt', 'yuv420p', '-sc_threshold', '0'],
  );
  const srt = join(folder, 'one.srt');
  writeFileSync(srt, SRT);
  const ass = writeAss(folder, 'one.ass', [['0:00:00.00', '0:01:00.00', 'DRAWN']]);
  const box = { x: 60, y: 110, width: 200, height: 40 };
  const pgs = writePgs(folder, 'one.sup', [{ startSec: 0, endSec: SECONDS, box }], { width: 320, height: 180 });
  const dvd = join(folder, 'dvd.mkv');
  await ffmpeg('-v', 'error', '-fix_sub_duration', '-copyts', '-i', pgs, '-map', '0', '-c:s', 'dvdsub', dvd);
  const film = join(folder, 'film.mkv');
  const inputs = [black, srt, ass, pgs, dvd].flatMap((path) => ['-i', path]);
  const languages = ['eng', 'fre', 'ger', 'spa'].flatMap((code, n) => [`-metadata:s:s:${n}`, `language=${code}`]);
  await ffmpeg(
    ...['-v', 'error', '-copyts', ...inputs, '-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map', '4'],
    '-c',
    'copy',
    ...languages,
    film,
  );
  return film;
}

/** Opens the settings at the captions and chooses one. */
async function choose(label: string): Promise<void> {
  await page.getByTestId('player').hover();
  await page.getByTestId('settings-button').click();
  await page.getByTestId('settings-captions').click();
  await page.getByTestId('captions-option').filter({ hasText: label }).click();
}

/** The brightest pixel in a part of the player's picture, as it is on the screen: shares of its width and height. */
async function brightest(area = { x: 0.1, y: 0.5, width: 0.8, height: 0.4 }): Promise<number> {
  const box = (await page.locator('video').boundingBox())!;
  const clip = {
    x: box.x + box.width * area.x,
    y: box.y + box.height * area.y,
    width: box.width * area.width,
    height: box.height * area.height,
  };
  const shot = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (png) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${png}`;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.width;
    canvas.height = picture.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let bright = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at]! > 150 && data[at + 1]! > 150) bright++;
    return bright;
  }, shot);
}

const hideControls = async () => {
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.mouse.move(5, 5);
  await page.waitForFunction(() => !document.querySelector('.player')!.hasAttribute('data-controls'), undefined, {
    timeout: 15_000,
  });
};

it('shows no captions until somebody wants them, and lists each track once', async () => {
  await page.goto(`/watch/${id}`);
  await startPlaying(page);
  await playsOn(page, 0.5);
  expect(await page.getByText('Hello from the file').count()).toBe(0);
  await page.getByTestId('player').hover();
  await page.getByTestId('settings-button').click();
  await page.getByTestId('settings-captions').click();
  const options = await page.getByTestId('captions-option').allTextContents();
  expect(options).toEqual(['Captions off', 'English', 'French', 'German', 'Spanishdrawn into the picture']);
  await page.getByTestId('settings-button').click();
});

it('shows text with the key c, and takes it away again', async () => {
  await page.keyboard.press('c');
  await page.getByText('Hello from the file').waitFor();
  expect(await page.getByTestId('captions-button').getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('c');
  await page.getByText('Hello from the file').waitFor({ state: 'hidden' });
});

it('draws ASS over the picture', async () => {
  await seek(page, 1);
  await hideControls();
  expect(await brightest()).toBe(0);
  await choose('French');
  await page.waitForSelector('canvas.JASSUB');
  await hideControls();
  await expect.poll(() => brightest(), { timeout: 20_000 }).toBeGreaterThan(100);
  await choose('Captions off');
  await page.waitForSelector('canvas.JASSUB', { state: 'detached' });
  // Also while the film stands still, and no new frame would have it drawn.
  await page.evaluate(() => document.querySelector('video')!.pause());
  await choose('French');
  await expect.poll(() => brightest(), { timeout: 20_000 }).toBeGreaterThan(100);
  await page.keyboard.press('k');
  await choose('Captions off');
  await page.waitForSelector('canvas.JASSUB', { state: 'detached' });
});

it("draws a Blu-ray's pictures over the picture", async () => {
  await seek(page, 2);
  await choose('German');
  await hideControls();
  await expect.poll(() => brightest(), { timeout: 20_000 }).toBeGreaterThan(1000);
  expect(await page.locator('media-provider canvas').count()).toBe(1);
  await choose('Captions off');
  await expect.poll(() => page.locator('media-provider canvas').count()).toBe(0);
});

it("plays a stream with a DVD's pictures drawn in, from the same place on", async () => {
  await seek(page, 9);
  await playsOn(page, 0.3);
  await choose('Spanish');
  await expect.poll(async () => (await playerState(page)).currentTime, { timeout: 30_000 }).toBeGreaterThan(9);
  await playsOn(page, 0.5, 30_000);
  expect((await playerState(page)).currentTime).toBeLessThan(40);
  await hideControls();
  await expect.poll(() => brightest(), { timeout: 20_000 }).toBeGreaterThan(1000);
  expect(await page.locator('media-provider canvas').count()).toBe(0);
});

it('remembers the language for the next film', async () => {
  await choose('English');
  await page.reload();
  await startPlaying(page);
  await page.getByText('Hello from the file').waitFor();
});

it('shows captions as large as somebody wants them, also next time', async () => {
  const height = async () => (await page.getByText('Hello from the file').boundingBox())!.height;
  const usual = await height();
  await page.getByTestId('player').hover();
  await page.getByTestId('settings-button').click();
  await page.getByTestId('settings-captionSize').click();
  await page.getByTestId('captionSize-option').filter({ hasText: 'Very large' }).click();
  await expect.poll(height).toBeGreaterThan(usual * 1.6);
  await page.reload();
  await startPlaying(page);
  await page.getByText('Hello from the file').waitFor();
  await expect.poll(height).toBeGreaterThan(usual * 1.6);
});

it('lets the owner add a file, which is in the menu without a reload, and take it away', async () => {
  await page.getByTestId('more-button').click();
  await page.getByTestId('subtitles-button').click();
  await expect.poll(() => page.getByTestId('subtitles-track').count()).toBe(4);
  const good = { name: 'film.it.srt', mimeType: 'text/plain', buffer: Buffer.from(SRT.replace('Hello', 'Ciao')) };
  await page.getByTestId('subtitles-input').setInputFiles({ ...good, buffer: Buffer.from('no captions') });
  await page.getByTestId('subtitles-problem').getByText('no caption').waitFor();
  await page.getByTestId('subtitles-input').setInputFiles(good);
  const added = page.getByTestId('subtitles-track').filter({ hasText: 'film.it.srt' });
  await added.getByText('Italian').first().waitFor();
  await added.getByTestId('subtitles-language').selectOption('nl');
  await added.getByText('Dutch').first().waitFor();
  await keepPicture(page, 'subtitles-dialog');
  await page.keyboard.press('Escape');
  await choose('Dutch');
  await page.getByText('Ciao from the file').waitFor();
  await page.getByTestId('more-button').click();
  await page.getByTestId('subtitles-button').click();
  await added.getByTestId('subtitles-remove').click();
  await page.getByTestId('subtitles-remove-confirm').click();
  await added.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.getByText('Ciao from the file').waitFor({ state: 'hidden' });
});

it('shows no errors to anybody on the way', () => {
  const expected = /play\(\) request was interrupted|status of 422/;
  expect(watched.complaints.filter((text) => !expected.test(text))).toEqual([]);
});
