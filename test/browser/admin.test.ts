/// <reference lib="dom" />
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TaskWire } from '../../src/features/tasks/api.ts';
import { keepPicture, openBrowser, openPage, playsOn, type WatchedPage } from '../support/browser.ts';
import type { TestClient } from '../support/client.ts';
import { isReady } from '../support/client.ts';
import { runKinora } from '../support/kinora-command.ts';
import { makeClip } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';
import { becomeAdmin, SETUP_TOKEN, startPlaying } from './support.ts';

/** An admin's day: who watches what, how the machine is, and who may come in. */

const SETTINGS = {
  KINORA_SETUP_TOKEN: SETUP_TOKEN,
  KINORA_ENCODING_HEIGHTS: '[144]',
  KINORA_LOG_LEVEL: 'warn',
};

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let admin: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-admin-'));
  kinora = await startKinora(join(folder, 'data'), SETTINGS);
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
  admin = await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

const row = (name: string) => page.getByTestId('user-row').filter({ hasText: `${name}@example.org` });
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? null);

describe('the overview', () => {
  it('is quiet where nobody watches, and says that all is well', async () => {
    await page.goto('/admin');
    await page.getByTestId('now-playing').getByText('Nobody is watching').waitFor();
    await expect.poll(() => page.locator('[data-testid=health-check][data-state=ok]').count()).toBe(4);
    expect(await page.getByTestId('overview-version').textContent()).toContain('Kinora 0.');
    await page.getByTestId('disk-forecast').getByText('after three days').waitFor();
  });

  it('shows who watches what, how and why, while they do', async () => {
    const id = await admin.upload(await makeClip({ seconds: 30, size: '320x180', rate: '25' }), {
      filename: 'The Long Road.mp4',
    });
    await admin.waitFor(id, isReady);
    const other = await page.context().newPage();
    await other.goto(`/watch/${id}`);
    await startPlaying(other);
    await playsOn(other, 2);
    const playing = page.getByTestId('playing-row');
    await playing.waitFor({ timeout: 10_000 });
    const text = (await playing.textContent())!;
    expect(text).toContain('The Long Road');
    expect(text).toContain('ada');
    expect(text).toContain('127.0.0.1');
    expect(text).toMatch(/of 0:30/);
    expect(await playing.getByTestId('playing-picture').getAttribute('data-mode')).toMatch(/copied|encoded/);
    expect(await playing.getByTestId('playing-picture').locator('p').textContent()).toMatch(/\w+ \w+/);
    await keepPicture(page, 'admin-overview');
    await other.close();
  });

  it('leads to the jobs that failed by keyboard alone', async () => {
    await page.getByTestId('jobs-failed').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/jobs?state=failed');
    expect(await page.locator('[data-testid=admin-tab][aria-current=page]').textContent()).toContain('Jobs');
  });
});

