/// <reference lib="dom" />
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN, startPlaying } from './support.ts';

/** What makes pages calm: nothing moves while they load, nothing is lost by one press, and keyboard, ear and thumb find everything. */

const ARABIC = 'قصة الصحراء (1999)';
/** Web Vitals call 0.1 good; these pages shift by what the arrival of the font moves. */
const STILL = 0.02;

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let client: TestClient;
let film: string;
let filmId: string;
let libraryId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-calm-'));
  film = await makeClip({ seconds: 20, size: '640x360', rate: '24' });
  const films = join(folder, 'films');
  mkdirSync(films);
  for (let n = 1; n <= 14; n++) copyFileSync(film, join(films, `Film ${n}.mp4`));
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HEIGHTS: '[240]',
    KINORA_ACCOUNTS_REGISTRATION: 'approval',
    KINORA_LOG_LEVEL: 'warn',
  });
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
  client = await becomeAdmin(page, kinora.url);
  filmId = await client.upload(film, { filename: `${ARABIC}.mp4`, visibility: 'public' });
  await client.waitFor(filmId, isPlayable);
  const library = { name: 'Films', kind: 'movies', folders: [films] };
  libraryId = (await client.post<{ library: { id: string } }>('/api/libraries', library, 201)).library.id;
  for (let count = 0; count < 14; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { library: now } = await client.get<{ library: { videoCount: number } }>(`/api/libraries/${libraryId}`);
    count = now.videoCount;
  }
  const somebody = { username: 'grace', email: 'grace@example.org', password: 'correct horse battery' };
  await page.request.post('/api/auth/register', { data: somebody });
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

describe('while it loads', () => {
  it.each([
    ['home', '/'],
    ['watch', '/watch/FILM'],
    ['library', '/library/LIBRARY'],
    ['overview', '/admin'],
    ['users', '/admin/users'],
  ])('the %s page does not move', async (_, path) => {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      const one = await openSlowly(viewport);
      await one.goto(path.replace('FILM', filmId).replace('LIBRARY', libraryId));
      await one.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      await one.waitForLoadState('networkidle').catch(() => {});
      await one.waitForTimeout(500);
      const shifts = await one.evaluate(() => (window as unknown as { shifts: [number, string][] }).shifts);
      const sum = shifts.reduce((total, [value]) => total + value, 0);
      expect(sum, `${viewport.width}: ${JSON.stringify(shifts)}`).toBeLessThan(STILL);
      await one.context().close();
    }
  });

  it('a light page does not begin dark', async () => {
    const { page: light } = await openPage(browser, kinora.url, { colorScheme: 'light' });
    await light.route('**/*.js', () => {});
    await light.goto('/', { waitUntil: 'commit' });
    const canvas = () => light.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await expect.poll(canvas).toBe('rgb(247, 247, 248)');
    await light.context().close();
  });
});

