/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { createClient, type TestClient } from '../support/client.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { person } from '../support/test-app.ts';

export const SETUP_TOKEN = 'browser-test';

/** Makes the first admin. The page is signed in afterwards; the client is the same person, as a program. */
export async function becomeAdmin(page: Page, url: string): Promise<TestClient> {
  const reply = await page.request.post('/api/setup', { data: { ...person('ada'), token: SETUP_TOKEN } });
  if (!reply.ok()) throw new Error(`setup answered ${reply.status()}: ${await reply.text()}`);
  const { token } = (await reply.json()) as { token: string };
  const openapi = createOpenApiCheck((await (await fetch(`${url}/api/openapi.json`)).json()) as OpenApi);
  return createClient(url, openapi, token);
}

/**
 * Makes the first admin as a person does: by the setup link, in the browser, without a library yet. `link`: as it was
 * printed, where that matters.
 */
export async function setUpInBrowser(page: Page, link = `/setup?token=${SETUP_TOKEN}`): Promise<void> {
  const { username, email, password } = person('ada');
  await page.goto(link);
  await page.getByTestId('field-username').fill(username);
  await page.getByTestId('field-email').fill(email);
  await page.getByTestId('field-password').fill(password);
  await page.getByTestId('setup-submit').click();
  await page.getByTestId('setup-skip').click();
  await page.getByTestId('welcome').first().waitFor();
}

/** Browsers may wait for a gesture; here nobody makes one. */
export async function startPlaying(page: Page): Promise<void> {
  // With sound alone there is nothing to see of it.
  await page.waitForSelector('video', { state: 'attached' });
  await page.evaluate(async () => {
    const video = document.querySelector('video')!;
    video.muted = true;
    for (let n = 0; n < 100 && video.paused; n++) {
      await video.play().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
}

export async function seek(page: Page, seconds: number): Promise<void> {
  await page.evaluate((to) => {
    document.querySelector('video')!.currentTime = to;
  }, seconds);
}
