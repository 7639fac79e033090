/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { keepPicture, openBrowser, openPage, type WatchedPage } from '../support/browser.ts';
import type { TestClient } from '../support/client.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { person } from '../support/test-app.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** How people come in: invited, approved, by a link to a new password; their own account; and many at once. */

const PASSWORD = person('x').password;

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let admin: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-people-'));
  const settings = {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ACCOUNTS_REGISTRATION: 'approval',
    KINORA_LOG_LEVEL: 'warn',
  };
  kinora = await startKinora(join(folder, 'data'), settings);
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
const visitor = async () => (await openPage(browser, kinora.url)).page;

async function register(theirs: Page, name: string): Promise<void> {
  await theirs.getByTestId('field-username').fill(name);
  await theirs.getByTestId('field-email').fill(`${name}@example.org`);
  await theirs.getByTestId('field-password').fill(PASSWORD);
  await theirs.getByTestId('register-submit').click();
}

async function signIn(theirs: Page, login: string, password = PASSWORD): Promise<void> {
  await theirs.goto('/sign-in');
  await theirs.getByTestId('field-login').fill(login);
  await theirs.getByTestId('field-password').fill(password);
  await theirs.getByTestId('sign-in-submit').click();
}

describe('with an admin’s yes', () => {
  it('people register, wait, and are told so when they try to sign in', async () => {
    const theirs = await visitor();
    await theirs.goto('/sign-in');
    await theirs.getByRole('link', { name: 'Create an account' }).click();
    await register(theirs, 'grace');
    await theirs.getByText('Thank you, grace').waitFor();
    await signIn(theirs, 'grace');
    await theirs.getByTestId('form-problem').getByText('has yet to say yes').waitFor();
    await theirs.context().close();
  });

  it('admins see how many wait, approve them and decline them', async () => {
    await admin.post('/api/auth/register', person('eve'), 202);
    await page.goto('/admin');
    await page.getByTestId('people-waiting').getByText('2 people wait').waitFor();
    await page.getByTestId('people-waiting').getByRole('link').click();
    await expect.poll(() => page.getByTestId('admin-tab-count').textContent()).toBe('2');
    const waiting = (name: string) => page.getByTestId('waiting-row').filter({ hasText: name });
    await waiting('grace').getByTestId('approve').focus();
    await page.keyboard.press('Enter');
    await row('grace').waitFor();
    await waiting('eve').getByTestId('decline').click();
    await page.getByTestId('waiting-row').first().waitFor({ state: 'detached' });
    expect(await page.getByTestId('admin-tab-count').count()).toBe(0);
    const theirs = await visitor();
    await signIn(theirs, 'eve');
    await theirs.getByTestId('form-problem').getByText('has declined').waitFor();
    await signIn(theirs, 'grace');
    await theirs.getByTestId('account-button').waitFor();
    await theirs.context().close();
  });
});

describe('by invitation', () => {
  let link: string;

  it('an admin makes a link', async () => {
    await page.goto('/admin/users');
    await page.getByTestId('invite-people').click();
    await page.getByTestId('invite-note').fill('For Linus');
    await page.getByTestId('invite-note').press('Enter');
    link = (await page.getByTestId('new-link').textContent())!;
    expect(link).toContain(`${kinora.url}/register?invite=`);
    await page.getByTestId('invite-done').click();
    await page.getByTestId('invite-row').getByText('For Linus').waitFor();
    await expect.poll(focused).toBe('invite-people');
  });

  it('one person comes by it, and no other', async () => {
    const theirs = await visitor();
    await theirs.goto(link);
    await register(theirs, 'linus');
    await theirs.getByTestId('account-button').waitFor();
    await theirs.waitForURL(`${kinora.url}/`);
    await theirs.context().close();
    const late = await visitor();
    await late.goto(link);
    await late.getByTestId('register-instead').getByText('used already').waitFor();
    await late.context().close();
    await page.locator('[data-testid=invite-row][data-state=used]').waitFor();
  });

  it('a link is revoked', async () => {
    const { link } = await admin.post<{ link: string }>('/api/invites', { note: 'A mistake' }, 201);
    await page.reload();
    await page.getByTestId('invite-row').filter({ hasText: 'A mistake' }).getByTestId('invite-revoke').click();
    await page.locator('[data-testid=invite-row][data-state=revoked]').waitFor();
    const theirs = await visitor();
    await theirs.goto(link);
    await theirs.getByTestId('register-instead').getByText('taken back').waitFor();
    await theirs.context().close();
  });
});

describe('a link to a new password', () => {
  it('lets somebody choose one, once', async () => {
    await row('linus').getByTestId('user-actions').click();
    await page.getByTestId('user-reset-link').click();
    await page.getByTestId('reset-link-make').click();
    const link = (await page.getByTestId('new-link').textContent())!;
    await page.keyboard.press('Escape');
    const theirs = await visitor();
    await theirs.goto(link);
    await theirs.getByText('For linus').waitFor();
    await theirs.getByTestId('field-password').fill('a word of my own');
    await theirs.getByTestId('reset-submit').click();
    await theirs.getByTestId('account-button').waitFor();
    await theirs.goto(link);
    await theirs.getByTestId('reset-bad').getByText('used already').waitFor();
    await theirs.context().close();
  });
});