/** A page signed in as the admin, behind a slow line, which notes by how much its parts are moved. */
async function openSlowly(viewport: { width: number; height: number }): Promise<Page> {
  const { page: slow } = await openPage(browser, kinora.url, { viewport });
  await slow.context().addCookies(await page.context().cookies());
  const line = await slow.context().newCDPSession(slow);
  await line.send('Network.enable');
  const bytesPerSecond = 500_000;
  await line.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 60,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  await slow.addInitScript(() => {
    const shifts: [number, string][] = [];
    (window as unknown as { shifts: typeof shifts }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, sources } = entry as unknown as { value: number; sources: { node: Element | null }[] };
        shifts.push([value, sources.map(({ node }) => node?.className || node?.nodeName).join(' ')]);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return slow;
}

describe('by keyboard and by ear', () => {
  it('a page one has come to is said, and the keyboard begins in it', async () => {
    await page.goto('/');
    await page.getByTestId('video-card').first().locator('a').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('video-title').waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
    await expect.poll(() => page.getByTestId('arrival').textContent()).toMatch(/ · Kinora$/);
  });

  const MISTYPED = 'The address may be mistyped';
  it.each([
    ['/nowhere', 'There is nothing here', MISTYPED],
    ['/watch/mistyped!', 'This video is not here', MISTYPED],
    ['/library/mistyped!', 'This library is not here', MISTYPED],
    ['/channel/nobody', 'There is no such channel', 'nothing in it is shared with you'],
  ])('%s says that it is nothing, as a heading and in a sentence', async (path, title, sentence) => {
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByText(sentence).waitFor();
  });

  it('titles run as they are written', async () => {
    await page.goto(`/watch/${filmId}`);
    const title = page.getByTestId('video-title');
    await title.waitFor();
    expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
    expect(await page.getByTestId('more-videos').evaluate((list) => getComputedStyle(list).direction)).toBe('ltr');
  });
});

describe('one press too many', () => {
  it('what was taken off the row comes back where it was', async () => {
    await page.goto('/account');
    await client.send('PUT', `/api/videos/${filmId}/progress`, { positionMs: 9000 });
    await page.goto('/');
    const row = page.getByTestId('row-continue');
    await row.getByTestId('video-card').hover();
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await row.getByTestId('video-card').waitFor();
    const { video } = await client.get<{ video: { progress: { positionMs: number } } }>(`/api/videos/${filmId}`);
    expect(video.progress.positionMs).toBe(9000);
  });

  it('an upload that was cancelled goes on', async () => {
    await page.goto('/upload');
    const line = await page.context().newCDPSession(page);
    await line.send('Network.enable');
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20_000 };
    await line.send('Network.emulateNetworkConditions', slow);
    await page.getByTestId('upload-input').setInputFiles(film);
    await page.locator('[data-testid=upload-row][data-phase=sending][data-video-id]').waitFor();
    const id = await page.getByTestId('upload-row').getAttribute('data-video-id');
    await page.getByTestId('upload-cancel').click();
    await page.getByTestId('upload-row').waitFor({ state: 'detached' });
    await line.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await page.getByTestId('upload-watch').waitFor({ timeout: 60_000 });
    expect(await page.getByTestId('upload-row').getAttribute('data-video-id')).toBe(id);
  });

  it('leaving the file chooser leaves the dialog open', async () => {
    await page.goto(`/watch/${filmId}`);
    await page.getByTestId('more-button').click();
    await page.getByTestId('subtitles-button').click();
    // As the browser does where no file is chosen (HTML, "show the picker"): the event rises.
    await page.getByTestId('subtitles-input').dispatchEvent('cancel', { bubbles: true });
    await page.waitForTimeout(200);
    expect(await page.getByTestId('subtitles-dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByTestId('subtitles-dialog').waitFor({ state: 'detached' });
  });
});

describe('beside an open menu', () => {
  it('a press on the picture closes it, and the film goes on', async () => {
    await page.goto(`/watch/${filmId}?t=0s`);
    await startPlaying(page);
    await playsOn(page, 0.3);
    const box = (await page.getByTestId('player').boundingBox())!;
    const beside = [box.x + 120, box.y + 120] as const;
    await page.mouse.move(...beside);
    await page.getByTestId('settings-button').click();
    await page.getByTestId('settings-menu').waitFor();
    await page.mouse.click(...beside);
    await page.getByTestId('settings-menu').waitFor({ state: 'detached' });
    await page.waitForTimeout(300);
    expect(await playerState(page)).toMatchObject({ paused: false });
    await page.mouse.click(...beside);
    await expect.poll(async () => (await playerState(page)).paused).toBe(true);
  });
});

describe('by thumb', () => {
  let phone: Page;
  beforeAll(async () => {
    const options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    phone = (await openPage(browser, kinora.url, options)).page;
    await phone.context().addCookies(await page.context().cookies());
  });
  afterAll(() => phone?.context().close());

  it.each(['/', '/watch/FILM', '/libraries', '/admin', '/admin/users', '/admin/notices', '/admin/settings'])(
    'everything on %s is large enough',
    async (path) => {
      await phone.goto(path.replace('FILM', filmId));
      await phone.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
      await phone.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      await phone.waitForLoadState('networkidle');
      expect(await tooSmall(phone)).toEqual([]);
    },
  );

  it('the time line can be dragged', async () => {
    await phone.goto(`/watch/${filmId}?t=0s`);
    await startPlaying(phone);
    await playsOn(phone, 0.5);
    // A tap shows what steers.
    const box = (await phone.getByTestId('player').boundingBox())!;
    await phone.touchscreen.tap(box.x + box.width / 2, box.y + 40);
    await phone.locator('[data-testid=player][data-controls]').waitFor();
    const slider = (await phone.getByTestId('time-slider').boundingBox())!;
    // Above the line, where a thumb lands.
    await phone.touchscreen.tap(slider.x + slider.width / 2, slider.y - 8);
    await expect
      .poll(() => phone.evaluate(() => document.querySelector('video')!.currentTime), { timeout: 15_000 })
      .toBeGreaterThan(9);
  });
});

/** What can be pressed and is smaller than 44 px either way, words in running text aside. */
function tooSmall(phone: Page): Promise<string[]> {
  return phone.evaluate(() => {
    const least = 44;
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('a[href], button, select, [role=slider], input')) {
      const box = element.getBoundingClientRect();
      const isShown = element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
      if (!isShown || element.closest('.description, .skip-link, p')) continue;
      // What lies around it and means the same: a label, or a shape drawn before it.
      const label = element.closest('label')?.getBoundingClientRect() ?? box;
      const before = getComputedStyle(element, '::before');
      const reach = before.content === '""' ? Number.parseFloat(before.blockSize) : 0;
      const height = Math.max(box.height, label.height, reach);
      const width = Math.max(box.width, label.width);
      if (Math.round(height) >= least && Math.round(width) >= least) continue;
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim();
      found.push(`${element.className} "${name}" ${Math.round(width)}×${Math.round(height)}`);
    }
    return found;
  });
}
