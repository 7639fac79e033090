/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage } from '../support/browser.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** An admin's settings, logs, audit log and tasks in a real browser, with a file and an environment that go before. */

const ENV = { KINORA_SETUP_TOKEN: SETUP_TOKEN, KINORA_ENCODING_PRESET: 'fast', KINORA_ENCODING_HARDWARE: 'off' };

let folder: string;
let port: number;
let kinora: KinoraProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-settings-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'kinora.yaml'), 'uploads:\n  maxSizeGb: 7\n');
  port = await freePort();
  kinora = await startKinora(join(folder, 'data'), ENV, port);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, kinora.url));
  await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

const setting = (name: string) => page.locator(`[data-testid="setting"][data-name="${name}"]`);
const field = (name: string) => setting(name).locator('input, select').first();

it('settings: locked where the file or the environment decides, changed at once, undone, wrong ones told beside them', async () => {
  await page.goto('/admin/settings');
  await setting('uploads.maxSizeGb').waitFor();
  expect(await field('uploads.maxSizeGb').isDisabled()).toBe(true);
  expect(await setting('uploads.maxSizeGb').innerText()).toMatch(/kinora\.yaml:2 decides this/);
  expect(await field('encoding.preset').isDisabled()).toBe(true);
  expect(await setting('encoding.preset').innerText()).toMatch(/KINORA_ENCODING_PRESET decides this/);
  expect(await page.getByTestId('settings-file').innerText()).toContain('kinora.yaml');

  await field('instance.name').fill('Our evenings');
  await field('encoding.crf').fill('99');
  await page.getByTestId('settings-save').click();
  await expect.poll(() => setting('encoding.crf').innerText()).toContain('must be at most 36, not 99');
  expect(await setting('instance.name').getAttribute('data-source')).toBe('default');
  await keepPicture(page, 'settings-wrong');
  await field('encoding.crf').fill('24');
  await page.getByTestId('settings-save').click();
  await expect.poll(() => setting('instance.name').getAttribute('data-source')).toBe('browser');
  await expect.poll(() => page.title()).toContain('Our evenings');

  await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => setting('encoding.crf').getAttribute('data-source')).toBe('default');
  expect(await field('encoding.crf').inputValue()).toBe('22');

  await field('encoding.concurrency').fill('2');
  await field('encoding.audioKbps').fill('160');
  await page.getByTestId('settings-save').click();
  await expect.poll(() => setting('encoding.concurrency').innerText()).toContain('Waits for a restart');
});

it('what was chosen is there after a restart, and is reset to the default', async () => {
  await kinora.end('SIGTERM');
  kinora = await startKinora(join(folder, 'data'), ENV, port);
  complaints.length = 0;
  await page.goto('/admin/settings');
  await setting('encoding.concurrency').waitFor();
  expect(await setting('encoding.concurrency').innerText()).not.toContain('Waits for a restart');
  expect(await field('encoding.concurrency').inputValue()).toBe('2');
  await setting('encoding.audioKbps').getByTestId('setting-reset').click();
  await page.getByTestId('settings-save').click();
  await expect.poll(() => setting('encoding.audioKbps').getAttribute('data-source')).toBe('default');
  await page.getByTestId('settings-search').fill('nothing of the kind');
  await page.getByText('No setting is called that').waitFor();
});

it('logs: searched, filtered, and live', async () => {
  await page.goto('/admin/logs');
  await page.getByTestId('logs-lines').waitFor();
  const lines = page.getByTestId('log-line');
  await page.getByTestId('logs-search').fill('hardly anything says this');
  await page.getByTestId('logs-none').waitFor();
  await page.getByTestId('logs-search').fill('');
  await page.getByTestId('logs-lines').waitFor();
  const before = await lines.count();
  await page.request.patch('/api/settings', { data: { changes: { 'log.level': 'debug' } } });
  await page.request.get('/api/libraries');
  await page.request.patch('/api/settings', { data: { changes: { 'log.level': null } } });
  await expect.poll(() => lines.count()).toBeGreaterThan(before + 1);
  await page.getByTestId('logs-search').fill('/api/libraries');
  await expect.poll(() => lines.count()).toBe(1);
  await lines.first().click();
  expect(await lines.first().innerText()).toMatch(/requestId\s+[0-9a-f]{12}/);
  await page.getByTestId('logs-search').fill('');
  await page.locator('select[name="level"]').selectOption('error');
  await page.getByTestId('logs-none').waitFor();
});

it('audit log and tasks: what was done, and what runs by itself', async () => {
  await page.goto('/admin/audit');
  const acts = page.getByTestId('act');
  await acts.first().waitFor();
  expect(await acts.first().innerText()).toContain('log.level');
  await page.locator('select[name="act"]').selectOption('instance.setUp');
  await expect.poll(() => acts.count()).toBe(1);
  await page.goto('/admin/tasks');
  const scan = page.locator('[data-testid="task"][data-name="scan-libraries"]');
  await scan.getByTestId('task-every').selectOption(String(6 * 3_600_000));
  await expect.poll(() => scan.innerText()).toMatch(/in \d+ hours/);
  await scan.getByTestId('task-run').click();
  await page.getByTestId('toast').getByText('Started: scan libraries.').waitFor();
  // The one wrong value of the first test answered 422, which Chromium calls an error.
  expect(complaints).toEqual([]);
});