describe('one’s own account', () => {
  let theirs: Page;
  let phone: Page;
  beforeAll(async () => {
    theirs = await visitor();
    phone = await visitor();
    await signIn(theirs, 'grace');
    await signIn(phone, 'grace');
    for (const each of [theirs, phone]) await each.getByTestId('account-button').waitFor();
  });
  afterAll(async () => {
    await theirs.context().close();
    await phone.context().close();
  });

  it('is found in the menu, and shows where one is signed in', async () => {
    await theirs.getByTestId('account-button').click();
    await theirs.getByTestId('account-link').click();
    await theirs.waitForURL('**/account');
    await expect.poll(() => theirs.getByTestId('device').count()).toBeGreaterThanOrEqual(2);
    expect(await theirs.locator('[data-testid=device][data-current=true]').textContent()).toContain('Chrome on Linux');
  });

  it('gets another password, and the other devices are signed out as one looks', async () => {
    await phone.goto('/account');
    await phone.getByTestId('device').first().waitFor();
    await theirs.getByTestId('current-password').fill('not it');
    await theirs.getByTestId('next-password').fill('another long word');
    await theirs.getByTestId('password-save').click();
    await theirs.getByText('is not right').waitFor();
    await theirs.getByTestId('current-password').fill(PASSWORD);
    await theirs.getByTestId('next-password').press('Enter');
    await theirs.getByTestId('toast').getByText('has been changed').waitFor();
    // Nobody touches the phone.
    await phone.waitForURL('**/sign-in?**');
    await expect.poll(() => theirs.getByTestId('device').count()).toBe(1);
  });

  it('gets another name', async () => {
    await theirs.getByTestId('profile-username').fill('Gracie');
    await theirs.getByTestId('profile-password').fill('another long word');
    await theirs.getByTestId('profile-save').click();
    await theirs.getByTestId('toast').getByText('Your account has been changed').waitFor();
    await theirs.getByTestId('account-button').click();
    await theirs.getByTestId('account-menu').getByText('Gracie').waitFor();
    await theirs.keyboard.press('Escape');
  });

  it('signs another device out', async () => {
    await signIn(phone, 'gracie', 'another long word');
    await phone.getByTestId('account-button').waitFor();
    await phone.goto('/account');
    await phone.getByTestId('device').first().waitFor();
    await theirs.reload();
    await theirs.getByTestId('device-sign-out').click();
    await phone.waitForURL('**/sign-in?**');
  });
});

describe('several at once', () => {
  it('are selected by keyboard, and disabled, enabled and given a role', async () => {
    for (const name of ['margaret', 'tim', 'vint']) await admin.post('/api/users', person(name), 201);
    await page.goto('/admin/users');
    await row('vint').waitFor();
    expect(await row('ada').getByTestId('user-select').isDisabled()).toBe(true);
    await row('margaret').getByTestId('user-select').focus();
    await page.keyboard.press('Space');
    await row('tim').getByTestId('user-select').focus();
    await page.keyboard.press('Space');
    await page.getByTestId('bulk-bar').getByText('2 selected').waitFor();
    await page.getByTestId('bulk-disable').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[data-testid=user-row][data-state=disabled]').count()).toBe(2);
    await page.getByTestId('bulk-enable').click();
    await expect.poll(() => page.locator('[data-testid=user-row][data-state=disabled]').count()).toBe(0);
    await page.getByTestId('bulk-role').click();
    await page.getByTestId('bulk-role-moderator').click();
    await row('tim').getByText('Moderator').waitFor();
    await row('margaret').getByText('Moderator').waitFor();
    await keepPicture(page, 'users-selected');
    await page.keyboard.press('Escape');
    await page.getByTestId('bulk-bar').waitFor({ state: 'detached' });
  });

  it('are removed, and brought back by undo', async () => {
    await row('margaret').getByTestId('user-select').click();
    await row('vint')
      .getByTestId('user-select')
      .click({ modifiers: ['Shift'] });
    await page.getByTestId('bulk-bar').getByText('3 selected').waitFor();
    await page.getByTestId('bulk-remove').click();
    await page.getByTestId('remove-user-dialog').getByText('margaret, tim, vint').waitFor();
    await page.getByTestId('remove-user-confirm').click();
    await row('vint').waitFor({ state: 'detached' });
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    for (const name of ['margaret', 'tim', 'vint']) await row(name).waitFor();
    // What is not on screen is not selected either.
    await page.getByTestId('user-select-all').click();
    await page.getByTestId('user-search').fill('vint');
    await page.getByTestId('bulk-bar').getByText('1 selected').waitFor();
    await page.getByTestId('user-search').fill('');
  });
});

describe('all of these pages', () => {
  it('complain of nothing but what was refused on purpose', () => {
    expect(watched.complaints.filter((text) => !/status of (403|410|422)/.test(text))).toEqual([]);
  });

  it.each([
    ['phone-dark', { width: 390, height: 844 }, 'dark'],
    ['phone-light', { width: 390, height: 844 }, 'light'],
    ['wide-dark', { width: 1280, height: 800 }, 'dark'],
    ['wide-light', { width: 1280, height: 800 }, 'light'],
  ] as const)('fit a %s screen without scrolling sideways', async (name, viewport, colorScheme) => {
    if (name === 'phone-dark') await fetch(`${kinora.url}/api/auth/register`, json(person('dorothy')));
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    for (const [screen, path] of [
      ['users', '/admin/users'],
      ['overview', '/admin'],
      ['account', '/account'],
      ['reset', '/reset/no-such-link'],
    ] as const) {
      await page.goto(path);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(500);
      if (screen === 'users') {
        await row('tim').getByTestId('user-select').click();
        await page.getByTestId('bulk-bar').waitFor();
      }
      await keepPicture(page, `people-${screen}-${name}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${screen} on a ${name} screen`).toBeLessThanOrEqual(0);
    }
  });
});

const json = (body: object) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json' },
});
