import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { sniffFile } from '../../src/features/videos/probe.ts';
import { writeFragment } from '../../src/media/container/fragment.ts';
import { probeArgv } from '../../src/media/encode/argv.ts';
import { readProbe } from '../../src/media/probe/read.ts';
import { createFfmpeg } from '../../src/platform/ffmpeg.ts';
import { cutTracks, inspectSource } from '../../src/streaming/inspect/inspect.ts';
import { createCopyTracks } from '../../src/streaming/packager/copy-track.ts';
import { createPackager } from '../../src/streaming/packager/packager.ts';
import { cutKeyPacket, cutPackets } from '../../src/streaming/packager/packet-cutter.ts';
import { createPacketThread } from '../../src/streaming/packager/packet-thread.ts';
import { decodeTrackIndex } from '../../src/streaming/packager/track-index.ts';
import { createInputPool } from '../../src/streaming/reading/input-pool.ts';
import { createSourceFiles } from '../../src/streaming/reading/source-files.ts';
import { type CutSpec, type StreamRendition, type StreamSource, segmentCount } from '../../src/streaming/source.ts';
import { flipped, randomFrom, truncated } from '../support/damage.ts';
import { ffprobe, makeMedia } from '../support/media.ts';
import { oddCorners } from '../support/odd-corners-media.ts';
import { oddFiles } from '../support/odd-insides-media.ts';
import { CODECS, CONTAINERS, rewrap, SOUNDS } from '../support/odd-media.ts';

/**
 * Segments cut by our own index of a track are, byte for byte, those that mediabunny's packets give: of every odd file. Where a
 * file has no index it is for a reason.
 */

const folder = mkdtempSync(join(tmpdir(), 'kinora-index-'));
const files = createSourceFiles();
const pool = createInputPool(files);
const ffmpeg = createFfmpeg({
  ffmpeg: process.env['KINORA_MEDIA_FFMPEG'] || 'ffmpeg',
  ffprobe: process.env['KINORA_MEDIA_FFPROBE'] || 'ffprobe',
});
const thread = createPacketThread();
const packager = createPackager(pool, files, thread);
const openTrack = createCopyTracks(pool);
afterAll(() => {
  pool.close();
  files.close();
  thread.close();
  rmSync(folder, { recursive: true });
});

async function understand(path: string): Promise<{ source: StreamSource; specs: CutSpec[] }> {
  const container = await sniffFile(path);
  const info = readProbe(JSON.parse(await ffprobe(...probeArgv({ path, demuxer: container.demuxer }))), container);
  const { copy, timeline } = await inspectSource({ pool, ffmpeg }, path, info);
  const specs = cutTracks(info, { copy, timeline });
  return { source: { id: 's', videoId: 'v', path, info, timeline }, specs };
}

const renditionsOf = (specs: readonly CutSpec[]) =>
  specs.map((spec) => ({ id: 'r', videoId: 'v', spec }) as StreamRendition);

/** Three minutes with pictures in another order than they are shown, of steady and unsteady distance. */
let film: Promise<string> | null = null;
const longFilm = () => {
  film ??= makeMedia(
    'mp4',
    ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25:duration=180'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=330:duration=180'],
    ...['-vf', "select='not(between(mod(n\\,100)\\,40\\,47))'", '-fps_mode', 'vfr'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '3', '-g', '50', '-c:a', 'aac', '-b:a', '64k'],
  );
  return film;
};

