import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPlayable, type TestClient } from '../support/client.ts';
import { seePictures } from '../support/in-step.ts';
import { ffmpeg } from '../support/media.ts';
import { H264, makeOdd, ODD_SECONDS } from '../support/odd-media.ts';
import { isInstalled, PLAYERS, record, recordingFolder } from '../support/players.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** A playlist with subtitles is played by those who show them, and by those who take no notice of them. */

let kinora: TestApp;
let client: TestClient;
let hls: string;
let dash: string;
const folder = recordingFolder();

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180], policy: { uploads: 'lazy' } } });
  client = await kinora.admin();
  const srt = join(folder.path, 'one.srt');
  writeFileSync(srt, '1\n00:00:00,500 --> 00:00:02,000\nOne\n');
  const film = join(folder.path, 'film.mkv');
  const inputs = ['-i', await makeOdd('mp4', ...H264, '-c:a', 'aac'), '-i', srt];
  await ffmpeg('-v', 'error', ...inputs, '-map', '0', '-map', '1', '-c', 'copy', film);
  const id = await client.upload(film, { visibility: 'public' });
  const { playback } = await client.waitFor(id, (reply) => isPlayable(reply) && reply.playback!.captions.length === 1);
  expect((await client.bytes(playback!.hls)).toString('utf8')).toContain('TYPE=SUBTITLES');
  hls = new URL(playback!.hls, kinora.url).href;
  dash = new URL(playback!.dash, kinora.url).href;
});
afterAll(async () => {
  await kinora?.close();
  folder.remove();
});

const wholeFilm = async (path: string) => {
  const { framesSec } = await seePictures(path);
  // VLC's encoder leaves some out at the end.
  expect(framesSec.length).toBeGreaterThanOrEqual(ODD_SECONDS * 25 - 5);
};

// The recording of GStreamer takes whatever stream comes first for the picture; it is asked to play instead.
const RECORDED = PLAYERS.filter((player) => isInstalled(player) && player !== 'GStreamer');

it.each(RECORDED)('plays to its end in %s', async (player) => {
  await wholeFilm((await record(player, hls, folder.path, true)).path);
});

it.runIf(isInstalled('GStreamer'))('plays to its end in GStreamer', async () => {
  const sinks = ['video', 'audio', 'text'].map((kind) => `${kind}-sink=fakesink`);
  const { stderr } = await promisify(execFile)('gst-launch-1.0', ['-q', 'playbin', `uri=${hls}`, ...sinks], {
    timeout: 60_000,
  });
  expect(stderr).not.toMatch(/ERROR/);
});

it('plays as DASH in ffmpeg', async () => {
  await wholeFilm((await record('ffmpeg', dash, folder.path, true)).path);
});
