import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findStream } from '../../src/features/videos/streams.queries.ts';
import { encodeRun } from '../../src/streaming/encode/encode-run.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { packetTimes } from '../support/frames.ts';
import { readPlaylist } from '../support/hls.ts';
import { ffmpeg, makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Tracks of containers that the packager cannot read, put into segments by ffmpeg as they are: nothing lost at any join. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  // Short ahead, few sessions: every jump of the player starts another one.
  kinora = await createTestApp({
    encoding: { heights: [144], policy: { uploads: 'lazy', libraries: 'lazy' }, aheadSegments: 1, sessions: 2 },
  });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

const H264 = ['-c:v', 'libx264', '-preset', 'veryfast'];
const CLIPS: [what: string, extension: string, video: string[]][] = [
  ['FLV with B-frames', 'flv', [...H264, '-bf', '2']],
  ['FLV with open groups', 'flv', [...H264, '-x264-params', 'open-gop=1:bframes=3']],
  ['AVI with pictures in order', 'avi', [...H264, '-bf', '0']],
];

describe.each(CLIPS)('%s', (_what, extension, video) => {
  it('has every packet once, whatever the order its segments are asked for in', async () => {
    const clip = await makeClip({ seconds: 24, size: '320x180', gop: 60, extension, video });
    const { playback } = await client.waitFor(await client.upload(clip), isPlayable);
    const base = playback!.hls.replace('master.m3u8', '');
    const copied = playback!.renditions.filter(({ mode }) => mode === 'copied');
    expect(copied.map(({ kind }) => kind).sort()).toEqual(['audio', 'video']);
    for (const { id, kind } of copied) {
      const { initUrl, segments } = await readPlaylist(client, `${base}${id}/index.m3u8`);
      expect(segments.length).toBeGreaterThan(4);
      const order = segments.map((_, n) => n).sort((a, b) => ((a * 7) % 5) - ((b * 7) % 5) || b - a);
      const parts: Buffer[] = [];
      for (const n of order) parts[n] = await client.bytes(segments[n]!.url);
      const path = join(kinora.folder, `${id}.mp4`);
      writeFileSync(path, Buffer.concat([await client.bytes(initUrl), ...parts]));
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
      // The bytes themselves: what went in comes out, in the same order.
      const stream = kind === 'video' ? 'v:0' : 'a:0';
      expect(await packetHashes(path, stream)).toEqual(await packetHashes(clip, stream));
      expect(await packetTimes(path, stream)).toHaveLength((await packetHashes(clip, stream)).length);
    }
  });
});

it('stops where its last segment ends, not where the file does', async () => {
  const [, extension, video] = CLIPS[0]!;
  const clip = await makeClip({ seconds: 24, size: '320x180', gop: 60, extension, video });
  const id = await client.upload(clip);
  await client.waitFor(id, isPlayable);
  const { source, renditions } = findStream(kinora.app, id)!;
  const made: number[] = [];
  let fragments = 0;
  await encodeRun(kinora.app.ffmpeg, {
    source,
    renditions: renditions.filter(({ spec }) => spec.kind === 'video' && spec.cut === 'remux'),
    firstSegment: 1,
    endSegment: 2,
    preset: 'ultrafast',
    crf: 23,
    audioKbps: 96,
    priority: 'watching',
    signal: new AbortController().signal,
    onInit: async () => null,
    onSegment: async (_, index) => {
      made.push(index);
    },
    gate: async () => {
      fragments++;
    },
  });
  expect(made).toEqual([1]);
  // A header, up to two groups of pictures before, those of the segment, and the first of the next.
  expect(fragments).toBeLessThan(8);
});

/** What each packet of a stream holds, in the order stored; pictures with their units marked in one way. */
async function packetHashes(path: string, stream: 'v:0' | 'a:0'): Promise<string[]> {
  const filter = stream === 'v:0' ? ['-bsf', 'h264_mp4toannexb,filter_units=pass_types=1-5'] : [];
  const printed = await ffmpeg(
    '-v',
    'error',
    '-i',
    path,
    '-map',
    `0:${stream}`,
    '-c',
    'copy',
    ...filter,
    '-f',
    'framemd5',
    '-',
  );
  return printed.split('\n').flatMap((line) => (line.startsWith('0,') ? [line.split(',').at(-1)!.trim()] : []));
}
