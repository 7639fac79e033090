import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { writeFragment } from '../../src/media/container/fragment.ts';
import { probeArgv } from '../../src/media/encode/argv.ts';
import { readProbe } from '../../src/media/probe/read.ts';
import type { MediaInfo } from '../../src/media/types.ts';
import { createFfmpeg } from '../../src/platform/ffmpeg.ts';
import { cutTracks, inspectSource } from '../../src/streaming/inspect/inspect.ts';
import { createCopyTracks } from '../../src/streaming/packager/copy-track.ts';
import { createPackager } from '../../src/streaming/packager/packager.ts';
import { cutKeyPacket, cutPackets } from '../../src/streaming/packager/packet-cutter.ts';
import { createPacketThread, type PacketThread } from '../../src/streaming/packager/packet-thread.ts';
import { createInputPool } from '../../src/streaming/reading/input-pool.ts';
import { createSourceFiles, type OpenFile, type SourceFiles } from '../../src/streaming/reading/source-files.ts';
import { type CutSpec, type StreamRendition, type StreamSource, segmentCount } from '../../src/streaming/source.ts';
import { flipped, randomFrom } from '../support/damage.ts';
import { AAC, H264, makeFlashes, PLAIN } from '../support/flash-and-beep.ts';
import { ffprobe } from '../support/media.ts';
import { oddFiles } from '../support/odd-insides-media.ts';
import { CONTAINERS } from '../support/odd-media.ts';
import {
  faulty,
  joinedPictures,
  PICTURES,
  SOUND,
  scrambled,
  straddling,
  unmarked,
  widened,
  withOtherMap,
  withoutPacket,
} from '../support/transport-shapes.ts';

/**
 * What one pass over a transport stream tells of it, and what is cut by it, is what mediabunny finds by reading packet by packet;
 * what is unusual is left to mediabunny, as a whole or in places.
 */

const folder = mkdtempSync(join(tmpdir(), 'kinora-transport-'));
const files = createSourceFiles();
const pool = createInputPool(files);
/** All packets as mediabunny reads them. */
const plainPool = createInputPool(null);
const ffmpeg = createFfmpeg({
  ffmpeg: process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg',
  ffprobe: process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe',
});
const thread = createPacketThread();
let byThread = 0;
const counted: PacketThread = {
  ...thread,
  segment(...asked) {
    byThread++;
    return thread.segment(...asked);
  },
};
const packager = createPackager(pool, files, counted);
const openTrack = createCopyTracks(plainPool);
beforeEach(() => {
  byThread = 0;
});
afterAll(() => {
  pool.close();
  plainPool.close();
  files.close();
  thread.close();
  rmSync(folder, { recursive: true, force: true });
});

let written = 0;
async function keep(bytes: Buffer | Promise<Buffer>, extension = 'ts'): Promise<string> {
  const path = join(folder, `${written++}.${extension}`);
  writeFileSync(path, await bytes);
  return path;
}

const clips = new Map<string, Promise<Buffer>>();
/** Nine seconds, or more: H.264 whose pictures are shown in another order than they are stored, and sound. */
function clip(sound: readonly string[] = AAC, pictures: readonly string[] = PLAIN, seconds = 9): Promise<Buffer> {
  const key = JSON.stringify([sound, pictures, seconds]);
  const made =
    clips.get(key) ?? makeFlashes('ts', { seconds }, [...pictures, ...sound]).then((path) => readFileSync(path));
  clips.set(key, made);
  return made;
}
const shaped =
  (shape: (bytes: Buffer) => Buffer, seconds = 9) =>
  async () =>
    keep(shape(await clip(AAC, PLAIN, seconds)));
const X265 = (params: string) => [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  `log-level=none:${params}`,
];
const oddOf = (what: string) => oddFiles[what]!.make;

/** A file that is no film any more. */
class Refused extends Error {}

