/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { hasOpenssl, makeCertificate } from '../support/certificates.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { SETUP_TOKEN, setUpInBrowser, startPlaying } from './support.ts';

/** Kinora's own HTTPS in a browser, which is told to take a certificate that nobody has signed. */

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let heard = 0;

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'kinora-browser-https-'));
  const { certificate, key } = makeCertificate(folder, 'browser');
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HEIGHTS: '[240]',
    KINORA_LOG_LEVEL: 'warn',
    KINORA_HTTP_TLS_CERTIFICATE: certificate,
    KINORA_HTTP_TLS_KEY: key,
  });
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url, { ignoreHTTPSErrors: true });
  page = watched.page;
  page.on('websocket', (socket) => socket.on('framereceived', () => heard++));
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  if (folder) rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

describe.runIf(hasOpenssl)('over HTTPS', () => {
  it('an admin is made, whose cookie is for HTTPS alone', async () => {
    await setUpInBrowser(page);
    expect(await page.evaluate(() => [isSecureContext, location.protocol])).toEqual([true, 'https:']);
    const cookies = await page.context().cookies();
    expect(cookies.map(({ secure, httpOnly }) => ({ secure, httpOnly }))).toEqual([{ secure: true, httpOnly: true }]);
  });

  it('a film is uploaded, heard of and watched', async () => {
    const film = await makeClip({ seconds: 12, size: '640x360', rate: '24' });
    await page.getByTestId('upload-button').first().click();
    await page.getByTestId('upload-input').setInputFiles(film);
    await page.getByTestId('upload-watch').first().waitFor({ timeout: 60_000 });
    expect(heard).toBeGreaterThan(0);
    await page.getByTestId('upload-watch').first().click();
    await startPlaying(page);
    await playsOn(page, 2);
    expect(await playerState(page)).toMatchObject({ paused: false, error: null });
    expect(watched.complaints.filter((text) => !/play\(\) request was interrupted/.test(text))).toEqual([]);
  });
});
