/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** The channel of somebody who has just begun, from empty to found by others. */

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let page: Page;
let ada: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-channel-'));
  const settings = { KINORA_SETUP_TOKEN: SETUP_TOKEN, KINORA_LOG_LEVEL: 'warn' };
  kinora = await startKinora(join(folder, 'data'), settings);
  browser = await openBrowser();
  ({ page } = await openPage(browser, kinora.url));
  ada = await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

it('is in the account menu, empty, and says what will be in it', async () => {
  await page.goto('/');
  await page.getByTestId('account-button').click();
  await page.getByTestId('channel-link').click();
  await page.waitForURL('**/channel/ada');
  await page.getByRole('heading', { level: 1, name: 'ada', exact: true }).waitFor();
  await page.getByText('Nothing here yet').waitFor();
  expect(await page.locator('main').getByRole('link', { name: 'Upload' }).getAttribute('href')).toMatch(/\/upload$/);
});

it('has what is uploaded, and visitors come to it from the video', async () => {
  const id = await ada.upload(await makeClip({ seconds: 4 }), { visibility: 'public', filename: 'River.mp4' });
  await ada.waitFor(id, isPlayable);
  const theirs = (await openPage(browser, kinora.url)).page;
  await theirs.goto(`/watch/${id}`);
  await theirs.getByTestId('video-source').click();
  await theirs.waitForURL('**/channel/ada');
  await theirs.getByText('@ada · One video').waitFor();
  expect(await theirs.getByTestId('video-card').getAttribute('data-video-id')).toBe(id);
  expect(await theirs.getByTestId('edit-channel').count()).toBe(0);
  await theirs.close();
});

it('is renamed by its owner, who stays on it', async () => {
  await page.goto('/channel/ada');
  await page.getByTestId('edit-channel').click();
  await page.getByTestId('channel-handle').fill('not a handle');
  await page.getByTestId('channel-save').click();
  await page.getByText('dots, dashes and underscores').first().waitFor();
  await page.getByTestId('channel-name').fill('Ada’s rivers');
  await page.getByTestId('channel-handle').fill('rivers');
  await page.getByTestId('channel-description').fill('Slow water.\nMostly in spring.');
  await page.getByTestId('channel-save').click();
  await page.waitForURL('**/channel/rivers');
  await page.getByRole('heading', { level: 1, name: 'Ada’s rivers' }).waitFor();
  expect(await page.getByText('Mostly in spring.').count()).toBe(1);
  await page.getByTestId('account-button').click();
  expect(await page.getByTestId('channel-link').getAttribute('href')).toMatch(/\/channel\/rivers$/);
  await page.keyboard.press('Escape');
  await page.goto('/');
  await page.getByTestId('video-card').filter({ hasText: 'Ada’s rivers' }).waitFor();
  await page.goto('/channel/ada');
  await page.getByText('There is no such channel').first().waitFor();
});
