import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncodedPacket } from 'mediabunny';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFragment } from '../../src/media/container/fragment.ts';
import { FRAGMENT_ROOM_BYTES, writeFragmentInPlace } from '../../src/media/container/fragment-in-place.ts';
import { type MatroskaIndex, readMatroskaIndex, writeMatroskaIndex } from '../../src/media/container/matroska-index.ts';
import { createVarintReader, createVarintWriter } from '../../src/media/container/varints.ts';
import { buildMatroskaIndex } from '../../src/streaming/packager/index-matroska.ts';
import {
  readMatroskaKey,
  readMatroskaSegment,
  readMatroskaWhole,
} from '../../src/streaming/packager/matroska-segments.ts';
import { openMatroska } from '../../src/streaming/reading/matroska-file.ts';
import { createMatroskaSink, type MatroskaSink } from '../../src/streaming/reading/matroska-sink.ts';
import type { IndexedPacket, LightPacket } from '../../src/streaming/reading/packet-sink.ts';
import { AAC, makeFlashes, PLAIN } from '../support/flash-and-beep.ts';
import { reshape, type Shape } from '../support/matroska-shapes.ts';
import { makeMedia } from '../support/media.ts';
import { oddCorners } from '../support/odd-corners-media.ts';
import { oddFiles } from '../support/odd-insides-media.ts';
import { CODECS, CONTAINERS } from '../support/odd-media.ts';
import {
  audioSegments,
  type OpenTrack,
  openSource,
  openWithMediabunny,
  type TestSource,
  videoSegments,
} from '../support/packet-readers.ts';

/** What we find and read in Matroska by the heads of blocks alone is what mediabunny finds by reading everything. */

