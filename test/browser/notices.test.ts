/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage } from '../support/browser.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { headerOf, type SmtpProcess, startSmtp } from '../support/smtp.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** Notices in a real browser: what needs the admin, mail that is tested, and a device that is told. */

/** Other work on the machine may take seconds: how long something takes is not what is looked at. */
const SOON = { timeout: 30_000 };

let folder: string;
let smtp: SmtpProcess;
let kinora: KinoraProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-told-'));
  smtp = await startSmtp();
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HARDWARE: 'off',
    // More than any disk has.
    KINORA_CACHE_KEEP_FREE_GB: '1000000',
    KINORA_MAIL_FROM: 'kinora@example.org',
    KINORA_MAIL_SMTP_HOST: '127.0.0.1',
    KINORA_MAIL_SMTP_PORT: String(smtp.port),
    KINORA_MAIL_SMTP_SECURITY: 'none',
  });
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, kinora.url, { permissions: ['notifications'] }));
  await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([kinora?.end('SIGTERM'), smtp?.end()]);
  rmSync(folder, { recursive: true, force: true });
});

it('what needs an admin stands at the top of the overview, and is told by mail', async () => {
  const open = async () => {
    await page.request.post('/api/tasks/see-whether-admins-are-needed/run');
    return ((await (await page.request.get('/api/notices')).json()) as { open: unknown[] }).open.length;
  };
  await expect.poll(open, SOON).toBe(1);
  await page.goto('/admin');
  await page.getByTestId('needs-you').waitFor();
  expect(await page.getByTestId('needs-you').innerText()).toContain('The disk is nearly full');
  await keepPicture(page, 'notices-overview');
  await page.getByTestId('needs-you').getByRole('link').click();
  const notice = page.getByTestId('notice');
  await notice.waitFor();
  expect(await notice.getAttribute('data-state')).toBe('warning');
  expect(await notice.innerText()).toContain('Encoding ahead is paused until there is room.');
});

it('mail is tested with the server’s own words, and switched off', async () => {
  await page.goto('/admin/notices');
  await page.getByTestId('told-mail-test').click();
  await page.getByTestId('told-mail-answer').waitFor();
  expect(await page.getByTestId('told-mail-answer').innerText()).toMatch(/^Sent\. .*250 2\.0\.0 Ok: queued/);
  expect(smtp.mails.map((mail) => headerOf(mail, 'Subject'))).toContain('Kinora: A test');
  for (const [name, width, colorScheme] of [
    ['wide-dark', 1280, 'dark'],
    ['wide-light', 1280, 'light'],
    ['phone-dark', 390, 'dark'],
    ['phone-light', 390, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `notices-${name}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByTestId('told-mail').click();
  await expect.poll(() => page.getByTestId('told-mail').isChecked(), SOON).toBe(false);
  await page.reload();
  await page.getByTestId('told-mail').waitFor();
  expect(await page.getByTestId('told-mail').isChecked()).toBe(false);
});

it('a device shows what is pushed to it, and opens the page it is about', async () => {
  // Chromium of a distribution without its maker's push service refuses to subscribe: it is said, and nothing pretends.
  await page.goto('/admin/notices');
  await page.getByTestId('told-device').click();
  await page.getByTestId('toast').waitFor();
  await expect.poll(() => page.getByTestId('told-device').isChecked(), SOON).toBe(false);
  await expect.poll(() => page.getByTestId('told-device').isEnabled(), SOON).toBe(true);

  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const data = JSON.stringify({
    title: 'Kinora: The disk is nearly full',
    body: 'A test',
    path: '/admin',
    tag: 'disk',
  });
  const registrationId = await registered;
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  const shown = async () => {
    // A message to a worker that is just being put in its place is lost; one of the same tag takes the place of the last.
    await session.send('ServiceWorker.deliverPushMessage', { origin: kinora.url, registrationId, data });
    return page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const all = (await registration?.getNotifications()) ?? [];
      return all.map(({ title, body, tag, data: own }) => ({ title, body, tag, path: own.path }));
    });
  };
  await expect
    .poll(shown, SOON)
    .toEqual([{ title: 'Kinora: The disk is nearly full', body: 'A test', tag: 'disk', path: '/admin' }]);
});

it('without HTTPS and where notifications are blocked it says so', async () => {
  const blocked = await openPage(browser, kinora.url, { storageState: await page.context().storageState() });
  await blocked.page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
  });
  await blocked.page.goto('/admin/notices');
  await blocked.page.getByTestId('told-device').waitFor();
  await expect.poll(() => blocked.page.getByTestId('told-device').isDisabled(), SOON).toBe(true);
  expect(await blocked.page.locator('#told-device-text').innerText()).toContain('are blocked in this browser');
  const insecure = await openPage(browser, kinora.url, { storageState: await page.context().storageState() });
  await insecure.page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { get: () => false }));
  await insecure.page.goto('/admin/notices');
  const text = insecure.page.locator('#told-device-text');
  await text.waitFor();
  await expect.poll(() => text.innerText(), SOON).toContain('only on sites with HTTPS');
  // Chromium itself says so where it keeps nothing, as in tests.
  expect(complaints.filter((text) => !text.includes('incognito'))).toEqual([]);
});
