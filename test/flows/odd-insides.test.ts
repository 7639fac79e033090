import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sources } from '../../src/features/videos/schema.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { hearSound, type SeenPicture, seePicture } from '../support/flash-and-beep.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffprobe } from '../support/media.ts';
import { oddCorners } from '../support/odd-corners-media.ts';
import { type OddFile, oddFiles } from '../support/odd-insides-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Whatever is odd inside a file: every rendition has the right picture and the right sound, at the right time. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({
    encoding: { heights: [144], preset: 'ultrafast', policy: { uploads: 'lazy', libraries: 'lazy' } },
  });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

/** All of a rendition as one file. The middle is fetched first, so that more than one session makes it. */
async function download(
  url: string,
  name: string,
): Promise<{ path: string; durationSec: number; startsSec: number[] }> {
  const { initUrl, segments } = await readPlaylist(client, url);
  const parts: Buffer[] = [];
  for (let n = 0; n < segments.length; n++) {
    const index = (n + (segments.length >> 1)) % segments.length;
    parts[index] = await client.bytes(segments[index]!.url);
  }
  const path = join(kinora.folder, `${name}.mp4`);
  writeFileSync(path, Buffer.concat([await client.bytes(initUrl), ...parts]));
  const endsSec = segments.map((_, n) =>
    segments.slice(0, n + 1).reduce((sum, { durationSec }) => sum + durationSec, 0),
  );
  return { path, durationSec: endsSec.at(-1)!, startsSec: [0, ...endsSec.slice(0, -1)] };
}

/** When pictures are shown that need no others, as a decoder finds them. */
async function keysOf(path: string): Promise<number[]> {
  const show = ['-select_streams', 'v:0', '-show_entries', 'frame=pts_time,pict_type', '-of', 'csv=p=0'];
  return (await ffprobe(...show, path))
    .split('\n')
    .flatMap((line) => (/,I/.test(line) ? [Number.parseFloat(line)] : []));
}

function expectCutsAt(startsSec: number[], keysSec: number[]): void {
  expect(startsSec.length).toBeGreaterThan(1);
  const wrong = startsSec.slice(1).filter((sec) => keysSec.every((key) => Math.abs(key - sec) > 0.03));
  expect(wrong, `keys at ${keysSec}`).toEqual([]);
}

const QUARTERS = ['upper left', 'upper right', 'lower left', 'lower right'];
/** When the odd seconds of the content are presented. */
function expectedTimes({ seconds = 9 }: OddFile, zeroSec: number): number[] {
  const times: number[] = [];
  for (let sec = 1; sec < seconds - 0.1; sec += 2) times.push(zeroSec + sec);
  return times.filter((time) => time > 0.1);
}

function expectNear(seen: number[], expected: number[], toleranceSec: number, what = 'flashes'): void {
  const text = `${what}: ${seen.map((sec) => sec.toFixed(4))} instead of ${expected.map((sec) => sec.toFixed(4))}`;
  expect(seen.length, text).toBe(expected.length);
  for (const [n, sec] of seen.entries()) expect(Math.abs(sec - expected[n]!), text).toBeLessThan(toleranceSec);
}

function checkPicture(file: OddFile, isEncoded: boolean, seen: SeenPicture): void {
  const {
    looseSec = 0,
    zeroSec = 0,
    frames,
    encodedFrames = frames,
    heldFrames = 0,
    hiddenFrames = 0,
    red = 'upper left',
    size,
  } = file;
  expect(seen.complaints).toBe('');
  expect(seen.frames).toBe(isEncoded ? encodedFrames + heldFrames : frames + hiddenFrames);
  expect(seen.timesSec).toHaveLength(seen.frames);
  if (isEncoded && file.encodedFrames) {
    const gapsSec = seen.timesSec.slice(1).map((sec, n) => sec - seen.timesSec[n]!);
    expect(Math.max(...gapsSec), 'frames left out are spread evenly').toBeLessThan(1 / 59);
  }
  expectNear(seen.flashesSec, file.flashesSec ?? expectedTimes(file, zeroSec), 0.0015 + looseSec);
  if (isEncoded && seen.flashesSec.length > 0) expect(seen.white).toBeGreaterThan(file.leastWhite ?? 230);
  if (file.firstFrameSec !== undefined) expect(seen.timesSec[0]).toBe(file.firstFrameSec);
  expect(Math.abs(seen.endSec - file.durationSec), 'until when the last frame is shown').toBeLessThan(0.005 + looseSec);
  const reds = seen.quarters.map(([r, g, b]) => r > 120 && g < 70 && b < 70);
  expect(QUARTERS.filter((_, n) => reds[n])).toEqual([red]);
  if (isEncoded && size) expect(`${seen.width}x${seen.height}`).toBe(size);
}

describe.concurrent('a file with', () => {
  it.each(Object.entries({ ...oddFiles, ...oddCorners }))('%s', async (name, file) => {
    const id = await client.upload(await file.make(), { filename: `${name}.bin` });
    const { playback } = await client.waitFor(id, isPlayable);
    const { renditions } = playback!;
    const source = kinora.app.db.orm.select().from(sources).where(eq(sources.videoId, id)).get();
    expect(source?.repairedKey !== null, 'whether it is played from a repaired copy').toBe(file.repaired ?? false);
    const modesOf = (kind: string) => renditions.filter((r) => r.kind === kind).map(({ mode }) => mode);
    expect([modesOf('video').join(' '), modesOf('audio').join(' ')].join(' / ')).toBe(file.modes);
    if (file.why) expect(renditions.map(({ why }) => why).join(' ')).toMatch(file.why);
    const urls = [playback!.hls, ...(playback!.original ? [playback!.original] : [])];
    const playlists = await Promise.all(urls.map((url) => readMultivariant(client, url)));
    const videos = new Set(playlists.flatMap(({ variants }) => variants.map(({ url }) => url)));
    let flashesSec: number[] = [];
    for (const rendition of renditions.filter(({ kind }) => kind === 'video')) {
      const url = [...videos].find((candidate) => candidate.includes(rendition.id));
      expect(url, rendition.label).toBeDefined();
      const { path, durationSec, startsSec } = await download(url!, `${id}-${rendition.id}`);
      expect(Math.abs(durationSec - file.durationSec)).toBeLessThan(0.002 + (file.looseSec ?? 0));
      if (file.allKeys && rendition.mode === 'copied') expectCutsAt(startsSec, await keysOf(await file.make()));
      const seen = await seePicture(path);
      checkPicture(file, rendition.mode === 'encoded', seen);
      flashesSec = seen.flashesSec;
    }
    for (const { url } of playlists[0]!.audio) {
      const { path } = await download(url, `${id}-sound`);
      const heard = await hearSound(path);
      expect(heard.complaints).toBe('');
      const zeroSec = file.soundZeroSec ?? file.zeroSec ?? 0;
      // A beep that the beginning cuts into begins with it.
      const beepsSec = heard.beepsSec.filter((sec) => sec > 0.1);
      if (file.repaired) expectNear(beepsSec, flashesSec, 0.0085, 'sound in step');
      expectNear(
        beepsSec,
        file.beepsSec ?? expectedTimes(file, zeroSec),
        (file.soundToleranceSec ?? 0.003) + (file.looseSec ?? 0),
        'beeps',
      );
      if (file.soundSec) expect(Math.abs(heard.seconds - file.soundSec)).toBeLessThan(0.05);
      expect(heard.peak).toBeGreaterThanOrEqual(file.leastPeak ?? 0);
      expect(heard.peak).toBeLessThan(file.mostPeak ?? 1.01);
    }
  });
});
