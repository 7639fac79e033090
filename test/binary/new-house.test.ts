/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SETUP_TOKEN, seek, setUpInBrowser, startPlaying } from '../browser/support.ts';
import { openBrowser, openPage, playsOn } from '../support/browser.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';

/** The one file alone, from an empty folder: set up, upload, watch; back up, put back elsewhere, and watch on. */

const SETTINGS = { KINORA_SETUP_TOKEN: SETUP_TOKEN, KINORA_ENCODING_HEIGHTS: '[240]', KINORA_LOG_LEVEL: 'warn' };

let folder: string;
let browser: Browser;
const running: KinoraProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-house-'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const kinora of running) await kinora.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(name: string): Promise<KinoraProcess> {
  const kinora = await startKinora(join(folder, name), SETTINGS);
  running.push(kinora);
  return kinora;
}

it('moves house with all it has', async () => {
  const film = await makeClip({ seconds: 20, size: '640x360', rate: '25' });
  const old = await start('old');
  const { page } = await openPage(browser, old.url);
  await setUpInBrowser(page);
  await page.getByTestId('upload-button').first().click();
  await page.getByTestId('upload-input').setInputFiles(film);
  await page.getByTestId('upload-watch').first().click({ timeout: 60_000 });
  await startPlaying(page);
  await playsOn(page, 1);
  const { pathname } = new URL(page.url());

  const archive = join(folder, 'house.kinora-backup.tar');
  const backedUp = await runKinora(['backup', archive, '--with-originals', '--data', join(folder, 'old')]);
  expect(backedUp.code, backedUp.output).toBe(0);
  await old.end('SIGTERM');
  const restored = await runKinora(['restore', archive, '--data', join(folder, 'new')]);
  expect(restored.code, restored.output).toBe(0);
  rmSync(join(folder, 'old'), { recursive: true });

  const moved = await start('new');
  const { page: again } = await openPage(browser, moved.url);
  await again.goto('/sign-in');
  await again.getByTestId('field-login').fill('ada');
  await again.getByTestId('field-password').fill(person('ada').password);
  await again.getByTestId('sign-in-submit').click();
  await again.getByTestId('upload-button').first().waitFor();
  await again.goto(pathname);
  await startPlaying(again);
  await playsOn(again, 1);
  await seek(again, 12);
  await playsOn(again, 1);
});
