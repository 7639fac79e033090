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
