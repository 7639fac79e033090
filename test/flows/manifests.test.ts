import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { checkStream } from '../support/hls-rules.ts';
import { parsePlaylist } from '../support/hls-text.ts';
import { seePictures } from '../support/in-step.ts';
import { makeMedia } from '../support/media.ts';
import { H264, PICTURE, SOUND } from '../support/odd-media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Every playlist of several kinds of source, and every segment they name, held against the rules of HLS. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180, 144], policy: { uploads: 'eager' } } });
  client = await kinora.admin();
});
afterAll(() => kinora.close());

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=50:bframes=3'];
const SIX = ['-filter:a:1', 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0'];
const TWO_LANGUAGES = [
  ...['-map', '0:v', '-map', '1:a', '-map', '1:a', ...SIX],
  ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'],
];

interface Source {
  what: string;
  extension: string;
  argv: string[];
  /** Renditions as they should be. */
  renditions: string[];
  /** Containers without tables of sizes: what copies weigh is then an estimate. */
  isWeighed?: false;
  groups?: string[];
}

const SOURCES: Source[] = [
  {
    what: 'H.264 with stereo and 5.1 AAC, MP4',
    extension: 'mp4',
    argv: [...PICTURE, ...SOUND, ...TWO_LANGUAGES, ...H264, '-c:a', 'aac'],
    renditions: ['180p copied', '144p encoded', 'English copied', 'German encoded', 'German 5.1 copied'],
    groups: ['audio English', 'audio German', 'audio German 5.1'],
  },
  {
    what: 'HEVC named hev1 with AC-3, MP4',
    extension: 'mp4',
    argv: [...PICTURE, ...SOUND, ...HEVC, '-pix_fmt', 'yuv420p', '-tag:v', 'hev1', '-c:a', 'ac3'],
    renditions: ['180p HEVC copied', '180p H.264 encoded', '144p encoded', 'Sound encoded', 'Sound AC-3 copied'],
    groups: ['audio Sound', 'audio-ac3 Sound'],
  },
  {
    what: 'H.264 with Opus and E-AC-3 5.1, Matroska',
    extension: 'mkv',
    argv: [...PICTURE, ...SOUND, ...TWO_LANGUAGES, ...H264, '-c:a:0', 'libopus', '-c:a:1', 'eac3'],
    renditions: [
      ...['180p H.264 original copied', '180p H.264 encoded', '144p encoded', 'English encoded', 'German encoded'],
      ...['English Opus copied', 'German E-AC-3 5.1 copied'],
    ],
    isWeighed: false,
    groups: [
      ...['audio-opus English', 'audio-opus German', 'audio English', 'audio German'],
      ...['audio-eac3 English', 'audio-eac3 German'],
    ],
  },
  {
    what: 'MPEG-4 with PCM, AVI',
    extension: 'avi',
    argv: [...PICTURE, ...SOUND, '-c:v', 'mpeg4', '-g', '50', '-c:a', 'pcm_s16le'],
    renditions: ['180p encoded', '144p encoded', 'Sound encoded'],
    groups: ['audio Sound'],
  },
  {
    what: 'FLAC alone',
    extension: 'flac',
    argv: [...SOUND, '-c:a', 'flac'],
    renditions: ['Sound encoded', 'Sound FLAC copied'],
    isWeighed: false,
    groups: [],
  },
];

const fetchOf = (url: string) => client.bytes(url);
const published = new Map<string, VideoReply>();
async function publish({ what, extension, argv }: Source): Promise<VideoReply> {
  const known = published.get(what);
  if (known) return known;
  const file = await makeMedia(extension, ...argv, '-strict', '-2');
  const reply = await client.waitFor(await client.upload(file), isReady, 120_000);
  published.set(what, reply);
  return reply;
}

describe.each(SOURCES)('$what', (source) => {
  it('has the renditions and groups it should', async () => {
    const { playback } = await publish(source);
    expect(playback!.renditions.map(({ label, mode }) => `${label} ${mode}`)).toEqual(source.renditions);
    const { tags } = parsePlaylist((await client.bytes(playback!.hls)).toString());
    const audio = tags.filter(({ attributes }) => attributes['TYPE'] === 'AUDIO');
    expect(audio.map(({ attributes }) => `${attributes['GROUP-ID']} ${attributes['NAME']}`)).toEqual(source.groups);
  });

  it('keeps every rule', async () => {
    const { playback } = await publish(source);
    const copied = new Set(playback!.renditions.filter(({ mode }) => mode === 'copied').map(({ id }) => id));
    const measured = (url: string) => {
      const id = playback!.renditions.find((rendition) => url.includes(rendition.id))!.id;
      // Key frames of encoded renditions are promised no less than their segments weigh.
      return copied.has(id) ? source.isWeighed !== false : !url.includes('key-frames');
    };
    const { broken, playlists, segments } = await checkStream(playback!.hls, { fetch: fetchOf, measured });
    expect(broken).toEqual([]);
    const videos = playback!.renditions.filter(({ kind }) => kind === 'video').length;
    expect(playlists).toBe(1 + playback!.renditions.length + videos);
    expect(segments).toBeGreaterThanOrEqual(2 * (playlists - 1));
  });
});

describe('key frames alone', () => {
  it.each(SOURCES.slice(0, 4))('of $what decode to one picture each, at its time', async (source) => {
    const { playback } = await publish(source);
    const base = playback!.hls.slice(0, playback!.hls.lastIndexOf('/'));
    for (const { id, kind } of playback!.renditions.filter((rendition) => rendition.kind === 'video')) {
      const { tags } = parsePlaylist((await client.bytes(`${base}/${id}/key-frames.m3u8`)).toString());
      const entries = tags.filter(({ name }) => name === 'EXTINF');
      let startSec = 0;
      for (const [n, { uri, value }] of entries.entries()) {
        const parts = [`${base}/${id}/init.mp4`, `${base}/${id}/${uri}`].map((url) => client.bytes(url));
        const file = join(kinora.folder, `${kind}.mp4`);
        writeFileSync(file, Buffer.concat(await Promise.all(parts)));
        const { framesSec, complaints } = await seePictures(file);
        expect(complaints).toBe('');
        expect(framesSec).toHaveLength(1);
        // Pictures may begin a little later than the film, whose sound begins it.
        expect(Math.abs(framesSec[0]! - startSec)).toBeLessThan(n === 0 ? 0.04 : 0.002);
        startSec += Number.parseFloat(value);
      }
    }
  });
});

describe('addresses that mean nothing', () => {
  const NAMES = [
    'one past the last',
    '99',
    '-1',
    '9999999',
    '99999999999999999999',
    '01',
    '1e0',
    '0x1',
    '1.0',
    '%31',
    '',
    'k one past the last',
    'k-1',
    'k01',
  ];

  // What these videos needed in the background is done: whatever runs from here on, these addresses have started.
  beforeAll(async () => {
    await publish(SOURCES[3]!);
    await kinora.app.queue.drain();
    await vi.waitFor(() => expect(kinora.app.ffmpeg.running()).toBe(0), { timeout: 30_000, interval: 100 });
  }, 120_000);

  it.each(NAMES)('segment %j starts nothing', async (name) => {
    const { playback, video } = await publish(SOURCES[3]!);
    const base = playback!.hls.slice(0, playback!.hls.lastIndexOf('/'));
    for (const { id } of playback!.renditions) {
      const { tags } = parsePlaylist((await client.bytes(`${base}/${id}/index.m3u8`)).toString());
      const count = tags.filter((tag) => tag.name === 'EXTINF').length;
      const number = name.replace(/ ?one past the last/, String(count));
      const { response, text } = await client.raw('GET', `${base}/${id}/${number}.m4s`);
      // What a client writes as %31 is a 1, and means the same.
      if (name === '%31') expect(response.status).toBe(200);
      else {
        expect(response.status).toBe(404);
        expect(response.headers.get('content-type')).toMatch(/application\/problem\+json/);
        expect(JSON.parse(text)).toMatchObject({ status: 404 });
      }
    }
    expect(kinora.app.streaming.sessions().filter(({ videoId }) => videoId === video.id)).toEqual([]);
    expect(kinora.app.ffmpeg.running()).toBe(0);
  });

  it.each([
    'nothing/index.m3u8',
    'nothing/init.mp4',
    'nothing/key-frames.m3u8',
    '../master.m3u8',
    'master.m3u',
    'x.mpd',
  ])('%s is a 404', async (name) => {
    const { playback } = await publish(SOURCES[3]!);
    const base = playback!.hls.slice(0, playback!.hls.lastIndexOf('/'));
    const { response } = await client.raw('GET', `${base}/${name}`);
    expect(response.status).toBe(404);
    expect(kinora.app.ffmpeg.running()).toBe(0);
  });
});
