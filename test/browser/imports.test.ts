/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage, playsOn } from '../support/browser.ts';
import { type FileServer, startFileServer } from '../support/file-server.ts';
import { makeClip } from '../support/media.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN, startPlaying } from './support.ts';

/** Links, pasted in a real browser: fetched by the server from a web server on the loopback, then played. */

const ENV = {
  KINORA_SETUP_TOKEN: SETUP_TOKEN,
  KINORA_IMPORTS_ALLOW_NETWORKS: '["127.0.0.1"]',
  KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
  KINORA_LOG_LEVEL: 'warn',
};

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let page: Page;
let complaints: string[];
let content: Buffer;
let server: FileServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-browser-imports-'));
  content = readFileSync(await makeClip({ seconds: 8, size: '640x360' }));
  kinora = await startKinora(join(folder, 'data'), ENV, await freePort());
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, kinora.url));
  await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  server = await startFileServer({ content });
  await page.goto('/upload');
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
  await server.close();
});

async function paste(url: string): Promise<void> {
  await page.getByTestId('import-url').fill(url);
  await page.getByTestId('import-submit').click();
}

const row = (): Locator => page.getByTestId('import-row').first();
const status = () => row().getByTestId('import-status').innerText();
const phase = (wanted: string) => expect.poll(() => row().getAttribute('data-phase'), { timeout: 30_000 }).toBe(wanted);

describe('a link', () => {
  it('is pasted, shows how far it is, and plays', async () => {
    server.become({ content, bytesPerSecond: content.length / 4 });
    await paste(`${server.url}/A_day_out.mp4`);
    await phase('fetching');
    await expect.poll(status, { timeout: 20_000 }).toMatch(/Fetching[\s\S]*%[\s\S]* of [\s\S]* a second/);
    expect(await row().innerText()).toMatch(/A day out[\s\S]*from 127\.0\.0\.1/);
    expect(await page.getByTestId('import-url').inputValue()).toBe('');
    await keepPicture(page, 'import-fetching');
    // The server does the work: the page may be left.
    await page.goto('/');
    await page.goto('/upload');
    await row().getByTestId('import-watch').click({ timeout: 30_000 });
    await startPlaying(page);
    await playsOn(page);
    expect(complaints).toEqual([]);
  });

  it('that is none is refused beside its field', async () => {
    await paste('holiday.mp4');
    await expect.poll(() => page.getByTestId('import-form').innerText()).toMatch(/That is not a link/);
    expect(await page.getByTestId('import-url').getAttribute('aria-invalid')).toBe('true');
    complaints.length = 0;
  });

  it('that leads to a web page says so, and is tried again when it has been mended', async () => {
    const page404 = Buffer.from('<!doctype html><html><body>Buy this film</body></html>');
    server.become({ content: page404, headers: { 'Content-Type': 'text/html' } });
    await paste(`${server.url}/film.mp4`);
    await phase('failed');
    expect(await status()).toMatch(/Stopped[\s\S]*web page, not to a media file/);
    await keepPicture(page, 'import-failed');
    server.become({ content });
    await row().getByTestId('import-retry').click();
    await row().getByTestId('import-watch').waitFor({ timeout: 30_000 });
    await phase('done');
  });

  it('is stopped, and goes on when that is undone', async () => {
    server.become({ content, bytesPerSecond: content.length / 20 });
    await paste(`${server.url}/long.mp4`);
    await phase('fetching');
    const id = await row().getAttribute('data-video-id');
    await expect.poll(() => server.sentBytes()).toBeGreaterThan(0);
    await row().getByTestId('import-cancel').click();
    await page.locator(`[data-video-id="${id}"]`).waitFor({ state: 'detached' });
    await page.waitForTimeout(500);
    const sent = server.sentBytes();
    await page.waitForTimeout(500);
    expect(server.sentBytes()).toBe(sent);
    server.become({ content });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator(`[data-video-id="${id}"]`).getByTestId('import-watch').waitFor({ timeout: 30_000 });
    expect(server.requests.at(-1)!.range).toMatch(/^bytes=[1-9]/);
  });
});