/** The indexes of a file's tracks, after all their segments have been compared. */
async function compare({ source, specs }: Awaited<ReturnType<typeof understand>>): Promise<Map<number, Buffer>> {
  const indexes = await packager.indexTracks(source, specs);
  const kept = { ...source, indexes };
  for (const rendition of renditionsOf(specs).filter(({ spec }) => indexes.has(spec.trackIndex))) {
    const { spec } = rendition;
    const copy = await openTrack(source, spec);
    // How long Matroska's last packet of a cluster lasts mediabunny does not look up.
    const open = spec.kind === 'audio' && /matroska|webm/.test(source.info.container.name) ? openEnded : same;
    expect(await packager.init(kept, rendition)).toEqual(copy.init);
    for (let n = 0; n < segmentCount(source.timeline, spec.grid); n++) {
      const ours = await packager.segment(kept, rendition, n);
      const theirs = await cutPackets(copy, source, rendition, n);
      expect(Buffer.compare(open(ours), open(theirs)), `${spec.kind} ${n}: ${differenceOf(ours, theirs)}`).toBe(0);
      if (spec.kind !== 'video') continue;
      const key = await cutKeyPacket(copy, source, rendition, n);
      const expected = writeFragment([{ ...key!, durationTicks: copy.timescale, key: true }], n + 1, copy.timing);
      expect(Buffer.compare(await packager.keyFrame(kept, rendition, n, 1e6), expected), `key frame ${n}`).toBe(0);
    }
  }
  return indexes;
}

const same = (fragment: Buffer) => fragment;

/** A fragment without the length of its last sample. */
function openEnded(fragment: Buffer): Buffer {
  const count = fragment.readUInt32BE(80);
  return count === 0 ? fragment : Buffer.from(fragment).fill(0, 88 + 16 * (count - 1), 92 + 16 * (count - 1));
}

function differenceOf(ours: Buffer, theirs: Buffer): string {
  const at = ours.findIndex((byte, n) => byte !== theirs[n]);
  return `${ours.length} and ${theirs.length} bytes, first different at ${at}`;
}

const INDEXED = /\.(mp4|mov|m4v|m4a|mkv|webm|mka|ts|m2ts)$/;
/** Those have no tables, or no cues, or a clock that runs backwards. */
const BARE = /fragment|no index|clock that jumps/;
/** Of its pictures the first is not marked as a key frame; its sound has an index. */
const PARTLY = /entered in the middle/;

const all = [
  ...[...CONTAINERS, ...CODECS, ...SOUNDS].map(({ what, make }) => ({ what, make })),
  ...Object.entries({ ...oddFiles, ...oddCorners }).map(([what, { make }]) => ({ what, make })),
];

describe('the index of a track', () => {
  it.each(all)('cuts the same bytes: $what', { timeout: 120_000 }, async ({ what, make }) => {
    const path = await make();
    const understood = await understand(path).catch((error: unknown) => {
      if (error instanceof Problem && error.type === 'media-unplayable') return null;
      throw error;
    });
    if (!understood) return;
    const indexed = await compare(understood);
    const whole = PARTLY.test(what) ? 1 : understood.specs.length;
    const expected = INDEXED.test(path) && !BARE.test(what) ? whole : 0;
    expect(indexed.size).toBe(expected);
  });

  it('finds its way in long tables: many chunks, each of other lengths', { timeout: 120_000 }, async () => {
    const understood = await understand(await longFilm());
    const indexed = await compare(understood);
    expect(indexed.size).toBe(2);
    const rows = decodeTrackIndex(indexed.get(0)!)!;
    expect(rows.segmentCount).toBeGreaterThan(40);
    // As promised: a film of 90 minutes has some 1,400 segments and 25 kB.
    expect((indexed.get(0)!.length - rows.init.length) / rows.segmentCount).toBeLessThan(20);
  });
});

