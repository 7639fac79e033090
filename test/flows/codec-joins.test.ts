import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlayable, type TestClient } from '../support/client.ts';
import { packetTimes } from '../support/frames.ts';
import { readMultivariant, readPlaylist, type Variant } from '../support/hls.ts';
import {
  decodeSound,
  differencesDb,
  frameNumbers,
  likenessDb,
  makeNumbered,
  makeStillThenNoise,
} from '../support/numbered.ts';
import { codecStringOf, vp9Colours } from '../support/sample-entry.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/**
 * Every codec we encode to: segments that each come from a session of their own, held against one session that made them
 * all. Pictures say their number, so that none can be lost, doubled or swapped.
 */

const SECONDS = 12;
const FRAMES = SECONDS * 30;
/** Two joins, every four seconds. */
const JOINS_SEC = [4, 8];
const CODECS = { h264: 'avc1', hevc: 'hvc1', av1: 'av01', vp9: 'vp09' } as const;

interface Made {
  path: string;
  init: Buffer;
  /** Bits of each segment, and how long it is. */
  segments: { bits: number; seconds: number }[];
  variant: Variant;
}

type Encoding = Parameters<typeof createTestApp>[0] & {};

/** An app that encodes on demand as little as it can beyond what is asked for. */
async function start(encoding: Encoding['encoding']): Promise<{ kinora: TestApp; client: TestClient }> {
  const policy = { uploads: 'lazy', libraries: 'lazy' } as const;
  const kinora = await createTestApp({
    encoding: { policy, heights: [180], aheadSegments: 1, sessions: 1, ...encoding },
  });
  return { kinora, client: await kinora.member() };
}

let files = 0;
/**
 * Uploads a film anew and fetches one of its renditions. Backwards, each segment needs a session of its own, which ends
 * where the one before it began.
 */
async function make(
  { kinora, client }: Awaited<ReturnType<typeof start>>,
  clip: string,
  which: 'audio' | keyof typeof CODECS,
  direction: 'forwards' | 'backwards',
): Promise<Made> {
  const { playback } = await client.waitFor(await client.upload(clip), isPlayable);
  const { variants, audio } = await readMultivariant(client, playback!.hls);
  const isWanted = ({ attributes }: Variant) => which !== 'audio' && attributes['CODECS']!.startsWith(CODECS[which]);
  const variant = which === 'audio' ? audio[0]! : variants.find(isWanted)!;
  const { initUrl, segments } = await readPlaylist(client, variant.url);
  // Forwards as players do, the header first; backwards it is what the last session wrote.
  let init = direction === 'forwards' ? await client.bytes(initUrl) : null;
  const parts: Buffer[] = [];
  const order = segments.map((_, n) => n);
  for (const n of direction === 'forwards' ? order : order.reverse()) parts[n] = await client.bytes(segments[n]!.url);
  init ??= await client.bytes(initUrl);
  const path = join(kinora.folder, `made-${files++}.mp4`);
  writeFileSync(path, Buffer.concat([init, ...parts]));
  const sizes = segments.map(({ durationSec }, n) => ({ bits: parts[n]!.length * 8, seconds: durationSec }));
  return { path, init, segments: sizes, variant };
}

describe('pictures', () => {
  let app: Awaited<ReturnType<typeof start>>;
  let clip: string;
  beforeAll(async () => {
    app = await start({ codecs: ['h264', 'hevc', 'av1', 'vp9'] });
    clip = await makeNumbered({ seconds: SECONDS, rate: '30', gop: 60 });
  });
  afterAll(() => app?.kinora.close());

  it.each(Object.keys(CODECS) as (keyof typeof CODECS)[])('in %s join frame by frame', async (codec) => {
    const straight = await make(app, clip, codec, 'forwards');
    const jumped = await make(app, clip, codec, 'backwards');
    expect(jumped.segments).toHaveLength(JOINS_SEC.length + 1);
    expect(jumped.init.equals(straight.init)).toBe(true);

    const promised = straight.variant.attributes['CODECS']!.split(',')[0]!;
    const [profile, colours] = [codecStringOf(straight.init), promised.slice(codecStringOf(straight.init).length)];
    expect(promised.startsWith(profile), `${promised} is ${profile}`).toBe(true);
    if (codec === 'vp9')
      expect(colours).toBe(
        `.01.${vp9Colours(straight.init)
          .map((n) => `0${n}`)
          .join('.')}.00`,
      );

    const every = Array.from({ length: FRAMES }, (_, n) => n);
    expect(await frameNumbers(straight.path)).toEqual(every);
    expect(await frameNumbers(jumped.path)).toEqual(every);
    expect(await packetTimes(jumped.path, 'v:0')).toEqual(await packetTimes(straight.path, 'v:0'));

    const [whole, joined] = [await likenessDb(straight.path, clip), await likenessDb(jumped.path, clip)];
    expect([whole.length, joined.length]).toEqual([FRAMES, FRAMES]);
    for (const sec of JOINS_SEC) {
      const near = (likeness: number[]) => Math.min(...likeness.slice(sec * 30 - 10, sec * 30 + 20));
      expect(near(joined)).toBeGreaterThan(near(whole) - 2);
    }
    expect(Math.min(...joined)).toBeGreaterThan(30);
  });

  it.each(Object.keys(CODECS) as (keyof typeof CODECS)[])(
    'in %s keep to the promised peak, and take less where less will do',
    async (codec) => {
      const { segments, variant } = await make(app, await makeStillThenNoise(4), codec, 'forwards');
      const kbps = segments.map(({ bits, seconds }) => bits / seconds / 1000);
      const [peak, average] = ['BANDWIDTH', 'AVERAGE-BANDWIDTH'].map((name) => Number(variant.attributes[name]) / 1000);
      expect(Math.max(...kbps)).toBeLessThan(1.1 * peak!);
      expect(kbps[0]).toBeLessThan(average! / 2);
    },
  );
});

describe('sound', () => {
  it.each([
    ['aac', 1024, 'mp4a'],
    ['opus', 960, 'Opus'],
  ] as const)('in %s joins sample by sample', async (audioCodec, frameSamples, sampleEntry) => {
    const app = await start({ audioCodec });
    try {
      const clip = await makeNumbered({ seconds: SECONDS, rate: '30', gop: 60 });
      const straight = await make(app, clip, 'audio', 'forwards');
      const jumped = await make(app, clip, 'audio', 'backwards');
      expect(codecStringOf(straight.init)).toBe(sampleEntry);
      expect(jumped.init.equals(straight.init)).toBe(true);

      const times = await packetTimes(jumped.path, 'a:0');
      expect(times).toEqual(await packetTimes(straight.path, 'a:0'));
      expect(times.length).toBeGreaterThanOrEqual((SECONDS * 48_000) / frameSamples);

      const [source, whole, joined] = await Promise.all([clip, straight.path, jumped.path].map(decodeSound));
      expect(joined!.length).toBe(whole!.length);
      // Pieces of 5 ms: what is not in the source is hardly louder at a join than in one pass. A click is 15 to 30 dB.
      const piece = 240;
      const [wrong, usual] = [differencesDb(joined!, source!, piece), differencesDb(whole!, source!, piece)];
      expect(Math.max(...usual.slice(20, -20))).toBeLessThan(-25);
      for (const sec of JOINS_SEC) {
        const at = (sec * 48_000) / piece;
        const near = (noise: number[]) => Math.max(...noise.slice(at - 12, at + 24));
        expect(near(wrong)).toBeLessThan(near(usual) + 6);
      }
    } finally {
      await app.kinora.close();
    }
  });
});
