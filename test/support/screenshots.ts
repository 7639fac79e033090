/// <reference lib="dom" />
/**
 * Makes the pictures of the README and the docs from the real thing: starts Kinora on a fresh folder, puts some films in, and
 * photographs its pages.  `npm run screenshots`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { openBrowser, openPage } from './browser.ts';
import { createClient, isReady, type TestClient } from './client.ts';
import { makeMedia } from './media.ts';
import { createOpenApiCheck, type OpenApi } from './openapi-check.ts';
import { startKinora } from './process.ts';

const TARGET = fileURLToPath(new URL('../../docs/images', import.meta.url));
const SECONDS = 24;

/** Films that need no licence: what ffmpeg can draw. */
const FILMS = [
  [
    'Northern lights',
    'gradients=s=1280x720:c0=0x0b2b40:c1=0x1e7f7a:c2=0x6b3fa0:c3=0x0a0f1f:nb_colors=4:speed=0.012:seed=7',
  ],
  ['Deep zoom', 'mandelbrot=s=1280x720:start_scale=0.004:end_scale=0.00002:start_x=-0.7436:start_y=0.1318:end_pts=600'],
  [
    'Late sun over the bay',
    'gradients=s=1280x720:c0=0xf6a35b:c1=0xd4526e:c2=0x2e294e:c3=0xffd6a5:nb_colors=4:speed=0.01:seed=3',
  ],
  [
    'A garden of cells',
    'life=s=320x180:mold=12:ratio=0.12:death_color=0x12324a:life_color=0x7fe0c3:mold_color=0x0b1a2a,scale=1280:720:flags=neighbor',
  ],
  ['Sea glass', 'gradients=s=1280x720:c0=0x9be7c4:c1=0x2a9d8f:c2=0x264653:c3=0xe9f5db:nb_colors=4:speed=0.008:seed=11'],
  [
    'Night train',
    'gradients=s=1280x720:c0=0x080a1c:c1=0x2d3a8c:c2=0xb33951:c3=0x101020:nb_colors=4:speed=0.03:seed=21',
  ],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'kinora-screenshots-'));
const kinora = await startKinora(join(folder, 'data'), { KINORA_SETUP_TOKEN: 'screenshots', KINORA_LOG_LEVEL: 'warn' });
const browser = await openBrowser();
try {
  const client = await firstAdmin();
  const ids: string[] = [];
  for (const [title, source] of [...FILMS].reverse()) ids.unshift(await addFilm(client, title, source));
  await client.send('PUT', `/api/videos/${ids[1]}/progress`, { positionMs: 9000 });
  await client.send('PUT', `/api/videos/${ids[3]}/progress`, { positionMs: 15_000 });
  await client.send('PATCH', `/api/videos/${ids[0]}`, {
    description: 'Filmed from the cabin, late in the season.\n\n0:00 First light\n0:08 The whole sky\n0:17 Dawn',
  });
  await photograph(browser, client, ids[0]!);
} finally {
  await browser.close();
  await kinora.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

async function firstAdmin(): Promise<TestClient> {
  const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
  const account = {
    token: 'screenshots',
    username: 'ada',
    email: 'ada@example.org',
    password: 'correct horse battery',
  };
  const { token } = await createClient(kinora.url, openapi).post<{ token: string }>('/api/setup', account, 201);
  return createClient(kinora.url, openapi, token);
}

async function addFilm(client: TestClient, title: string, source: string): Promise<string> {
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=220:duration=${SECONDS}`];
  const codecs = [
    '-t',
    String(SECONDS),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '48',
    '-c:a',
    'aac',
  ];
  const path = await makeMedia('mp4', '-f', 'lavfi', '-i', source, ...sound, ...codecs);
  const id = await client.upload(path, { filename: `${title}.mp4`, visibility: 'public' });
  await client.waitFor(id, (reply: VideoReply) => isReady(reply) && Boolean(reply.playback?.storyboard), 180_000);
  return id;
}

async function photograph(browser: Browser, client: TestClient, watchId: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    const { page } = await openPage(browser, kinora.url, { viewport: { width: 1280, height: 800 }, colorScheme });
    await page.context().addCookies([{ name: 'kinora_session', value: client.token!, url: kinora.url }]);
    await keep(page, '/', `home-${colorScheme}`);
    await keep(page, `/watch/${watchId}`, `watch-${colorScheme}`, () => playTo(page, 10));
    await page.close();
  }
}

/** Plays to a moment and stops there, so that the picture is the same every time. */
async function playTo(page: Page, seconds: number): Promise<void> {
  await page.waitForSelector('video');
  await page.evaluate(async (to) => {
    const video = document.querySelector('video')!;
    video.muted = true;
    await video.play().catch(() => {});
    video.pause();
    await new Promise((resolve) => {
      video.addEventListener('seeked', resolve, { once: true });
      video.currentTime = to;
    });
  }, seconds);
  await page.mouse.move(500, 300);
  await page.mouse.move(510, 310);
}

async function keep(page: Page, url: string, name: string, prepare?: () => Promise<void>): Promise<void> {
  await page.goto(url);
  await page.waitForLoadState('networkidle');
  await prepare?.();
  await page.waitForTimeout(600);
  const picture = await page.screenshot();
  const { size } = await sharp(picture)
    .webp({ quality: 80, effort: 6 })
    .toFile(join(TARGET, `${name}.webp`));
  console.log(`docs/images/${name}.webp ${Math.round(size / 1000)} kB`);
}