describe('the index that is kept with a source', () => {
  it('is made again where the file is another by now', async () => {
    const path = join(folder, 'changed.mp4');
    copyFileSync(await longFilm(), path);
    const { source, specs } = await understand(path);
    const indexes = await packager.indexTracks(source, specs);
    const [rendition] = renditionsOf(specs);
    const before = await packager.segment({ ...source, indexes }, rendition!, 3);
    // The same film in another arrangement: what the index says of it is wrong.
    copyFileSync(await rewrap(path, 'mp4', ['-movflags', '+faststart']), path);
    expect(await packager.segment({ ...source, indexes }, rendition!, 3)).toEqual(before);
    const copied = { ...source, indexes };
    expect(await packager.segment(copied, rendition!, 4)).toHaveLength(
      (await packager.segment(source, rendition!, 4)).length,
    );
    utimesSync(path, 1e9, 1e9);
    expect(await packager.segment(copied, rendition!, 3)).toEqual(before);
  });

  it('is not believed where its bytes are damaged', { timeout: 60_000 }, async () => {
    const { source, specs } = await understand(await longFilm());
    const indexes = await packager.indexTracks(source, specs);
    const [rendition] = renditionsOf(specs);
    const random = randomFrom(7);
    let answered = 0;
    for (let round = 0; round < 200; round++) {
      const whole = indexes.get(0)!;
      const damaged = round % 2 === 0 ? truncated(whole, random) : flipped(whole, 3, random);
      const kept = { ...source, indexes: new Map([[0, damaged]]) };
      const cut = await packager.segment(kept, rendition!, round % 40).catch((error: unknown) => error);
      // A wrong place in the file is rubbish, or a refusal; never more than there is.
      if (cut instanceof Buffer) expect(cut.length).toBeLessThan(4_000_000);
      else expect(cut).toBeInstanceOf(Error);
      answered += cut instanceof Buffer ? 1 : 0;
    }
    expect(answered).toBeGreaterThan(50);
  });

  it('asks for no memory that a film cannot need', async () => {
    const whole = await rewrap(await longFilm(), 'mp4', ['-movflags', '+faststart']);
    const bytes = readFileSync(whole);
    // Every sample of pictures is said to be of one size, and all lie at the beginning of the file.
    const stsz = bytes.indexOf('stsz');
    bytes.writeUInt32BE(200_000_000, stsz + 8);
    const stco = bytes.indexOf('stco');
    for (let n = 0; n < bytes.readUInt32BE(stco + 8); n++) bytes.writeUInt32BE(0, stco + 12 + n * 4);
    const path = join(folder, 'greedy.mp4');
    writeFileSync(path, Buffer.concat([bytes, Buffer.alloc(250_000_000)]));
    const { source: complete, specs } = await understand(whole);
    const source = { ...complete, path };
    const indexes = await packager.indexTracks(source, specs);
    const [rendition] = renditionsOf(specs);
    const usedBefore = process.memoryUsage().arrayBuffers;
    await expect(packager.segment({ ...source, indexes }, rendition!, 3)).rejects.toThrow('more than there can be');
    expect(process.memoryUsage().arrayBuffers - usedBefore).toBeLessThan(600_000_000);
  });

  it('gives what there is of a film that was cut off', async () => {
    const whole = await rewrap(await longFilm(), 'mp4', ['-movflags', '+faststart']);
    const path = join(folder, 'cut-off.mp4');
    const bytes = readFileSync(whole);
    writeFileSync(path, bytes.subarray(0, bytes.length * 0.6));
    const { source: complete, specs } = await understand(whole);
    const source = { ...complete, path };
    const indexes = await packager.indexTracks(source, specs);
    expect(indexes.size).toBe(2);
    const [rendition] = renditionsOf(specs);
    const count = segmentCount(source.timeline, 'source');
    const lengths = [];
    for (let n = 0; n < count; n++) {
      lengths.push(
        await packager.segment({ ...source, indexes }, rendition!, n).then(
          ({ length }) => length,
          () => 0,
        ),
      );
    }
    const there = lengths.findLastIndex((length) => length > 0);
    expect(there).toBeGreaterThan(count * 0.4);
    expect(lengths.slice(0, there).every((length) => length > 0)).toBe(true);
    expect(lengths.slice(there + 1).every((length) => length === 0)).toBe(true);
    expect(there).toBeLessThan(count - 1);
  });
});
