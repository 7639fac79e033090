/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, playerState, playsOn } from '../support/browser.ts';
import { isPlayable } from '../support/client.ts';
import { makeMedia } from '../support/media.ts';
import { H264 } from '../support/odd-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** A DASH player of other people's plays our manifest in a real browser: starts, seeks, switches size, switches sound. */

const SHAKA = createRequire(import.meta.url).resolve('shaka-player/dist/shaka-player.dash.js');

/** What the tests ask of Shaka Player. */
interface Shaka {
  load(url: string): Promise<void>;
  getVariantTracks(): Track[];
  selectVariantTrack(track: Track, clearBuffer: boolean): void;
  configure(key: string, value: unknown): void;
}
interface Track {
  active: boolean;
  height: number;
  language: string;
}
type Window = {
  player: Shaka;
  shaka: { Player: new () => Shaka & { attach(v: Element): Promise<void> } };
  failed: string[];
};

let kinora: TestApp;
let browser: Browser;
let page: Page;
/** Addresses of segments, in the order in which they were asked for. */
const asked: string[] = [];
let manifest: string;
let renditions: Map<string, string>;

const tone = (hertz: number) => ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:duration=24:sample_rate=48000`];

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180], policy: { uploads: 'lazy' } } });
  browser = await openBrowser();
  const client = await kinora.admin();
  const languages = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'];
  const film = await makeMedia(
    'mkv',
    ...['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=24', ...tone(440), ...tone(660)],
    ...['-map', '0:v', '-map', '1:a', '-map', '2:a', ...H264, '-c:a:0', 'aac', '-c:a:1', 'libopus', ...languages],
  );
  const { playback } = await client.waitFor(await client.upload(film, { visibility: 'public' }), isPlayable);
  manifest = playback!.dash;
  renditions = new Map(playback!.renditions.map(({ id, label }) => [id, label]));
  page = await (await browser.newContext({ baseURL: kinora.url })).newPage();
  page.on('request', (request) => {
    if (request.url().endsWith('.m4s')) asked.push(new URL(request.url()).pathname);
  });
  // Any page of the same origin will do: the player is all that is on it.
  await page.route('**/dash-player', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<video muted width="640"></video>' }),
  );
  await page.goto('/dash-player');
  await page.addScriptTag({ content: readFileSync(SHAKA, 'utf8') });
  await page.evaluate(async (url) => {
    const all = window as unknown as Window;
    const player = new all.shaka.Player();
    all.failed = [];
    (player as unknown as EventTarget).addEventListener('error', (event) => {
      all.failed.push(JSON.stringify((event as CustomEvent).detail));
    });
    const video = document.querySelector('video')!;
    await player.attach(video);
    player.configure('streaming.bufferingGoal', 8);
    player.configure('abr.defaultBandwidthEstimate', 50_000_000);
    player.configure('abr.useNetworkInformation', false);
    player.configure('abr.enabled', false);
    await player.load(url);
    all.player = player;
    await video.play();
  }, manifest);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await kinora?.close();
});

const tracks = () => page.evaluate(() => (window as unknown as Window).player.getVariantTracks());
const active = async () => (await tracks()).find((track) => track.active)!;
const failures = () => page.evaluate(() => (window as unknown as Window).failed);
const labelsOf = (paths: string[]) => new Set(paths.map((path) => renditions.get(path.split('/').at(-2)!)));

describe('DASH in Shaka Player', () => {
  it('plays', async () => {
    await playsOn(page, 2);
    const state = await playerState(page);
    expect(state).toMatchObject({ error: null, width: 640, height: 360 });
    expect(Math.abs(state.duration - 24)).toBeLessThan(0.1);
    // Nothing is missing at the beginning, and nothing is loaded twice.
    expect(state.buffered[0]![0]).toBeLessThan(0.05);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it('knows both languages and both sizes', async () => {
    const found = await tracks();
    expect([...new Set(found.map(({ height }) => height))].sort()).toEqual([180, 360]);
    expect([...new Set(found.map(({ language }) => language))].sort()).toEqual(['de', 'en']);
  });

  it('seeks forward and back', async () => {
    for (const seconds of [18.5, 5.2]) {
      await page.evaluate((to) => {
        document.querySelector('video')!.currentTime = to;
      }, seconds);
      await playsOn(page, 1);
      expect((await playerState(page)).currentTime).toBeGreaterThan(seconds);
    }
  });

  it('switches to the encoded size', async () => {
    asked.length = 0;
    await page.evaluate(() => {
      const { player } = window as unknown as Window;
      const small = player.getVariantTracks().find(({ height, language }) => height === 180 && language === 'en')!;
      player.selectVariantTrack(small, true);
    });
    await page.waitForFunction(() => document.querySelector('video')!.videoHeight === 180, null, { timeout: 30_000 });
    await playsOn(page, 1);
    expect((await active()).height).toBe(180);
    expect(labelsOf(asked).has('180p')).toBe(true);
  });

  it('switches to the other language', async () => {
    asked.length = 0;
    await page.evaluate(() => {
      const { player } = window as unknown as Window;
      const german = player.getVariantTracks().find(({ height, language }) => height === 180 && language === 'de')!;
      player.selectVariantTrack(german, true);
    });
    await playsOn(page, 1.5);
    expect((await active()).language).toBe('de');
    expect([...labelsOf(asked)].some((label) => label?.startsWith('German'))).toBe(true);
  });

  it('plays to its end without a complaint', async () => {
    await page.evaluate(() => {
      document.querySelector('video')!.currentTime = 22.5;
    });
    await page.waitForFunction(() => document.querySelector('video')!.ended, null, { timeout: 30_000 });
    expect(await failures()).toEqual([]);
  });
});
