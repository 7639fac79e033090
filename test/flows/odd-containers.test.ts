import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { download } from '../support/hls.ts';
import { type Heard, hearSound, type Seen, seePictures } from '../support/in-step.ts';
import { ffprobe } from '../support/media.ts';
import { CODECS, CONTAINERS, type OddFile, SOUNDS } from '../support/odd-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Every container and codec people have: all frames once, all sound, both in step, copied and encoded. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({
    encoding: { heights: [144], policy: { uploads: 'lazy', libraries: 'lazy' }, sessions: 6 },
  });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

type Rendition = NonNullable<VideoReply['playback']>['renditions'][number];

/** All copied renditions, the smallest encoded picture, and all encoded sound. */
function worthWatching(renditions: Rendition[]): Rendition[] {
  const smallest = renditions.filter(({ kind, mode }) => kind === 'video' && mode === 'encoded').at(-1);
  return renditions.filter((one) => one.mode === 'copied' || one.kind === 'audio' || one === smallest);
}

interface Original {
  seen: Seen | null;
  heard: Heard;
  /** Where its presentation begins, on its own clock. */
  originSec: number;
}

/** What ffmpeg makes of the file as it is. */
async function readOriginal(path: string, alone: boolean): Promise<Original> {
  const [found, heard] = await Promise.all([alone ? null : seePictures(path, true), hearSound(path, true)]);
  const seen = found && path.endsWith('.avi') ? fromStart(found) : found;
  const started = await ffprobe('-select_streams', 'a:0', '-show_entries', 'stream=start_time', '-of', 'csv=p=0', path);
  // A negative start is an encoder's priming; sound of no start begins at zero.
  const soundSec = Math.max(0, Number.parseFloat(started) || 0);
  return { seen, heard, originSec: Math.min(soundSec, seen?.framesSec[0] ?? soundSec) };
}

/** AVI knows no delay of reordered pictures: ffmpeg counts it as one of the film, but its sound does not wait. */
function fromStart(seen: Seen): Seen {
  const earlier = (sec: number) => sec - seen.framesSec[0]!;
  return { ...seen, framesSec: seen.framesSec.map(earlier), flashesSec: seen.flashesSec.map(earlier) };
}

async function checkPicture(path: string, { seen: original, originSec }: Original): Promise<Seen> {
  const decoded = await seePictures(path);
  // What an edit list hides is there for no time at all.
  const framesSec = decoded.framesSec.filter((time, n) => (decoded.framesSec[n + 1] ?? Infinity) - time > 0.001);
  const flashesSec = decoded.flashesSec.filter((time) => framesSec.includes(time));
  const seen = { ...decoded, framesSec, flashesSec };
  expect(seen.complaints).toBe('');
  expect(seen.framesSec).toHaveLength(original!.framesSec.length);
  // The first picture is shown from the start, where sound begins before it.
  const late = seen.framesSec.map((time, n) =>
    n === 0 && time === 0 ? 0 : Math.abs(time - (original!.framesSec[n]! - originSec)),
  );
  // Its own clock may tick more coarsely, and its sound begin with an encoder's priming that counts or does not.
  expect(Math.max(...late), 'a frame out of its place').toBeLessThan(0.03);
  expect(seen.flashesSec).toHaveLength(original!.flashesSec.length);
  return seen;
}

async function checkSound(path: string, original: Heard, originSec: number): Promise<Heard> {
  const heard = await hearSound(path);
  expect(heard.complaints).toBe('');
  expect(heard.beepsSec).toHaveLength(original.beepsSec.length);
  const addedSec = heard.endSec - (original.endSec - originSec);
  expect(addedSec, 'sound lost').toBeGreaterThan(-0.1);
  // Silence may go on until the picture ends.
  expect(addedSec, 'sound added').toBeLessThan(0.25);
  return heard;
}

/** By how much the beeps of each second lag behind its flash. */
function lag(seen: Seen, heard: Heard): number[] {
  return seen.flashesSec.map((flash) => {
    const nearest = heard.beepsSec.reduce((best, beep) =>
      Math.abs(beep - flash) < Math.abs(best - flash) ? beep : best,
    );
    return nearest - flash;
  });
}

async function checkFile({ make, copied = [], alone }: OddFile): Promise<void> {
  const source = await make();
  const id = await client.upload(source);
  const { playback } = await client.waitFor(id, isPlayable);
  const renditions = worthWatching(playback!.renditions);
  const offered = renditions.filter(({ mode }) => mode === 'copied').map(({ codec }) => codec);
  for (const codec of copied)
    expect(
      offered.some((one) => one.startsWith(codec)),
      `${codec} among ${offered}`,
    ).toBe(true);
  const original = await readOriginal(source, alone === true);
  const base = playback!.hls.replace('master.m3u8', '');
  const pictures: Seen[] = [];
  const sounds: Heard[] = [];
  for (const rendition of renditions) {
    const path = join(kinora.folder, `${rendition.id}.mp4`);
    await download(client, `${base}${rendition.id}/index.m3u8`, path);
    if (rendition.kind === 'video') pictures.push(await checkPicture(path, original));
    else sounds.push(await checkSound(path, original.heard, original.originSec));
  }
  expect(sounds.length).toBeGreaterThan(0);
  expect(pictures.length > 0).toBe(!alone);
  for (const seen of pictures) {
    const meant = lag(original.seen!, original.heard);
    for (const heard of sounds) {
      const worst = Math.max(...lag(seen, heard).map((sec, n) => Math.abs(sec - meant[n]!)));
      expect(worst, 'picture and sound out of step').toBeLessThan(0.025);
    }
  }
  await client.send('DELETE', `/api/videos/${id}`);
}

describe.concurrent.each([
  ['containers', CONTAINERS],
  ['codecs', CODECS],
  ['sound alone', SOUNDS],
])('%s', (_what, files) => {
  it.each(files.map((file) => [file.what, file] as const))('%s', (_name, file) => checkFile(file));
});
