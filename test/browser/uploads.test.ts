/// <reference lib="dom" />
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, CDPSession, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeMedia } from '../support/media.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** Uploads that are disturbed, in a real browser: whatever happens in the middle, what has arrived is not sent again. */

const ENV = { KINORA_SETUP_TOKEN: SETUP_TOKEN, KINORA_ENCODING_HEIGHTS: '[240]', KINORA_LOG_LEVEL: 'warn' };
/** Slow enough that there is a middle. */
const BYTES_PER_SECOND = 8_000_000;

let folder: string;
let port: number;
let kinora: KinoraProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: TestClient;
let devtools: CDPSession;
let film: string;
let sizeBytes: number;
/** Where each PATCH of this test began. */
let offsets: number[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-uploads-'));
  film = await makeNoise();
  sizeBytes = statSync(film).size;
  port = await freePort();
  kinora = await startKinora(join(folder, 'data'), ENV, port);
  browser = await openBrowser();
  ({ page } = await openPage(browser, kinora.url));
  context = page.context();
  client = await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  if (page.isClosed()) page = await context.newPage();
  await openUploads();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

/** Noise cannot be compressed: a few seconds are some 40 MB. */
function makeNoise(): Promise<string> {
  const noise = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=24:duration=8', '-vf', 'noise=alls=100:allf=t+u'];
  const heavy = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '40M', '-minrate', '40M', '-maxrate', '40M'];
  return makeMedia('mp4', ...noise, ...heavy, '-bufsize', '40M', '-g', '48', '-pix_fmt', 'yuv420p');
}

describe('an upload', () => {
  it('is paused and goes on', async () => {
    const row = await beginUpload();
    await row.getByTestId('upload-pause').click();
    await phase(row, 'paused');
    const before = await receivedBytes(row);
    await page.waitForTimeout(1500);
    const after = await receivedBytes(row);
    expect(after).toBeLessThan(sizeBytes);
    // What was on its way when it was paused may still have landed.
    expect(after - before).toBeLessThan(BYTES_PER_SECOND / 2);
    await row.getByTestId('upload-resume').click();
    await finished(row);
    expectNothingSentTwice(after);
  });

  it('goes on by itself after the connection was lost', async () => {
    const row = await beginUpload();
    await network({ offline: true });
    await phase(row, 'waiting');
    expect(await row.getByTestId('upload-status').innerText()).toMatch(/Connection lost/);
    await page.waitForTimeout(1000);
    const arrived = await receivedBytes(row);
    await network({ offline: false });
    await finished(row);
    expectNothingSentTwice(arrived);
  });

  it('is finished later, with the same file chosen again in another tab', async () => {
    const id = await videoId(await beginUpload());
    await page.close();
    page = await context.newPage();
    await openUploads();
    const left = page.getByTestId('unfinished-row');
    await left.waitFor();
    const { video } = await client.get<{ video: { receivedBytes: number } }>(`/api/videos/${id}`);
    expect(video.receivedBytes).toBeGreaterThan(0);

    await left.getByTestId('unfinished-input').setInputFiles(textFile('other.mp4'));
    expect(await left.getByRole('alert').innerText()).toMatch(/another file/);
    await left.getByTestId('unfinished-input').setInputFiles(film);
    const row = page.getByTestId('upload-row').first();
    await finished(row);
    expect(await videoId(row)).toBe(id);
    expectNothingSentTwice(video.receivedBytes);
  });

  it('paused and gone on with before the server has answered is announced once', async () => {
    const answer = await holdAnnouncement();
    const row = await chooseFilm();
    await row.getByTestId('upload-pause').click();
    await phase(row, 'paused');
    await row.getByTestId('upload-resume').click();
    await phase(row, 'sending');
    expect(await answer()).toBe(1);
    await finished(row);
    expect(offsets.filter((offset) => offset === 0)).toHaveLength(1);
  });

  it('given up before the server has answered leaves nothing behind', async () => {
    const before = await titles();
    const answer = await holdAnnouncement();
    const row = await chooseFilm();
    await row.getByTestId('upload-cancel').click();
    await row.waitFor({ state: 'detached' });
    const removed = page.waitForResponse((response) => response.request().method() === 'DELETE');
    expect(await answer()).toBe(1);
    expect((await removed).ok()).toBe(true);
    expect(offsets).toEqual([]);
    expect(await titles()).toEqual(before);
  });

  it('outlives kill -9 of the server', async () => {
    const row = await beginUpload();
    await kinora.end('SIGKILL');
    await phase(row, 'waiting');
    await page.waitForTimeout(3000);
    kinora = await startKinora(join(folder, 'data'), ENV, port);
    const arrived = await receivedBytes(row);
    expect(arrived).toBeGreaterThan(0);
    await finished(row);
    expectNothingSentTwice(arrived);
  });

  it('of a text file is refused with a reason', async () => {
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(
        new File(['Dear diary, this is not a film.\n'.repeat(40)], 'notes.txt', { type: 'text/plain' }),
      );
      return transfer;
    });
    await page.dispatchEvent('[data-testid=upload-dropzone]', 'drop', { dataTransfer: dropped });
    const row = page.getByTestId('upload-row').first();
    const status = row.getByTestId('upload-status');
    await expect.poll(() => status.innerText(), { timeout: 30_000 }).toMatch(/Cannot be played/);
    const words = await status.innerText();
    expect(words).toMatch(/text/i);
    expect(words).not.toMatch(/undefined|null|Error:|ffprobe|Invalid data/);
    await keepPicture(page, 'upload-refused');
  });
});