describe('users', () => {
  let password: string;

  it('are added with a password that is shown once', async () => {
    await page.goto('/admin/users');
    await page.getByTestId('add-user').click();
    await expect.poll(focused).toBe('user-name');
    await page.getByTestId('user-name').fill('-no-');
    await page.getByTestId('user-email').fill('zoe@example.org');
    await page.getByTestId('user-save').click();
    await page.getByText('letters, digits').waitFor();
    await page.getByTestId('user-name').fill('zoe');
    await page.getByTestId('user-email').press('Enter');
    password = (await page.getByTestId('new-password').textContent())!;
    expect(password).toMatch(/^(\w{4}-){3}\w{4}$/);
    await page.keyboard.press('Escape');
    await row('zoe').waitFor();
    await expect.poll(focused).toBe('add-user');
  });

  it('sign in with it', async () => {
    const { page: theirs } = await openPage(browser, kinora.url);
    await theirs.goto('/sign-in');
    await theirs.getByTestId('field-login').fill('zoe');
    await theirs.getByTestId('field-password').fill(password);
    await theirs.getByTestId('sign-in-submit').click();
    await theirs.getByTestId('account-button').waitFor();
    await theirs.goto('/admin');
    await theirs.getByText('For admins only').waitFor();
    await theirs.context().close();
  });

  it('get another role from a menu, by keyboard', async () => {
    await row('zoe').getByTestId('user-actions').focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('user-role-member');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await row('zoe').getByText('Moderator').waitFor();
    await expect.poll(focused).toBe('user-actions');
  });

  it('are disabled and enabled again', async () => {
    await row('zoe').getByTestId('user-actions').click();
    await page.getByTestId('user-disable').click();
    await page.locator('[data-testid=user-row][data-state=disabled]').waitFor();
    const refused = await page.request.post('/api/auth/login', { data: { login: 'zoe', password } });
    expect(refused.status()).toBe(403);
    await row('zoe').getByTestId('user-actions').click();
    await page.getByTestId('user-disable').click();
    await expect.poll(() => row('zoe').getAttribute('data-state')).toBe('active');
  });

  it('get a new password, and the old one ends', async () => {
    await row('zoe').getByTestId('user-actions').click();
    await page.getByTestId('user-password').click();
    await page.getByTestId('password-make').click();
    const next = (await page.getByTestId('new-password').textContent())!;
    expect(next).not.toBe(password);
    await page.keyboard.press('Escape');
    const login = (tried: string) =>
      fetch(`${kinora.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ login: 'zoe', password: tried }),
      });
    expect((await login(password)).status).toBe(401);
    expect((await login(next)).status).toBe(200);
  });

  it('are removed, and brought back by undo', async () => {
    await row('zoe').getByTestId('user-actions').click();
    await page.getByTestId('user-remove').click();
    await page.getByTestId('remove-user-confirm').click();
    await row('zoe').waitFor({ state: 'detached' });
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await row('zoe').waitFor();
  });

  it('who are removed are found and restored later, too', async () => {
    const zoe = await admin.get<{ items: { id: string }[] }>('/api/users?search=zoe');
    await admin.send('DELETE', `/api/users/${zoe.items[0]!.id}`, undefined, 204);
    await row('zoe').waitFor({ state: 'detached' });
    await page.getByLabel('State').selectOption('removed');
    await row('zoe').getByTestId('user-restore').click();
    await row('zoe').waitFor({ state: 'detached' });
    await page.getByLabel('State').selectOption('all');
    await row('zoe').waitFor();
  });

  it('are found by a part of their name', async () => {
    for (const name of ['grace', 'linus', 'margaret']) await admin.post('/api/users', person(name), 201);
    await page.getByTestId('user-search').fill('argar');
    await expect.poll(() => page.getByTestId('user-row').count()).toBe(1);
    await page.getByTestId('user-search').fill('nobody at all');
    await page.getByText('No account matches').waitFor();
    await page.getByTestId('user-search').fill('');
    await expect.poll(() => page.getByTestId('user-row').count()).toBe(5);
  });

  it('who are the only admin keep that role, and are told why', async () => {
    await row('ada').getByTestId('user-actions').click();
    expect(await page.getByTestId('user-remove').count()).toBe(0);
    await page.getByTestId('user-role-member').click();
    await page.getByTestId('toast').getByText('only admin').waitFor();
    await expect.poll(() => row('ada').textContent()).toContain('Admin');
  });
});

describe('backups', () => {
  it('are made while one looks on, taken away, and thrown away', async () => {
    await page.goto('/admin');
    const health = page.locator('[data-testid=health-check][data-check=backups]');
    await health.getByText('There is none').waitFor();
    await health.getByRole('link').click();
    await page.getByTestId('backups-none').waitFor();
    await page.getByTestId('make-backup').click();
    await page.getByTestId('backup-originals').check();
    await page.getByTestId('backup-begin').click();
    await page.getByTestId('backup-under-way').waitFor();
    const row = page.getByTestId('backup-row');
    await row.getByText('With originals').waitFor({ timeout: 100_000 });
    await page.getByTestId('backup-under-way').waitFor({ state: 'detached' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('backup-download').click()]);
    const path = join(folder, 'taken-away.tar');
    await download.saveAs(path);
    expect(download.suggestedFilename()).toBe(await row.getAttribute('data-name'));
    const elsewhere = join(folder, 'elsewhere');
    expect(await runKinora(['restore', path, '--data', elsewhere])).toMatchObject({ code: 0 });
    await page.getByTestId('backup-remove').click();
    await page.getByTestId('remove-backup-dialog').getByText('It is the only one.').waitFor();
    await page.getByTestId('backup-remove-confirm').click();
    await page.getByTestId('backups-none').waitFor();
    await page.getByTestId('backup-settings').click();
    await page.locator('[data-testid=setting][data-name="backup.schedule"]').waitFor();
    expect(await page.locator('[data-testid=setting]:not([data-name^="backup."])').count()).toBe(0);
    await page.goto('/admin/audit');
    for (const act of ['made', 'downloaded', 'removed'])
      await page.locator(`[data-testid=act][data-act="backup.${act}"]`).first().waitFor();
  });

  it('put back without an original: its page says so, and plays when it has been copied back', async () => {
    const [id] = (await admin.get<{ items: { id: string }[] }>('/api/videos')).items.map((video) => video.id);
    const source = join(folder, 'elsewhere', 'videos', id!, 'source');
    renameSync(source, join(folder, 'source'));
    const restored = await startKinora(join(folder, 'elsewhere'), SETTINGS);
    const storageState = await page.context().storageState();
    const other = await openPage(browser, restored.url, { storageState });
    try {
      const text = other.page.getByText('Its original is not here');
      const look = () => other.page.goto(`/watch/${id}`).then(() => text.waitFor({ timeout: 5000 }));
      await expect
        .poll(
          () =>
            look().then(
              () => true,
              () => false,
            ),
          { timeout: 60_000 },
        )
        .toBe(true);
      await keepPicture(other.page, 'watch-original-missing');
      expect(await other.page.locator('video').count()).toBe(0);
      await other.page.goto('/admin/audit');
      await other.page.locator('[data-testid=act][data-act="backup.restored"]').waitFor();
      renameSync(join(folder, 'source'), source);
      const task = '/api/tasks/look-for-originals-that-were-missing/run';
      expect((await other.page.request.post(task)).status()).toBe(202);
      await other.page.goto(`/watch/${id}`);
      // It is told when that has been noticed, and needs no reload.
      await startPlaying(other.page);
      await playsOn(other.page, 1);
    } finally {
      await other.page.context().close();
      await restored.end('SIGTERM');
    }
  });
});

describe('tasks', () => {
  it('run at a time of day that is chosen', async () => {
    await page.goto('/admin/tasks');
    const scan = page.locator('[data-testid=task][data-name=scan-libraries]');
    await scan.getByTestId('task-every').selectOption('daily');
    await scan.getByTestId('task-time').fill('04:45');
    await scan.getByTestId('task-time').blur();
    const dailyAt = async () =>
      (await admin.get<{ items: TaskWire[] }>('/api/tasks')).items.find(({ name }) => name === 'scan-libraries')!
        .dailyAt;
    await expect.poll(dailyAt).toBe('04:45');
    await scan.getByText('4:45').waitFor();
    await scan.getByTestId('task-every').selectOption('usual');
    await expect.poll(dailyAt).toBeNull();
    await scan.getByTestId('task-time').waitFor({ state: 'detached' });
  });
});

describe('both pages', () => {
  it('complain of nothing but what was refused on purpose', () => {
    expect(watched.complaints.filter((text) => !/status of (409|422)/.test(text))).toEqual([]);
  });

  it('name everything that can be pressed, and have one heading of the first level', async () => {
    for (const url of ['/admin', '/admin/users']) {
      await page.goto(url);
      await page.getByTestId('admin-bar').waitFor();
      await page.waitForTimeout(500);
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, a[href], input, select, [role=progressbar]')]
          .filter((element) => {
            const labels = (element as HTMLInputElement).labels?.length ?? 0;
            return !element.getAttribute('aria-label') && !element.textContent?.trim() && labels === 0;
          })
          .map((element) => element.outerHTML),
      );
      expect(nameless, url).toEqual([]);
      expect(await page.locator('h1').count(), url).toBe(1);
    }
  });

  it.each([
    ['phone-dark', { width: 390, height: 844 }, 'dark'],
    ['phone-light', { width: 390, height: 844 }, 'light'],
    ['wide-dark', { width: 1280, height: 800 }, 'dark'],
    ['wide-light', { width: 1280, height: 800 }, 'light'],
  ] as const)('fit a %s screen without scrolling sideways', async (name, viewport, colorScheme) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    for (const [screen, url] of [
      ['overview', '/admin'],
      ['users', '/admin/users'],
      ['backups', '/admin/backups'],
      ['tasks', '/admin/tasks'],
    ] as const) {
      await page.goto(url);
      await page.waitForTimeout(700);
      await keepPicture(page, `admin-${screen}-${name}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${screen} on a ${name} screen`).toBeLessThanOrEqual(0);
    }
  });
});
