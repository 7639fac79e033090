/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A real browser: the Chromium of the machine, headless, talking to nobody but the loopback. */

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/screenshots', import.meta.url));

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['KINORA_TEST_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}

export interface WatchedPage {
  page: Page;
  /** Everything the page complained of: console errors, failed requests, exceptions. */
  complaints: string[];
}

/** A page that remembers what went wrong in it. */
export async function openPage(
  browser: Browser,
  baseURL: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // Being asked who one is before signing in answers 401, which Chromium calls an error.
    if (message.type() === 'error' && !message.location().url.endsWith('/api/me')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

/** Keeps a picture of the page under `artifacts/`, which git does not see. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
}

export interface PlayerState {
  currentTime: number;
  duration: number;
  width: number;
  height: number;
  paused: boolean;
  ended: boolean;
  error: string | null;
  buffered: [number, number][];
}

/** What the page's `<video>` says of itself. */
export function playerState(page: Page): Promise<PlayerState> {
  return page.evaluate(() => {
    const video = document.querySelector('video')!;
    return {
      currentTime: video.currentTime,
      duration: video.duration,
      width: video.videoWidth,
      height: video.videoHeight,
      paused: video.paused,
      ended: video.ended,
      error: video.error?.message ?? null,
      buffered: Array.from(
        { length: video.buffered.length },
        (_, n) => [video.buffered.start(n), video.buffered.end(n)] as [number, number],
      ),
    };
  });
}

/** Resolves when the film has really moved on: by so many seconds of its own time. */
export async function playsOn(page: Page, seconds = 1, timeout = 30_000): Promise<void> {
  const from = (await playerState(page)).currentTime;
  await page.waitForFunction((until) => document.querySelector('video')!.currentTime >= until, from + seconds, {
    timeout,
  });
}
