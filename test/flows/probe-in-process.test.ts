import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { renderMetrics } from '../../src/features/instance/metrics.ts';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { probeCounts } from '../../src/features/videos/probes.queries.ts';
import { probeArgv } from '../../src/media/encode/argv.ts';
import { readProbe } from '../../src/media/probe/read.ts';
import type { MediaInfo } from '../../src/media/types.ts';
import { readFacts } from '../../src/streaming/reading/read-facts.ts';
import { isFailed, isPlayable } from '../support/client.ts';
import { flipped, randomFrom, truncated } from '../support/damage.ts';
import { makeHeAac } from '../support/he-aac.ts';
import { oddCorners } from '../support/odd-corners-media.ts';
import { oddFiles } from '../support/odd-insides-media.ts';
import { CODECS, CONTAINERS, H264, makeOdd, SOUNDS } from '../support/odd-media.ts';
import { createTestApp } from '../support/test-app.ts';
import { keyed, USUAL } from '../support/usual-media.ts';

/** What is read in this process is what ffprobe tells, to the last digit; where it might not be, ffprobe is asked. */

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'kinora-probe-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function inProcess(path: string): Promise<MediaInfo | null> {
  return (await readFacts(path, await sniffFile(path))).info;
}

async function byFfprobe(path: string): Promise<MediaInfo> {
  const container = await sniffFile(path);
  const argv = probeArgv({ path, demuxer: container.demuxer });
  const { stdout } = await run(process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe', argv, { maxBuffer: 1 << 28 });
  return readProbe(JSON.parse(stdout), container);
}

describe.concurrent('usual files are read without ffprobe', () => {
  it.each(Object.entries(USUAL))('%s', async (_what, make) => {
    const path = await make();
    const own = await inProcess(path);
    expect(own).not.toBeNull();
    expect(own).toEqual(await byFfprobe(path));
  });
});

const odd: [string, () => Promise<string>][] = [
  ['names by keys', keyed],
  ...[...CONTAINERS, ...CODECS, ...SOUNDS].map(({ what, make }): [string, () => Promise<string>] => [what, make]),
  ...Object.entries({ ...oddFiles, ...oddCorners }).map(([what, { make }]): [string, () => Promise<string>] => [
    `a file with ${what}`,
    make,
  ]),
];

describe.concurrent('odd files are read alike, or by ffprobe', () => {
  it.each(odd)('%s', async (_what, make) => {
    const path = await make();
    const own = await inProcess(path);
    if (own !== null) expect(own).toEqual(await byFfprobe(path));
  });

  it.each(['explicit', 'compatible', 'parametric stereo'] as const)(
    'HE-AAC (%s) is for ffprobe',
    async (signalling) => {
      expect(await inProcess(await makeHeAac('mp4', signalling))).toBeNull();
      expect(await inProcess(await makeHeAac('mkv', signalling))).toBeNull();
    },
  );
});

const shared = join(import.meta.dirname, '../../../shared/media');
const real = existsSync(shared) ? readdirSync(shared).filter((name) => /\.(mp4|mkv|webm|mov)$/.test(name)) : [];

describe.runIf(real.length > 0)('real files', () => {
  it.each(real)('%s', async (name) => {
    const own = await inProcess(join(shared, name));
    if (own !== null) expect(own).toEqual(await byFfprobe(join(shared, name)));
  });
});

/** How many damaged copies of each file are tried. */
const COPIES = 24;

describe('damaged files', () => {
  it.each([
    'MP4 with two sounds, subtitles, chapters and names',
    'MP4 with HEVC',
    'Matroska with two sounds, subtitles, chapters and names',
    'WebM with VP9 and Opus',
  ])('%s', async (what) => {
    const bytes = readFileSync(await USUAL[what]!());
    const random = randomFrom(what.length * 7919);
    const path = join(folder, `damaged-${what.length}`);
    let answers = 0;
    for (let n = 0; n < COPIES; n++) {
      writeFileSync(path, n % 3 === 0 ? truncated(bytes, random) : flippedHeaders(bytes, random));
      if ((await sniffFile(path).catch(() => null)) === null) continue;
      const own = await inProcess(path);
      if (own === null) continue;
      answers++;
      expect(own, `copy ${n}`).toEqual(await byFfprobe(path));
    }
    // Damage to what is shown is none to the headers: otherwise nothing would have been compared.
    expect(answers).toBeGreaterThan(0);
  });
});

/** Wrong bytes anywhere, and as many where the headers are: at either end. */
function flippedHeaders(bytes: Buffer, random: () => number): Buffer {
  const tail = Math.min(bytes.length, 9000);
  const kept = bytes.subarray(0, bytes.length - tail);
  return random() < 0.5
    ? flipped(bytes, 1 + Math.floor(random() * 4), random)
    : Buffer.concat([kept, flipped(bytes.subarray(-tail), 1, random)]);
}

describe('a server whose ffprobe is gone', () => {
  it('still plays what is usual, and counts who read it', async () => {
    const kinora = await createTestApp({ media: { ffprobe: '/nowhere/ffprobe' }, encoding: { heights: [144] } });
    try {
      const client = await kinora.member();
      const usual = await client.upload(await USUAL['MP4 with H.264 and AAC']!());
      await client.waitFor(usual, isPlayable);
      expect(probeCounts(kinora.app)).toEqual({ process: 1, ffprobe: 0 });
      const avi = await client.upload(await makeOdd('avi', ...H264, '-c:a', 'ac3'));
      const { video } = await client.waitFor(avi, isFailed);
      expect(video.failure).toMatch(/not installed/);
      const metrics = await renderMetrics(kinora.app);
      expect(metrics.text).toMatch(/kinora_probes\{by="process"\} 1\n/);
      expect(metrics.text).toMatch(/kinora_probes\{by="ffprobe"\} [1-9]/);
    } finally {
      await kinora.close();
    }
  });
});