async function openUploads(): Promise<void> {
  offsets = [];
  page.removeAllListeners('request');
  page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/api/uploads/')) {
      offsets.push(Number(request.headers()['upload-offset']));
    }
  });
  await page.goto('/upload');
  devtools = await context.newCDPSession(page);
  await network({ offline: false });
}

async function network({ offline }: { offline: boolean }): Promise<void> {
  const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: BYTES_PER_SECOND };
  await devtools.send('Network.emulateNetworkConditions', conditions);
}

/** Chooses the film and resolves in the middle of its upload. */
async function beginUpload(): Promise<Locator> {
  const row = await chooseFilm();
  await expect.poll(() => receivedBytes(row), { timeout: 30_000 }).toBeGreaterThan(sizeBytes / 10);
  await phase(row, 'sending');
  return row;
}

async function chooseFilm(): Promise<Locator> {
  await page.getByTestId('upload-input').setInputFiles(film);
  const row = page.getByTestId('upload-row').first();
  await row.waitFor();
  return row;
}

/** Keeps the server from hearing of a new upload until the returned function is called, which says how often it was told. */
async function holdAnnouncement(): Promise<() => Promise<number>> {
  let told = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route('**/api/videos/init', async (route) => {
    told++;
    await promise;
    await route.continue();
  });
  return async () => {
    const answered = page.waitForResponse('**/api/videos/init');
    resolve();
    await answered;
    await page.unroute('**/api/videos/init');
    return told;
  };
}

/** Of all videos, also those that are being uploaded. */
async function titles(): Promise<string[]> {
  const { items } = await client.get<{ items: { title: string; id: string }[] }>('/api/videos?limit=100');
  return items.map(({ id, title }) => `${id} ${title}`);
}

async function phase(row: Locator, wanted: string): Promise<void> {
  await expect.poll(() => row.getAttribute('data-phase'), { timeout: 40_000 }).toBe(wanted);
}

/** Till the server has it all, and can play it. */
async function finished(row: Locator): Promise<void> {
  await phase(row, 'done');
  await client.waitFor(await videoId(row), isPlayable);
  await row.getByTestId('upload-watch').waitFor();
}

async function videoId(row: Locator): Promise<string> {
  return (await row.getAttribute('data-video-id'))!;
}

/** As the server counts them; 0 before it knows of the upload. */
async function receivedBytes(row: Locator): Promise<number> {
  const id = await row.getAttribute('data-video-id');
  if (!id) return 0;
  const { video } = await client.get<{ video: { receivedBytes: number | null } }>(`/api/videos/${id}`);
  return video.receivedBytes ?? sizeBytes;
}

/** The last PATCH went on where the server was, or later: never from the start. */
function expectNothingSentTwice(arrived: number): void {
  expect(arrived).toBeGreaterThan(0);
  expect(offsets.length).toBeGreaterThan(0);
  expect(offsets.at(-1)).toBeGreaterThanOrEqual(arrived);
}

function textFile(name: string) {
  return { name, mimeType: 'video/mp4', buffer: Buffer.from('not the same') };
}