async function probed(path: string): Promise<{ info: MediaInfo }> {
  try {
    const container = await sniffFile(path);
    const facts = await ffprobe(...probeArgv({ path, demuxer: container.demuxer }));
    return { info: readProbe(JSON.parse(facts), container) };
  } catch (error) {
    throw new Refused(String(error));
  }
}

/** How a file is cut, once by our reading of it and once by mediabunny's: both in the same way. */
async function understand(
  path: string,
): Promise<{ source: StreamSource; specs: CutSpec[]; indexes: Map<number, Buffer> }> {
  const { info } = await probed(path);
  const ours = await inspectSource({ pool, ffmpeg }, path, info);
  expect(ours).toEqual(await inspectSource({ pool: plainPool, ffmpeg }, path, info));
  const source = { id: 's', videoId: 'v', path, info, timeline: ours.timeline };
  const specs = cutTracks(info, ours);
  const indexes = await packager.indexTracks(source, specs);
  return { source: { ...source, indexes }, specs, indexes };
}

/** Compares every segment and every key frame; returns which kinds of tracks have an index. */
async function compare(path: string): Promise<string[]> {
  const { source, specs, indexes } = await understand(path);
  const indexed = specs.filter(({ trackIndex }) => indexes.has(trackIndex));
  for (const spec of indexed) {
    const rendition = { id: 'r', videoId: 'v', spec } as StreamRendition;
    const copy = await openTrack(source, spec);
    expect(await packager.init(source, rendition)).toEqual(copy.init);
    for (let n = 0; n < segmentCount(source.timeline, spec.grid); n++) {
      const ours = await packager.segment(source, rendition, n);
      const theirs = await cutPackets(copy, source, rendition, n);
      expect(Buffer.compare(ours, theirs), `${spec.kind} ${n}: ${ours.length} and ${theirs.length} bytes`).toBe(0);
      if (spec.kind !== 'video') continue;
      const key = await cutKeyPacket(copy, source, rendition, n);
      const expected = writeFragment([{ ...key!, durationTicks: copy.timescale, key: true }], n + 1, copy.timing);
      expect(Buffer.compare(await packager.keyFrame(source, rendition, n, 1e6), expected), `key frame ${n}`).toBe(0);
    }
  }
  return indexed.map(({ kind }) => kind);
}

/**
 * The same, asked for as players do: pictures and sound of a place at once, in an order that looks random, or one after the other.
 * Returns how many bytes of the file were read.
 */
async function compareTogether(path: string, jumps: boolean): Promise<number> {
  const { source, specs } = await understand(path);
  const counting = countedFiles();
  const own = createPackager(pool, counting.files, thread);
  const places = Math.max(...specs.map(({ grid }) => segmentCount(source.timeline, grid)));
  const random = randomFrom(3);
  const order = Array.from({ length: jumps ? 2 * places : places }, (_, n) =>
    jumps ? Math.floor(random() * places) : n,
  );
  const ask = async (spec: CutSpec, n: number) => {
    const rendition = { id: 'r', videoId: 'v', spec } as StreamRendition;
    const theirs = await cutPackets(await openTrack(source, spec), source, rendition, n);
    const ours = own.segment(source, rendition, n);
    return async () => expect(Buffer.compare(await ours, theirs), `${spec.kind} ${n}`).toBe(0);
  };
  for (let at = 0; at < order.length; at += 2) {
    const two = order.slice(at, at + 2).flatMap((n) => specs.map((spec) => ({ spec, n })));
    const there = two.filter(({ spec, n }) => n < segmentCount(source.timeline, spec.grid));
    const asked = jumps && random() < 0.5 ? there.toReversed() : there;
    for (const compared of await Promise.all(asked.map(({ spec, n }) => ask(spec, n)))) await compared();
  }
  return counting.bytesRead();
}

