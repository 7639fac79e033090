import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { probeArgv } from '../../src/media/encode/argv.ts';
import { readProbe } from '../../src/media/probe/read.ts';
import type { Rendition } from '../../src/media/types.ts';
import { createFfmpeg } from '../../src/platform/ffmpeg.ts';
import { inspectSource } from '../../src/streaming/inspect/inspect.ts';
import { createPackager } from '../../src/streaming/packager/packager.ts';
import { createPacketThread } from '../../src/streaming/packager/packet-thread.ts';
import { createInputPool } from '../../src/streaming/reading/input-pool.ts';
import { createSourceFiles } from '../../src/streaming/reading/source-files.ts';
import { boundariesOf } from '../../src/streaming/source.ts';
import { hearSound as hearLoud } from '../support/flash-and-beep.ts';
import { makeHeAac } from '../support/he-aac.ts';
import { hearSound } from '../support/in-step.ts';
import { ffprobe } from '../support/media.ts';
import { H264, makeOdd, makeOddSound } from '../support/odd-media.ts';

/** Sound the packager can cut, of every codec: whole, in step, and named as it is. */

const folder = mkdtempSync(join(tmpdir(), 'kinora-copied-'));
const ffmpeg = createFfmpeg({
  ffmpeg: process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg',
  ffprobe: process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe',
});
const files = createSourceFiles();
const pool = createInputPool(files);
const thread = createPacketThread();
const packager = createPackager(pool, files, thread);
afterAll(() => {
  pool.close();
  files.close();
  thread.close();
  rmSync(folder, { recursive: true });
});

async function copySound(path: string): Promise<{ codecString: string; copied: string }> {
  const container = await sniffFile(path);
  const info = readProbe(JSON.parse(await ffprobe(...probeArgv({ path, demuxer: container.demuxer }))), container);
  const { copy, timeline } = await inspectSource({ pool, ffmpeg }, path, info);
  const trackIndex = info.audio[0]!.index;
  const grid = timeline.source ? 'source' : 'regular';
  const source = { id: 's', videoId: 'v', path, info, timeline };
  const spec = { kind: 'audio', mode: 'copied', trackIndex, grid } as Rendition;
  const rendition = { id: 'r', videoId: 'v', spec };
  const parts = [await packager.init(source, rendition)];
  for (let n = 0; n + 1 < boundariesOf(timeline, grid).length; n++) {
    parts.push(await packager.segment(source, rendition, n));
  }
  const copied = join(folder, 'copied.mp4');
  writeFileSync(copied, Buffer.concat(parts));
  return { codecString: copy.get(trackIndex)?.codecString ?? 'not to be cut', copied };
}

const FILMS: [what: string, codecString: string, extension: string, encoder: string[]][] = [
  ['AAC in MP4', 'mp4a.40.2', 'mp4', ['aac']],
  ['AAC in Matroska', 'mp4a.40.2', 'mkv', ['aac']],
  ['AAC in a transport stream', 'mp4a.40.2', 'ts', ['aac']],
  ['Opus in MP4', 'Opus', 'mp4', ['libopus']],
  ['Opus in Matroska', 'Opus', 'mkv', ['libopus']],
  ['FLAC of 24 bits in MP4', 'fLaC', 'mp4', ['flac']],
  ['FLAC of 16 bits in Matroska', 'fLaC', 'mkv', ['flac', '-sample_fmt', 's16']],
  ['MP3 in Matroska', 'mp4a.6B', 'mkv', ['libmp3lame']],
  ['MP3 in a transport stream', 'mp4a.6B', 'ts', ['libmp3lame']],
  ['AC-3 in Matroska', 'ac-3', 'mkv', ['ac3']],
  ['AC-3 in a transport stream', 'ac-3', 'ts', ['ac3']],
  ['E-AC-3 in MP4', 'ec-3', 'mp4', ['eac3']],
];

describe('of a film', () => {
  it.each(FILMS)('%s is copied in step', async (_what, codecString, extension, encoder) => {
    const source = await makeOdd(extension, ...H264, '-c:a', ...encoder);
    const result = await copySound(source);
    expect(result.codecString).toBe(codecString);
    const [before, after] = await Promise.all([hearSound(source), hearSound(result.copied)]);
    expect(after.complaints).toBe('');
    // A transport stream's clock starts anywhere; the film's, with its earliest picture or sound.
    const startSec = Number.parseFloat(await ffprobe('-show_entries', 'format=start_time', '-of', 'csv=p=0', source));
    const originSec = extension === 'ts' ? startSec : 0;
    const late = after.beepsSec.map((beep, n) => Math.abs(beep - (before.beepsSec[n]! - originSec)));
    expect(after.beepsSec).toHaveLength(7);
    expect(Math.max(...late)).toBeLessThan(0.002);
    expect(Math.abs(after.endSec - (before.endSec - originSec))).toBeLessThan(0.1);
  });
});

describe('HE-AAC', () => {
  it.each([
    ['explicit', 'mp4', 'mp4a.40.5'],
    ['explicit', 'mkv', 'mp4a.40.5'],
    // Its header says LC first, and its frames hold no more: see `deliveredCodecString` for those that do.
    ['compatible', 'mp4', 'mp4a.40.2'],
    ['compatible', 'mkv', 'mp4a.40.2'],
    ['parametric stereo', 'mp4', 'mp4a.40.29'],
    ['parametric stereo', 'mkv', 'mp4a.40.29'],
  ] as const)('of %s signalling in %s is copied in step', async (signalling, extension, codecString) => {
    const source = await makeHeAac(extension, signalling);
    const result = await copySound(source);
    expect(result.codecString).toBe(codecString);
    const [before, after] = await Promise.all([hearLoud(source), hearLoud(result.copied)]);
    expect(after.complaints).toBe('');
    expect(after.beepsSec).toHaveLength(4);
    const late = after.beepsSec.map((beep, n) => Math.abs(beep - before.beepsSec[n]!));
    expect(Math.max(...late)).toBeLessThan(0.002);
    expect(Math.abs(after.seconds - 9)).toBeLessThan(0.1);
    const [rate, ...more] = (
      await ffprobe('-show_entries', 'stream=sample_rate', '-of', 'csv=p=0', result.copied)
    ).split('\n');
    expect([rate, more.join('')]).toEqual(['48000', '']);
  });
});

const ALONE: [what: string, codecString: string, extension: string, encoder: string[]][] = [
  ['MP3', 'mp4a.6B', 'mp3', ['libmp3lame']],
  ['ADTS', 'mp4a.40.2', 'aac', ['aac']],
  ['ADTS of MPEG-2', 'mp4a.40.2', 'aac', ['aac', '-write_mpeg2', '1']],
  ['FLAC', 'fLaC', 'flac', ['flac']],
  ['Opus', 'Opus', 'opus', ['libopus']],
  ['Opus with six channels', 'Opus', 'mka', ['libopus', '-ac', '6']],
  ['E-AC-3 with six channels', 'ec-3', 'mka', ['eac3', '-ac', '6']],
];

describe('alone', () => {
  it.each(ALONE)('%s is copied whole', async (_what, codecString, extension, encoder) => {
    const source = await makeOddSound(extension, '-c:a', ...encoder);
    const result = await copySound(source);
    expect(result.codecString).toBe(codecString);
    const after = await hearSound(result.copied);
    expect(after.complaints).toBe('');
    expect(after.beepsSec).toHaveLength(7);
    expect(Math.abs(after.endSec - 7)).toBeLessThan(0.1);
  });
});