const folder = mkdtempSync(join(tmpdir(), 'kinora-matroska-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const METADATA = { metadataOnly: true } as const;
const of = (what: string) => [...CONTAINERS, ...CODECS].find((file) => file.what === what)!.make;

/** Four tracks, text among them, as films have them. */
async function makeManyTracks(): Promise<string> {
  const path = join(folder, 'lines.srt');
  const line = (n: number) => `${n + 1}\n00:00:0${n},200 --> 00:00:0${n},900\nLine ${n}\n`;
  writeFileSync(path, [0, 2, 3, 7].map(line).join('\n'));
  const film = await makeFlashes('mkv', {}, [...PLAIN, ...AAC]);
  const maps = ['-map', '0:v', '-map', '0:a', '-map', '0:a', '-map', '1:s'];
  return makeMedia(
    'mkv',
    ...['-i', film, '-f', 'srt', '-i', path, ...maps],
    ...['-c', 'copy', '-c:a:1', 'libopus', '-c:s', 'subrip'],
  );
}

const film = () => makeFlashes('mkv');
const withAc3 = () => makeFlashes('mkv', {}, [...PLAIN, '-c:a', 'ac3']);
const STEADY_NS = 21_333_333;

async function reshaped(name: string, path: Promise<string>, shape: Shape): Promise<string> {
  const target = join(folder, `${name.replace(/\W+/g, '-')}.mkv`);
  writeFileSync(target, reshape(readFileSync(await path), shape));
  return target;
}
const shaped = (name: string, shape: Shape, from = film): [string, () => Promise<string>] => [
  name,
  () => reshaped(name, from(), shape),
];

const FILES: [string, () => Promise<string>][] = [
  ['H.264 and AAC', film],
  ['HEVC', of('HEVC')],
  ['AV1', of('AV1')],
  ['VP9', of('VP9')],
  ['VP9 and Opus in WebM', of('WebM with VP9 and Opus')],
  ['AC-3', of('AC-3')],
  ['FLAC', of('FLAC')],
  ['MP3', of('MP3')],
  ['Opus', of('Opus')],
  ['variable frame rate', oddFiles['variable frame rate in Matroska']!.make],
  ['one frame in five seconds', oddFiles['one frame in five seconds']!.make],
  ['false key frames', oddFiles['every frame called a key frame in Matroska']!.make],
  ['false key frames of VP9', oddCorners['every frame of VP9 called a key frame']!.make],
  ['from three seconds on', oddFiles['from three seconds on']!.make],
  ['picture three seconds after sound', oddFiles['picture three seconds after sound']!.make],
  ['a cover before it', oddCorners['a cover before it in Matroska']!.make],
  ['several tracks of sound, and text', makeManyTracks],
  shaped('pictures in groups', { groups: true, relative: true }),
  shaped('clusters that begin anywhere', { clusterBlocks: 37, relative: true }),
  shaped('cues without places of blocks', { clusterBlocks: 37 }),
  shaped('few cues', { clusterBlocks: 50, cuesEvery: 3 }),
  shaped('elements of nothing', { voids: true, clusterBlocks: 41, relative: true }),
  shaped('times before zero', { shiftTicks: -30, relative: true }),
  shaped('odd times', { shiftTicks: 1237, clusterBlocks: 61 }),
  shaped('Xiph lacing', { lace: 'xiph', soundNs: STEADY_NS, clusterBlocks: 80, relative: true }),
  shaped('EBML lacing', { lace: 'ebml', laceFrames: 8, soundNs: STEADY_NS, relative: true }),
  shaped('fixed lacing', { lace: 'fixed', soundNs: 32_000_000, relative: true }, withAc3),
  shaped('lacing of unknown length', { lace: 'ebml', clusterBlocks: 80 }),
  shaped('stripped headers', { strip: true, groups: true, clusterBlocks: 33 }),
  shaped('sound stored late', { soundBehind: 20, soundNs: STEADY_NS, relative: true }),
  shaped('sound stored early', { soundBehind: -40, soundNs: STEADY_NS, relative: true }),
  shaped('sound stored a little early', { soundBehind: -12, soundNs: STEADY_NS, relative: true }),
  shaped('sound stored early, in steps of unknown length', { soundBehind: -40, clusterBlocks: 30 }),
];

describe.each(FILES)('%s', (_, make) => {
  test('has the same packets where a source is inspected', async () => {
    await compareTracks(await make(), async ({ track, sink }, ours) => {
      expect(bare(await ours.getFirstPacket())).toEqual(bare(await sink.getFirstPacket()));
      expect(bare(await ours.getFirstKeyPacket())).toEqual(bare(await sink.getFirstKeyPacket()));
      const endSec = await track.computeDuration(METADATA);
      expect(await ours.endSec()).toBe(endSec);
      for (let sec = -1; sec < endSec + 2; sec += 0.5) {
        let [our, their] = [await ours.getKeyPacket(sec), await sink.getKeyPacket(sec)];
        expect(bare(our), `at ${sec} s`).toEqual(bare(their));
        for (let n = 0; n < 6 && our && their; n++) {
          [our, their] = [await ours.getNextPacket(our, METADATA), await sink.getNextPacket(their, METADATA)];
          expect(bare(our), `${n + 1} behind ${sec} s`).toEqual(bare(their));
        }
        if (track.isVideoTrack()) continue;
        const [at, theirs] = [await ours.getPacket(sec), await sink.getPacket(sec)];
        expect(bare(at), `packet at ${sec} s`).toEqual(bare(theirs));
        expect(at?.duration).toBe(theirs?.duration);
      }
    });
  });

  test('has the same packets in each segment', async () => {
    let videoStartsSec: number[] | null = null;
    await compareTracks(await make(), async ({ track, sink }, ours, { file, source }) => {
      const isVideo = track.isVideoTrack();
      const startsSec: number[] = isVideo ? await keyTimes(ours) : (videoStartsSec ?? [0, 2.0123456, 4, 6, 8]);
      if (isVideo) videoStartsSec ??= startsSec;
      const own = file.tracks.find(({ number }) => number === track.id)!;
      const out = createVarintWriter();
      const built = (await buildMatroskaIndex(file, ours, own, startsSec))!;
      writeMatroskaIndex(built, out);
      const index = readMatroskaIndex(createVarintReader(out.finish()));
      expect(index).toEqual(built);
      const expected = isVideo ? await videoSegments(sink, startsSec) : await audioSegments(sink, startsSec);
      for (const [n, packets] of expected.entries()) {
        const read = await readMatroskaSegment(source, index, n);
        expect(read.map(plainly), `segment ${n}`).toEqual(packets.map(bare));
        expectDurations(read, packets);
        if (isVideo) await expectOnePiece(source, index, n, read);
        if (isVideo) expect(plainly(await readMatroskaKey(source, index, n))).toEqual(bare(packets[0]!));
      }
    });
  });
});

/** A minute at a steady 3 Mbit/s. */
function makeMinute(): Promise<string> {
  const rate = ['-b:v', '3M', '-minrate', '3M', '-maxrate', '3M', '-bufsize', '3M', '-x264opts', 'nal-hrd=cbr'];
  return makeFlashes('mkv', { seconds: 60 }, [...PLAIN, ...rate, ...AAC]);
}

test.each([
  ['in blocks', makeMinute],
  ['in groups', () => reshaped('minute', makeMinute(), { groups: true, clusterBlocks: 300, relative: true })],
])('segments of more than is read at once, %s', async (_, make) => {
  await compareTracks(await make(), async ({ track, sink }, ours, { file, source }) => {
    const isVideo = track.isVideoTrack();
    const own = file.tracks.find(({ number }) => number === track.id)!;
    const lateSec = (await ours.getKeyPacket(56, METADATA))!.timestamp;
    for (const startsSec of [[0], [0, lateSec]]) {
      const index = (await buildMatroskaIndex(file, ours, own, startsSec))!;
      expect((index.positions[1] ?? index.endPosition) - index.positions[0]!).toBeGreaterThan(17_000_000);
      const expected = isVideo ? await videoSegments(sink, startsSec) : await audioSegments(sink, startsSec);
      const read = await readMatroskaSegment(source, index, 0);
      expect(read.length).toBe(expected[0]!.length);
      expect(read.every((packet, n) => isSame(packet, expected[0]![n]!))).toBe(true);
      expect((await readMatroskaWhole(source, index, 0, FRAGMENT_ROOM_BYTES)).whole).toBeNull();
    }
  });
});

function isSame({ timestampSec, key, data }: IndexedPacket, packet: EncodedPacket): boolean {
  return timestampSec === packet.timestamp && key === (packet.type === 'key') && data.equals(packet.data);
}

test('a film is inspected and indexed without reading its frames', async () => {
  const path = await makeMinute();
  const source = openSource(path);
  const file = (await openMatroska(source))!;
  for (const track of file.tracks) {
    const sink = createMatroskaSink(file, track)!;
    await sink.endSec();
    const startsSec = Array.from({ length: 15 }, (_, n) => n * 4);
    expect(await buildMatroskaIndex(file, sink, track, startsSec)).not.toBeNull();
  }
  expect(source.readBytes).toBeLessThan(source.sizeBytes / 4);
  source.close();
});

test.each([
  ['no cues', () => oddCorners['no length declared in Matroska']!.make()],
  ['no cues in WebM', () => oddCorners['no length declared in WebM']!.make()],
  ['stripped headers and no cues', of('Matroska with stripped headers and no index')],
  ['a file cut off', () => changed((bytes) => bytes.subarray(0, bytes.length - 100))],
  ['two segments', () => changed((bytes) => Buffer.concat([bytes, bytes]))],
  ['another container', () => makeFlashes('mp4')],
  ['no file to speak of', () => changed(() => Buffer.alloc(3))],
])('is left to mediabunny: %s', async (_, make) => {
  const source = openSource(await make());
  expect(await openMatroska(source)).toBeNull();
  source.close();
});

async function changed(change: (bytes: Buffer) => Buffer): Promise<string> {
  const path = join(folder, `changed-${Math.random()}.mkv`);
  writeFileSync(path, change(readFileSync(await film())));
  return path;
}

type Opened = { file: NonNullable<Awaited<ReturnType<typeof openMatroska>>>; source: TestSource };

async function compareTracks(
  path: string,
  compare: (theirs: OpenTrack, ours: MatroskaSink, opened: Opened) => Promise<void>,
): Promise<void> {
  const source = openSource(path);
  const theirs = await openWithMediabunny(path);
  const file = (await openMatroska(source))!;
  expect(theirs.tracks.length).toBeGreaterThan(1);
  for (const open of theirs.tracks) {
    const track = file.tracks.find(({ number }) => number === open.track.id)!;
    await compare(open, createMatroskaSink(file, track)!, { file, source });
  }
  theirs.close();
  source.close();
}

/** Key frames some two seconds apart, as segments begin with. */
async function keyTimes(sink: MatroskaSink): Promise<number[]> {
  const first = (await sink.getKeyPacket(1e-5, METADATA)) ?? (await sink.getFirstKeyPacket(METADATA));
  const endSec = await sink.endSec();
  const times = [first!.timestamp];
  for (let n = 1; n * 2 < endSec!; n++) {
    const key = await sink.getKeyPacket(first!.timestamp + n * 2 + 0.5, METADATA);
    if (key && key.timestamp > times.at(-1)!) times.push(key.timestamp);
  }
  return times;
}

const bytesOf = (data: Uint8Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

function bare(packet: LightPacket | EncodedPacket | null) {
  return packet && { sec: packet.timestamp, isKey: packet.type === 'key', data: bytesOf(packet.data) };
}

function plainly({ timestampSec, key, data }: IndexedPacket) {
  return { sec: timestampSec, isKey: key, data: bytesOf(data) };
}

/** What is written over the bytes it was read into is what is written from packets that lie apart. */
async function expectOnePiece(source: TestSource, index: MatroskaIndex, n: number, packets: IndexedPacket[]) {
  const { packets: inside, whole } = await readMatroskaWhole(source, index, n, FRAGMENT_ROOM_BYTES);
  expect(whole === null).toBe(index.strippedHeader.length > 0);
  if (!whole) return;
  const sampleOf = ({ timestampSec, durationSec, key, data }: IndexedPacket) => {
    return { ptsTicks: Math.round(timestampSec * 1000), durationTicks: Math.round(durationSec * 1000), key, data };
  };
  const timing = { delayTicks: 1000 };
  const expected = writeFragment(packets.map(sampleOf), n, timing);
  expect(writeFragmentInPlace(whole, inside.map(sampleOf), n, timing).equals(expected)).toBe(true);
}

/** Packets last until the next one is shown. Mediabunny sees that within a cluster alone. */
function expectDurations(read: readonly IndexedPacket[], packets: readonly EncodedPacket[]): void {
  const shown = read.toSorted((a, b) => a.timestampSec - b.timestampSec);
  for (const [n, { timestampSec, durationSec }] of shown.entries()) {
    const next = shown[n + 1];
    const theirs = packets.find(({ timestamp }) => timestamp === timestampSec)!.duration;
    const untilNext = next ? next.timestampSec - timestampSec : theirs;
    const isExpected = Math.abs(durationSec - untilNext) < 1e-6 || durationSec === theirs;
    expect(isExpected || (!next && durationSec >= 0), `${durationSec} s at ${timestampSec} s, not ${theirs} s`).toBe(
      true,
    );
  }
}