/** Files that count what is read of them. */
function countedFiles(): { files: SourceFiles; bytesRead: () => number } {
  const counted = new WeakMap<OpenFile, OpenFile>();
  let bytesRead = 0;
  const count = (file: OpenFile): OpenFile => ({
    ...file,
    async readInto(position, targets) {
      const length = await file.readInto(position, targets);
      bytesRead += length;
      return length;
    },
  });
  const use: SourceFiles['use'] = (path, work, options) =>
    files.use(
      path,
      (file) => {
        const own = counted.get(file) ?? count(file);
        counted.set(file, own);
        return work(own);
      },
      options,
    );
  return { files: { ...files, use }, bytesRead: () => bytesRead };
}

const BOTH = ['video', 'audio'];

describe('a transport stream', () => {
  it.each<[string, () => Promise<string>]>([
    ['H.264 and AAC', async () => keep(clip())],
    ['packets of 192 bytes', async () => keep(widened(await clip(), 4, 0), 'm2ts')],
    ['packets of 204 bytes', async () => keep(widened(await clip(), 0, 16))],
    ['AC-3', async () => keep(clip(['-c:a', 'ac3']))],
    ['E-AC-3', async () => keep(clip(['-c:a', 'eac3', '-b:a', '192k']))],
    ['MP3', async () => keep(clip(['-c:a', 'libmp3lame']))],
    ['AC-3 at 44.1 kHz, whose frames are of two lengths', async () => keep(clip(['-c:a', 'ac3', '-ar', '44100']))],
    ['AAC at 44.1 kHz', async () => keep(clip([...AAC, '-ar', '44100']))],
    ['sound in small packets', async () => keep(clip([...AAC, '-pes_payload_size', '200']))],
    ['a film of a minute', async () => keep(clip(AAC, PLAIN, 60))],
    ['reordered pictures', async () => keep(clip(AAC, [...H264, '-tune', 'film', '-bf', '3', '-g', '77']))],
    ['pictures in eight slices', async () => keep(clip(AAC, [...PLAIN, '-slices', '8']))],
    ['HEVC', async () => keep(clip(AAC, X265('keyint=50')))],
    ['HEVC with open groups', async () => keep(clip(AAC, X265('keyint=50:open-gop=1:bframes=4')))],
    ['parameters that change', CONTAINERS.find(({ what }) => what.includes('changing parameters'))!.make],
    ['interlaced pictures', oddOf('interlaced, upper field first')],
    ['a clock that begins at five hours', oddOf('at five hours')],
    ['a clock that wraps around', oddOf('a clock that wraps around')],
  ])('is cut by its index: %s', { timeout: 120_000 }, async (_, make) => {
    expect(await compare(await make())).toEqual(BOTH);
    expect(byThread).toBe(0);
  });

  it.each<[string, () => Promise<string>, string[]]>([
    ['a lost packet of pictures', shaped((bytes) => withoutPacket(bytes, PICTURES, 100)), []],
    ['a lost packet of sound', shaped((bytes) => withoutPacket(bytes, SOUND, 60)), []],
    ['a scrambled packet', shaped((bytes) => scrambled(bytes, PICTURES, 200)), []],
    ['a packet marked as faulty', shaped((bytes) => faulty(bytes, PICTURES, 201)), []],
    ['a program that changes', shaped((bytes) => withOtherMap(bytes, 3)), []],
    ['a clock that jumps', oddOf('a clock that jumps an hour ahead and back again'), []],
    ['key frames that are not marked', shaped(unmarked), ['audio']],
    ['no key frame at the beginning', oddOf('entered in the middle of a group of pictures'), ['audio']],
    ['sound across packets from the beginning', shaped((bytes) => straddling(bytes, 0, 1e9)), ['video']],
  ])('is left to mediabunny: %s', { timeout: 120_000 }, async (_, make, expected) => {
    expect(await compare(await make())).toEqual(expected);
  });

  it.each<[string, () => Promise<string>]>([
    ['two pictures in a packet', shaped((bytes) => joinedPictures(bytes, 230), 20)],
    ['sound across packets', async () => keep(straddling(await clip(['-c:a', 'ac3'], PLAIN, 20), 20, 30))],
  ])('is left to mediabunny in places: %s', { timeout: 120_000 }, async (_, make) => {
    expect(await compare(await make())).toEqual(BOTH);
    expect(byThread).toBeGreaterThan(0);
    expect(byThread).toBeLessThan(4);
  });

  it.each<[string, () => Promise<string>]>([
    ['H.264 and AAC', async () => keep(clip(AAC, PLAIN, 60))],
    ['packets of 192 bytes', async () => keep(widened(await clip(AAC, PLAIN, 60), 4, 0), 'm2ts')],
    ['packets of 204 bytes', async () => keep(widened(await clip(AAC, PLAIN, 60), 0, 16))],
    ['AC-3 in small packets', async () => keep(clip(['-c:a', 'ac3', '-pes_payload_size', '200'], PLAIN, 60))],
  ])('is read once for pictures and sound that are asked for together: %s', { timeout: 120_000 }, async (_, make) => {
    const path = await make();
    const fileBytes = statSync(path).size;
    // The first time nobody knew that there would be sound.
    expect(await compareTogether(path, false)).toBeLessThan(1.4 * fileBytes);
    await compareTogether(path, true);
  });

  it.each<[string, () => Promise<string>]>([
    ['two pictures in a packet', shaped((bytes) => joinedPictures(bytes, 230), 20)],
    ['sound across packets', async () => keep(straddling(await clip(['-c:a', 'ac3'], PLAIN, 20), 20, 30))],
    ['a clock that wraps around', oddOf('a clock that wraps around')],
  ])('is cut in the same way where players ask for both: %s', { timeout: 120_000 }, async (_, make) => {
    const path = await make();
    await compareTogether(path, false);
    await compareTogether(path, true);
  });

  it('ends with its last picture, also where mediabunny loses that among many B-frames', async () => {
    const many = [...H264, '-tune', 'film', '-bf', '6', '-g', '77', '-b_strategy', '0'];
    const path = await keep(clip(AAC, many));
    const { info } = await probed(path);
    const { timeline } = await inspectSource({ pool, ffmpeg }, path, info);
    expect(timeline.pictureUs!.end - timeline.pictureUs!.start).toBe(9_000_000);
  });

  it('is cut as mediabunny cuts it, or not at all, where it is damaged', { timeout: 240_000 }, async () => {
    const whole = await clip();
    const random = randomFrom(11);
    let indexed = 0;
    for (let round = 0; round < 60; round++) {
      const damaged = flipped(whole, 1 + (round % 3), random);
      const path = await keep(damaged);
      const both = async () => {
        const kinds = await compare(path);
        if (kinds.length === 2) await compareTogether(path, true);
        return kinds;
      };
      const kinds = await both().catch((error: unknown) => {
        if (error instanceof Refused) return [];
        throw error;
      });
      indexed += kinds.length;
    }
    // Most bytes are of pictures, which are nobody's business.
    expect(indexed).toBeGreaterThan(20);
  });
});

describe('an open file', () => {
  const IDLE_MS = 40;
  const key = async (path: string, held: boolean) => {
    const own = createInputPool(null, { idleMs: IDLE_MS });
    const release = held ? own.hold() : () => {};
    try {
      const { video } = await own.open(path);
      await new Promise((resolve) => setTimeout(resolve, 4 * IDLE_MS));
      return await video[0]!.sink.getKeyPacket(5);
    } finally {
      release();
      own.close();
    }
  };

  it('stays open as long as somebody reads it, and is closed when nobody has for a while', async () => {
    const path = await keep(clip());
    expect(await key(path, true)).not.toBeNull();
    await expect(key(path, false)).rejects.toThrow('disposed');
  });
});
