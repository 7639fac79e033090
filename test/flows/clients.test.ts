import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlayable, type TestClient } from '../support/client.ts';
import { hearSound, seePictures } from '../support/in-step.ts';
import { H264, makeOdd, makeOddSound, ODD_SECONDS } from '../support/odd-media.ts';
import { isInstalled, PLAYERS, type Player, record, recordingFolder } from '../support/players.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** ffmpeg, mpv, VLC and GStreamer play what Kinora delivers, to the end, with picture and sound in step. */

const FRAMES = ODD_SECONDS * 25;
/** VLC's encoder, not its player, moves pictures onto a grid of its own and leaves some out at the end. */
const LOOSE = { inStepSec: 0.045, missing: 5 };
const EXACT = { inStepSec: 0.005, missing: 0 };
const HERE = PLAYERS.filter(isInstalled);
const toleranceOf = (player: Player) => (player === 'VLC' ? LOOSE : EXACT);

let kinora: TestApp;
let client: TestClient;
const folder = recordingFolder();

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180], policy: { uploads: 'lazy' } } });
  client = await kinora.admin();
});
afterAll(async () => {
  await kinora.close();
  folder.remove();
});

/** The address of a manifest: the same for all players, who all read the same segments. */
async function publish(file: string): Promise<{ hls: string; dash: string; modes: string[] }> {
  const { playback } = await client.waitFor(await client.upload(file, { visibility: 'public' }), isPlayable);
  const { hls, dash, renditions } = playback!;
  const at = (path: string) => new URL(path, kinora.url).href;
  return { hls: at(hls), dash: at(dash), modes: renditions.map(({ kind, mode }) => `${kind} ${mode}`) };
}

async function expectInStep(player: Player, url: string): Promise<void> {
  const { path, complaints } = await record(player, url, folder.path, true);
  const [seen, heard] = await Promise.all([seePictures(path), hearSound(path)]);
  const { inStepSec, missing } = toleranceOf(player);
  if (player !== 'VLC') expect(complaints).toBe('');
  expect(seen.framesSec.length).toBeGreaterThanOrEqual(FRAMES - missing);
  expect(seen.framesSec.length).toBeLessThanOrEqual(FRAMES);
  expect(heard.beepsSec).toHaveLength(ODD_SECONDS);
  expect(seen.flashesSec).toHaveLength(ODD_SECONDS);
  const apart = seen.flashesSec.map((flash, n) => Math.abs(flash - heard.beepsSec[n]!));
  expect(Math.max(...apart)).toBeLessThan(inStepSec);
}

describe('a copied film with reordered pictures', () => {
  let film: Awaited<ReturnType<typeof publish>>;
  beforeAll(async () => {
    film = await publish(await makeOdd('mp4', ...H264, '-c:a', 'aac'));
    expect(film.modes).toEqual(['video copied', 'audio copied']);
  });

  it.each(HERE)('is in step in %s', (player) => expectInStep(player, film.hls));
  it('is in step as DASH in ffmpeg', () => expectInStep('ffmpeg', film.dash));
});

describe('an encoded film', () => {
  let film: Awaited<ReturnType<typeof publish>>;
  beforeAll(async () => {
    film = await publish(await makeOdd('avi', '-c:v', 'mpeg4', '-g', '50', '-c:a', 'pcm_s16le'));
    expect(film.modes).toEqual(['video encoded', 'audio encoded']);
  });

  it.each(HERE)('is in step in %s', (player) => expectInStep(player, film.hls));
  it('is in step as DASH in ffmpeg', () => expectInStep('ffmpeg', film.dash));
});

describe('sound alone', () => {
  let sound: Awaited<ReturnType<typeof publish>>;
  beforeAll(async () => {
    sound = await publish(await makeOddSound('m4a', '-c:a', 'aac'));
    expect(sound.modes).toEqual(['audio copied']);
  });

  it.each(HERE)('plays to its end in %s', async (player) => {
    const { path } = await record(player, sound.hls, folder.path, false);
    const { beepsSec, endSec } = await hearSound(path);
    expect(beepsSec).toHaveLength(ODD_SECONDS);
    for (const [n, beep] of beepsSec.entries()) expect(Math.abs(beep - beepsSec[0]! - n)).toBeLessThan(0.002);
    expect(Math.abs(endSec - ODD_SECONDS)).toBeLessThan(0.2);
  });
});
