/// <reference lib="dom" />
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser, openPage, playerState, playsOn } from '../support/browser.ts';
import { isPlayable } from '../support/client.ts';
import { makeClip } from '../support/media.ts';
import { startKinora } from '../support/process.ts';
import { becomeAdmin, SETUP_TOKEN, seek, startPlaying } from './support.ts';

/** What Kinora encodes to beside H.264 and AAC, in a real browser. Chromium knows all but HEVC. */

it.each([
  ['av1', 'opus', 'av01'],
  ['vp9', 'opus', 'vp09'],
] as const)('plays and seeks in %s with %s', async (codec, audioCodec, fourCharacters) => {
  const folder = mkdtempSync(join(tmpdir(), 'kinora-codecs-'));
  const kinora = await startKinora(join(folder, 'data'), {
    KINORA_SETUP_TOKEN: SETUP_TOKEN,
    KINORA_ENCODING_HEIGHTS: '240',
    KINORA_ENCODING_CODECS: codec,
    KINORA_ENCODING_AUDIO_CODEC: audioCodec,
    KINORA_ENCODING_POLICY_UPLOADS: 'lazy',
    KINORA_LOG_LEVEL: 'warn',
  });
  const browser = await openBrowser();
  try {
    const { page, complaints } = await openPage(browser, kinora.url);
    const client = await becomeAdmin(page, kinora.url);
    const clip = await makeClip({
      seconds: 12,
      size: '320x180',
      extension: 'mkv',
      video: ['-c:v', 'mpeg4', '-q:v', '4'],
      audio: ['-c:a', 'mp2'],
    });
    const id = await client.upload(clip);
    const { playback } = await client.waitFor(id, isPlayable);
    expect(playback!.renditions.map((rendition) => rendition.codec.split('.')[0])).toEqual([
      fourCharacters,
      audioCodec,
    ]);
    await page.goto(`/watch/${id}`);
    await startPlaying(page);
    await playsOn(page, 1, 60_000);
    await seek(page, 8);
    await playsOn(page, 0.5, 60_000);
    const state = await playerState(page);
    expect(state).toMatchObject({ error: null });
    expect(state.currentTime).toBeGreaterThan(8);
    expect(await page.getByTestId('player-error').count()).toBe(0);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await kinora.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
});
