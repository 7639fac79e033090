/// <reference lib="dom" />
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchDisk } from '../../src/features/instance/disk.service.ts';
import { keepPicture, openBrowser, openPage, type WatchedPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { encoderPid } from '../support/encoders.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** What people are told when the server has more to do than it can. */

let kinora: TestApp;
let browser: Browser;
let admin: TestClient;
let films: string[];

beforeAll(async () => {
  const policy = { uploads: 'lazy', libraries: 'lazy' } as const;
  kinora = await createTestApp({ encoding: { heights: [144], policy, sessions: 1 } });
  browser = await openBrowser();
  admin = await kinora.admin();
  // No browser plays this: it has to be encoded.
  const video = ['-c:v', 'mpeg4', '-q:v', '5'];
  const add = async (rate: string) => {
    const clip = await makeClip({ seconds: 40, size: '320x180', rate, extension: 'mkv', video, audio: null });
    const id = await admin.upload(clip, { filename: `Film at ${rate}.mkv`, visibility: 'public' });
    await admin.waitFor(id, isPlayable);
    return id;
  };
  films = [await add('25'), await add('24')];
  await kinora.app.queue.drain();
});
afterAll(async () => {
  await browser?.close();
  await kinora?.close();
});

async function open(who: TestClient, path: string): Promise<WatchedPage> {
  const opened = await openPage(browser, kinora.url);
  await opened.page.context().addCookies([{ name: 'kinora_session', value: who.token!, url: kinora.url }]);
  await opened.page.goto(path);
  return opened;
}

it.runIf(process.platform === 'linux')('tells viewers what they wait for, and the admin who is served', async () => {
  const first = await open(await kinora.member('ben'), `/watch/${films[0]}`);
  const pid = await encoderPid();
  process.kill(pid, 'SIGSTOP');
  const second = await open(await kinora.member('cleo'), `/watch/${films[1]}`);
  await first.page.getByText('Preparing this part …').waitFor({ timeout: 30_000 });
  await second.page.getByText('Waiting for the encoder: you are next').waitFor({ timeout: 30_000 });
  await keepPicture(second.page, 'waiting-for-the-encoder');
  const jobs = await open(admin, '/jobs');
  await jobs.page.locator('[data-testid=encoder-row][data-state=working]').waitFor();
  await jobs.page.locator('[data-testid=encoder-row][data-state=waiting]').waitFor();
  expect(await jobs.page.getByTestId('encoders').innerText()).toMatch(/1 of 1 at work · 1 waiting/);
  process.kill(pid, 'SIGCONT');
  for (const { page } of [first, second]) {
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, {
      timeout: 60_000,
    });
    await page.getByTestId('player-wait').waitFor({ state: 'detached', timeout: 30_000 });
    await page.context().close();
  }
  await jobs.page.context().close();
});

it('tells the admin that the disk is nearly full, and when it no longer is', async () => {
  const { space } = kinora.app.storage;
  const { page } = await open(admin, '/');
  await page.waitForLoadState('networkidle');
  kinora.app.storage.space = async () => ({ freeBytes: 1.2e9, totalBytes: 240e9 });
  await watchDisk(kinora.app);
  const banner = page.getByTestId('disk-banner');
  await banner.waitFor();
  expect(await banner.innerText()).toMatch(/1\.2\sGB left of 240\sGB/);
  kinora.app.storage.space = space;
  await watchDisk(kinora.app);
  await banner.waitFor({ state: 'detached' });
  const member = await open(await kinora.member('dan'), '/');
  await member.page.waitForLoadState('networkidle');
  expect(await member.page.getByTestId('disk-banner').count()).toBe(0);
});
