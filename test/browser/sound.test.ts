/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { keepPicture, openBrowser, openPage, playsOn, type WatchedPage } from '../support/browser.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { makeMedia } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN } from './support.ts';

/** What a person hears, and what stands in for a picture where there is none. */

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let client: TestClient;
const ids: Record<'loud' | 'quiet' | 'song', string> = { loud: '', quiet: '', song: '' };

/** Noise as in a talk: the same everywhere, with room above its peaks. */
const noise = (db: number) => [
  '-f',
  'lavfi',
  '-i',
  `anoisesrc=color=pink:amplitude=1:seed=5:duration=20:sample_rate=48000,volume=${db}dB`,
];
const encode = ['-ac', '2', '-c:a', 'aac', '-b:a', '128k'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-sound-'));
  kinora = await startKinora(join(folder, 'data'), { KINORA_SETUP_TOKEN: SETUP_TOKEN, KINORA_LOG_LEVEL: 'warn' });
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
  await page.addInitScript(listenToGraph);
  client = await becomeAdmin(page, kinora.url);
  ids.loud = await client.upload(await makeMedia('m4a', ...noise(4), ...encode));
  ids.quiet = await client.upload(await makeMedia('m4a', ...noise(-8), ...encode));
  ids.song = await client.upload(await makeSong(), { filename: 'song.mp3' });
  for (const id of Object.values(ids)) {
    await client.waitFor(
      id,
      (reply) => isReady(reply) && Boolean(reply.video.posterUrl && reply.playback?.sound?.waveform),
      90_000,
    );
  }
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

/** A tune with pauses, names and a square cover. */
async function makeSong(): Promise<string> {
  const cover = await makeMedia('jpg', '-f', 'lavfi', '-i', 'mandelbrot=s=600x600', '-frames:v', '1', '-update', '1');
  const swells = "volume='0.15+0.8*abs(sin(t*0.9)*sin(t*0.23))':eval=frame";
  return makeMedia(
    'mp3',
    ...['-f', 'lavfi', '-i', `sine=frequency=330:duration=24,${swells}`, '-i', cover, '-map', '0', '-map', '1'],
    ...['-c:a', 'libmp3lame', '-c:v', 'copy', '-id3v2_version', '3', '-disposition:v', 'attached_pic'],
    ...['-metadata', 'title=Evening song', '-metadata', 'artist=The Long Shadows', '-metadata', 'album=By the Water'],
  );
}

/** Taps whatever the page sends to the loudspeakers: the real graph, heard at its end. */
function listenToGraph(): void {
  const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode): AudioNode {
    if (to instanceof AudioDestinationNode) {
      const tap = this.context.createAnalyser();
      tap.fftSize = 32768;
      connect.call(this, tap);
      (globalThis as { tap?: AnalyserNode }).tap = tap;
    }
    return connect.call(this, to);
  } as never;
}

async function play(id: string): Promise<void> {
  await page.goto(`/watch/${id}`);
  await page.getByTestId('waveform').waitFor();
  await page.waitForFunction(() => (document.querySelector('video, audio') as HTMLMediaElement)?.readyState >= 3);
  await page.evaluate(async () => {
    const media = document.querySelector<HTMLMediaElement>('video, audio')!;
    if (media.paused) await media.play();
  });
}

/** The level at the end of the graph over the last two thirds of a second, in dB; waits until it has settled. */
async function heardDb(): Promise<number> {
  await page.waitForFunction(() => (globalThis as { tap?: AnalyserNode }).tap !== undefined);
  return page.evaluate(async () => {
    const tap = (globalThis as { tap?: AnalyserNode }).tap!;
    const samples = new Float32Array(tap.fftSize);
    const level = () => {
      tap.getFloatTimeDomainData(samples);
      return 10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
    };
    let [before, now] = [Number.NEGATIVE_INFINITY, level()];
    for (let n = 0; n < 40 && !(Math.abs(now - before) < 0.5 && now > -90); n++) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      [before, now] = [now, level()];
    }
    return now;
  });
}

describe('loudness', () => {
  let loud: number;

  it('of two recordings 12 dB apart is the same', async () => {
    const [one, two] = await Promise.all(
      [ids.loud, ids.quiet].map((id) => client.get<VideoReply>(`/api/videos/${id}`)),
    );
    const lufs = (reply: VideoReply | undefined) => reply!.playback!.renditions[0]!.loudness!.integratedLufs;
    expect(lufs(one) - lufs(two)).toBeGreaterThan(11);
    await play(ids.loud);
    loud = await heardDb();
    await play(ids.quiet);
    const quiet = await heardDb();
    expect(Math.abs(loud - quiet), `${loud} and ${quiet} dB`).toBeLessThan(1.5);
  });

  it('is left as recorded when one does not want that, and that is remembered', async () => {
    const even = await heardDb();
    await page.getByTestId('settings-button').click();
    await keepPicture(page, 'sound-settings');
    await page.getByTestId('even-loudness').click();
    await expect.poll(heardDb, { timeout: 15_000 }).toBeLessThan(even - 3);
    await play(ids.loud);
    // With nothing to even out, nothing stands between the element and the loudspeakers.
    await playsOn(page, 1);
    expect(await page.evaluate(() => 'tap' in globalThis)).toBe(false);
    await page.getByTestId('settings-button').click();
    await page.getByTestId('even-loudness').click();
    expect(Math.abs((await heardDb()) - loud)).toBeLessThan(1.5);
  });
});

