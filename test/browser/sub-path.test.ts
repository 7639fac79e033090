/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Nginx, nginxVersion, startNginx } from '../../scripts/bench/support/nginx.ts';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { makeClip } from '../support/media.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { SETUP_TOKEN, setUpInBrowser, startPlaying } from './support.ts';

/** In a browser, under `/films/` of a real nginx: set up, upload, hear of it, watch. */

const BASE = '/films';

let folder: string;
let kinora: KinoraProcess;
let nginx: Nginx;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
/** Paths of this host that were asked for outside the base path, and sockets that were opened. */
const astray: string[] = [];
const sockets: { url: string; received: number }[] = [];

describe.runIf(nginxVersion() !== null)('under a path of another site', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kinora-sub-path-'));
    const port = await freePort();
    nginx = await startNginx(`client_max_body_size 0;
    location ${BASE}/ {
      proxy_pass http://127.0.0.1:${port};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_request_buffering off;
    }`);
    const env = {
      KINORA_SETUP_TOKEN: SETUP_TOKEN,
      KINORA_ENCODING_HEIGHTS: '[240]',
      KINORA_LOG_LEVEL: 'warn',
      KINORA_HTTP_BASE_URL: nginx.url + BASE,
      KINORA_HTTP_TRUSTED_PROXIES: '127.0.0.1',
    };
    kinora = await startKinora(join(folder, 'data'), env, port);
    browser = await openBrowser();
    watched = await openPage(browser, `${nginx.url}${BASE}/`);
    page = watched.page;
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === nginx.url && !pathname.startsWith(`${BASE}/`)) astray.push(pathname);
    });
    page.on('websocket', (socket) => {
      const entry = { url: socket.url(), received: 0 };
      sockets.push(entry);
      socket.on('framereceived', () => entry.received++);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await kinora?.end('SIGTERM');
    await nginx?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
  });

  it('is set up by the link that was printed', async () => {
    const link = new RegExp(`${nginx.url}${BASE}/setup\\S+`).exec(kinora.output())![0];
    await setUpInBrowser(page, link);
  });

  it('takes an upload, hears of it as it happens, and plays it', async () => {
    const film = await makeClip({ seconds: 12, size: '640x360', rate: '24' });
    await page.getByTestId('upload-button').first().click();
    await page.getByTestId('upload-input').setInputFiles(film);
    await page.getByTestId('upload-watch').first().waitFor({ timeout: 60_000 });
    expect(sockets.map(({ url }) => url)).toContain(`${nginx.url.replace('http', 'ws')}${BASE}/ws/uploads/`);
    expect(sockets.reduce((sum, { received }) => sum + received, 0)).toBeGreaterThan(0);
    await page.getByTestId('upload-watch').first().click();
    await startPlaying(page);
    await playsOn(page, 2);
    expect(await playerState(page)).toMatchObject({ paused: false, error: null });
    expect(new URL(page.url()).pathname).toMatch(/^\/films\/watch\/\w+$/);
  });

  it('survives a reload in the middle, and finds its way home', async () => {
    await page.reload();
    await startPlaying(page);
    await playsOn(page, 1);
    await page.goto('./');
    await page.getByTestId('video-card').first().waitFor();
    const poster = page.getByTestId('video-card').first().locator('img').first();
    await expect.poll(() => poster.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  });

  it('never asks for anything outside its path, and complains of nothing', () => {
    expect(astray).toEqual([]);
    expect(watched.complaints.filter((text) => !/play\(\) request was interrupted/.test(text))).toEqual([]);
  });
});
