/// <reference lib="dom" />
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { SETUP_TOKEN, seek, setUpInBrowser, startPlaying } from './support.ts';

/** A first evening with Kinora, in a real browser against the real process: set up, upload, watch, come back. */

const SETTINGS = {
  KINORA_SETUP_TOKEN: SETUP_TOKEN,
  KINORA_ENCODING_HEIGHTS: '[480, 360, 240]',
  KINORA_LOG_LEVEL: 'warn',
};

/** What the pages look like is not asked of the single binary again: it has the same files. */
const SCREENS = process.env['KINORA_TEST_BINARY']
  ? []
  : ([
      ['phone-dark', { width: 390, height: 844 }, 'dark'],
      ['phone-light', { width: 390, height: 844 }, 'light'],
      ['wide-dark', { width: 1280, height: 800 }, 'dark'],
      ['wide-light', { width: 1280, height: 800 }, 'light'],
    ] as const);

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let film: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-browser-'));
  film = await makeClip({ seconds: 40, size: '854x480', rate: '24' });
  kinora = await startKinora(join(folder, 'data'), SETTINGS);
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

describe('a first evening', () => {
  it('begins with the setup link', async () => {
    await setUpInBrowser(page);
    await keepPicture(page, 'home-empty');
  });

  it('takes a film and lets it be watched while it is still being encoded', async () => {
    await page.getByTestId('upload-button').first().click();
    await page.getByTestId('upload-input').setInputFiles(film);
    await page.getByTestId('upload-watch').first().waitFor({ timeout: 60_000 });
    await keepPicture(page, 'upload');
    await page.getByTestId('upload-watch').first().click();
    await startPlaying(page);
    await playsOn(page, 2);
    expect(await playerState(page)).toMatchObject({ paused: false, error: null });
    await keepPicture(page, 'watch');
  });

  it('seeks anywhere', async () => {
    for (const second of [31, 7, 22]) {
      await seek(page, second);
      await playsOn(page, 1);
      const { currentTime } = await playerState(page);
      expect(currentTime).toBeGreaterThan(second);
      expect(currentTime).toBeLessThan(second + 8);
    }
  });

  it('plays every quality it offers', async () => {
    await seek(page, 2);
    await openSettings('quality');
    const labels = (await page.getByTestId('quality-option').allInnerTexts()).map((text) => text.split('\n')[0]!);
    expect(labels[0]).toMatch(/Auto/);
    expect(labels.length).toBeGreaterThanOrEqual(4);
    for (const height of [240, 480, 360]) {
      if (!(await page.getByTestId('quality-menu').isVisible())) await openSettings('quality');
      await page
        .getByTestId('quality-option')
        .filter({ hasText: `${height}p` })
        .first()
        .click();
      await page.waitForFunction((wanted) => document.querySelector('video')!.videoHeight === wanted, height, {
        timeout: 30_000,
      });
      await playsOn(page, 0.5);
      expect(await playerState(page)).toMatchObject({ height, error: null });
    }
  });

  it('says why a quality is copied or encoded', async () => {
    await closeSettings();
    await openSettings(null);
    await page.getByTestId('stats-toggle').click();
    const text = await page.getByTestId('stats-panel').innerText();
    expect(text).toMatch(/Copied: .*H\.264/);
    expect(text).toMatch(/Encoded/);
    await keepPicture(page, 'why');
    await page.keyboard.press('Escape');
  });

  it('obeys the keyboard', async () => {
    const SOON = { timeout: 15_000 };
    await page.locator('[data-testid=player]').focus();
    const before = (await playerState(page)).currentTime;
    await page.keyboard.press('k');
    await expect.poll(async () => (await playerState(page)).paused, SOON).toBe(true);
    await page.keyboard.press('5');
    await expect.poll(async () => (await playerState(page)).currentTime, SOON).toBeCloseTo(20, 0);
    await page.keyboard.press('l');
    await expect.poll(async () => (await playerState(page)).currentTime, SOON).toBeCloseTo(30, 0);
    await page.keyboard.press('j');
    await expect.poll(async () => (await playerState(page)).currentTime, SOON).toBeCloseTo(20, 0);
    // Faster than any seek: each key counts from the time the last one asked for.
    for (const key of ['l', 'j', 'j', 'ArrowRight']) await page.keyboard.press(key);
    await expect.poll(async () => (await playerState(page)).currentTime, SOON).toBeCloseTo(15, 0);
    expect(before).not.toBeCloseTo(15, 0);
    await page.keyboard.press('k');
    await playsOn(page, 1);
  });

  it('goes on where it was left, after a reload', async () => {
    await page.keyboard.press('k');
    const { currentTime } = await playerState(page);
    await page.waitForTimeout(1000);
    await page.reload();
    await page.waitForSelector('video');
    await expect
      .poll(async () => (await playerState(page)).currentTime, { timeout: 20_000 })
      .toBeGreaterThan(currentTime - 4);
    expect((await playerState(page)).currentTime).toBeLessThan(currentTime + 4);
    await page.goto('/');
    await page.getByTestId('row-continue').waitFor();
    await keepPicture(page, 'home');
  });

  it('plays a film from a watched folder without copying it', async () => {
    const films = join(folder, 'films');
    mkdirSync(films);
    copyFileSync(film, join(films, 'From the folder.mp4'));
    await page.goto('/libraries');
    await page.getByTestId('add-library').first().click();
    await page.getByTestId('library-name').fill('Films');
    await page.getByTestId('library-folder').fill(films);
    await page.getByTestId('library-save').click();
    await page.goto('/');
    const card = page.getByTestId('video-card').filter({ hasText: 'From the folder' }).first();
    await card.waitFor({ timeout: 20_000 });
    await card.click();
    await startPlaying(page);
    await playsOn(page, 2);
    const id = page.url().split('/').at(-1)!;
    expect(existsSync(join(folder, 'data/videos', id, 'source'))).toBe(false);
  });

  it('shows an admin what the machine is doing', async () => {
    await page.goto('/jobs');
    await page.getByTestId('job-row').first().waitFor();
    await keepPicture(page, 'jobs');
  });

  it('shows no errors to anybody on the way', () => {
    expect(watched.complaints.filter((text) => !/play\(\) request was interrupted/.test(text))).toEqual([]);
  });

  it.each(SCREENS)('fits a %s screen without scrolling sideways', async (name, viewport, colorScheme) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const watchUrl = await firstVideo();
    for (const [screen, url] of [
      ['home', '/'],
      ['watch', watchUrl],
      ['upload', '/upload'],
      ['libraries', '/libraries'],
      ['jobs', '/jobs'],
    ] as const) {
      await page.goto(url);
      await page.waitForLoadState('networkidle').catch(() => {});
      await page.waitForTimeout(400);
      await keepPicture(page, `${screen}-${name}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${screen} on a ${name} screen`).toBeLessThanOrEqual(0);
    }
  });
});

async function firstVideo(): Promise<string> {
  await page.goto('/');
  const card = page.getByTestId('video-card').first();
  await card.waitFor();
  return (
    (await card
      .locator('a')
      .first()
      .getAttribute('href')
      .catch(() => null)) ??
    (await card.getAttribute('href')) ??
    '/'
  );
}

async function openSettings(list: 'quality' | null): Promise<void> {
  const box = (await page.locator('[data-testid=player]').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  await page.mouse.move(box.x + box.width / 2 + 5, box.y + box.height / 3 + 5);
  await page.getByTestId('settings-button').click();
  if (list) await page.getByTestId(`settings-${list}`).click();
}

async function closeSettings(): Promise<void> {
  for (let n = 0; n < 3 && (await page.locator('[data-testid$=-menu]').count()) > 0; n++)
    await page.keyboard.press('Escape');
}