describe('sound alone', () => {
  it('shows its cover, its names and its waveform', async () => {
    await play(ids.song);
    const view = page.getByTestId('sound-view');
    expect(await view.textContent()).toContain('The Long Shadows');
    expect(await page.getByTestId('sound-album').textContent()).toBe('By the Water');
    const cover = view.locator('img');
    expect(await cover.evaluate((image: HTMLImageElement) => image.naturalWidth / image.naturalHeight)).toBe(1);
    const metadata = await page.evaluate(() => {
      const { title, artist, artwork } = navigator.mediaSession.metadata!;
      return { title, artist, artwork: artwork.map(({ src }) => src) };
    });
    expect(metadata).toMatchObject({ artist: 'The Long Shadows' });
    expect((await page.request.get(metadata.artwork[0]!)).ok()).toBe(true);
  });

  it('is sought in by a press on its waveform, and by keys', async () => {
    const slider = page.getByTestId('time-slider');
    const time = () => page.evaluate(() => document.querySelector<HTMLMediaElement>('video, audio')!.currentTime);
    const box = (await slider.boundingBox())!;
    expect(box.height).toBeGreaterThan(60);
    await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
    await expect.poll(time).toBeGreaterThan(17);
    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(time).toBeLessThan(5);
    expect(await slider.getAttribute('role')).toBe('slider');
  });
});

describe('on a phone', () => {
  it('it stays in the page when it begins to play', async () => {
    const phone = await openPage(browser, kinora.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      storageState: await page.context().storageState(),
    });
    await phone.page.addInitScript(() => {
      Element.prototype.requestFullscreen = async () => void Object.assign(globalThis, { wantedFullscreen: true });
    });
    await phone.page.goto(`/watch/${ids.song}`);
    await phone.page.waitForFunction(
      () => (document.querySelector<HTMLMediaElement>('video, audio')?.currentTime ?? 0) > 0.5,
    );
    expect(await phone.page.evaluate(() => 'wantedFullscreen' in globalThis)).toBe(false);
    await phone.page.context().close();
  });
});

describe('the picture of a video', () => {
  it('is chosen, sent and given back in a dialog, by keys alone', async () => {
    const film = await makeMedia(
      'mp4',
      ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=10:d=4', '-f', 'lavfi', '-i', 'mandelbrot=s=640x360:r=10'],
      ...['-filter_complex', '[1:v]trim=duration=4[m];[0:v][m]concat=n=2', '-c:v', 'libx264', '-preset', 'ultrafast'],
      ...['-pix_fmt', 'yuv420p', '-g', '10'],
    );
    const id = await client.upload(film);
    const before = await client.waitFor(id, (reply) => isReady(reply) && Boolean(reply.playback?.storyboard), 90_000);
    await page.goto(`/watch/${id}`);
    await page.getByTestId('more-button').click();
    await page.getByTestId('poster-button').click();
    const choices = page.getByTestId('poster-choice');
    await choices.first().waitFor();
    expect(await choices.count()).toBeGreaterThan(1);
    await page.locator('[data-testid=poster-choice][aria-checked=false]').first().focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('poster-reset').waitFor();
    await keepPicture(page, 'poster-dialog');
    const chosen = await client.get<VideoReply>(`/api/videos/${id}`);
    expect(chosen.video.posterUrl).not.toBe(before.video.posterUrl);

    const bytes = await sharp({ create: { width: 800, height: 450, channels: 3, background: '#2a9d8f' } })
      .png()
      .toBuffer();
    await page.getByTestId('poster-input').setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer: bytes });
    await page.getByText('Your picture').waitFor();
    await page
      .getByTestId('poster-input')
      .setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
    await page.getByTestId('poster-problem').waitFor();
    await page.getByTestId('poster-reset').click();
    await page.getByTestId('poster-reset').waitFor({ state: 'detached' });
    expect((await client.get<VideoReply>(`/api/videos/${id}`)).video.posterUrl).toBe(before.video.posterUrl);
    await page.keyboard.press('Escape');
    await page.getByTestId('poster-dialog').waitFor({ state: 'detached' });
  });

  it('comes as AVIF to this browser, no wider than it is shown', async () => {
    const pictures: string[] = [];
    page.on('response', (response) => {
      if (/\/poster-\d+$/.test(response.url()))
        pictures.push(`${response.url().split('-').at(-1)} ${response.headers()['content-type']}`);
    });
    await page.goto('/');
    await page.locator('.poster img').first().waitFor();
    await expect.poll(() => pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) expect(picture).toMatch(/^(320|640) image\/avif$/);
  });

  it('nobody was shown an error on the way', () => {
    const expected = /play\(\) request was interrupted|422/;
    expect(watched.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });
});
