import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoReply } from '../../src/features/videos/api.ts';
import { sweepVideos } from '../../src/features/videos/sweep.ts';
import type { S3Settings } from '../../src/platform/storage/s3/settings.ts';
import { createClient, isPlayable, isReady, type TestClient } from '../support/client.ts';
import { packetTimes, worstStep } from '../support/frames.ts';
import { download, readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffmpeg, makeClip, makeMedia } from '../support/media.ts';
import { createOpenApiCheck, type OpenApi } from '../support/openapi-check.ts';
import { freePort, type KinoraProcess, startKinora } from '../support/process.ts';
import { lacksRadosgw, type S3Server, startRadosgw } from '../support/radosgw.ts';
import { startRedis } from '../support/redis.ts';
import { createTestApp, person } from '../support/test-app.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

/** Kinora with its storage in a bucket of a real S3 server. */
describe.skipIf(lacksRadosgw)('with a bucket', () => {
  let server: S3Server;
  let bucket: S3Settings & { secretAccessKey: string };
  let folder: string;
  let kinora: KinoraProcess;
  let client: TestClient;
  let port: number;
  let token: string;

  const start = async (more: Record<string, string> = {}) => {
    kinora = await startKinora(
      folder,
      {
        KINORA_SETUP_TOKEN: 'bucket-test',
        KINORA_ENCODING_HEIGHTS: '[360, 240]',
        KINORA_ENCODING_HARDWARE: 'off',
        KINORA_STORAGE_DRIVER: 's3',
        KINORA_STORAGE_S3_ENDPOINT: bucket.endpoint,
        KINORA_STORAGE_S3_BUCKET: bucket.bucket,
        KINORA_STORAGE_S3_PREFIX: 'films',
        KINORA_STORAGE_S3_ACCESS_KEY_ID: bucket.accessKeyId,
        KINORA_STORAGE_S3_SECRET_ACCESS_KEY: bucket.secretAccessKey,
        ...more,
      },
      port,
    );
    const openapi = createOpenApiCheck((await (await fetch(`${kinora.url}/api/openapi.json`)).json()) as OpenApi);
    client = createClient(kinora.url, openapi, token);
    return openapi;
  };

  beforeAll(async () => {
    server = await startRadosgw();
    bucket = await server.newBucket();
    folder = mkdtempSync(join(tmpdir(), 'kinora-bucket-'));
    port = await freePort();
    const openapi = await start();
    const nobody = createClient(kinora.url, openapi);
    ({ token } = await nobody.post<{ token: string }>('/api/setup', { ...person('admin'), token: 'bucket-test' }, 201));
    client = createClient(kinora.url, openapi, token);
  }, 120_000);
  afterAll(async () => {
    await kinora?.end('SIGKILL');
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const outgoing = () => {
    try {
      return readdirSync(join(folder, 'outgoing'), { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      );
    } catch {
      return [];
    }
  };
  const untilSent = async () => {
    while (outgoing().length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  /** All that players get of a rendition. */
  const fetchAll = async (url: string): Promise<Buffer> => {
    const path = join(folder, 'rendition.mp4');
    await download(client, url, path);
    return readFileSync(path);
  };
  const renditionsOf = async ({ playback }: VideoReply) => {
    const { variants, audio } = await readMultivariant(client, playback!.hls);
    return [...variants, ...audio];
  };

  let reply: VideoReply;
  const before = new Map<string, Buffer>();

  it('plays an upload: copied and encoded, all of it in the bucket and nothing in the data folder', async () => {
    const id = await client.upload(await makeClip({ seconds: 13, rate: '30000/1001' }));
    await client.waitFor(id, isPlayable);
    await client.waitFor(id, isReady);
    reply = await client.waitFor(id, ({ playback }) => Boolean(playback?.storyboard));
    await untilSent();
    for (const { url } of await renditionsOf(reply)) before.set(url, await fetchAll(url));
    const keys = await server.keys(bucket);
    expect(keys.every((key) => key.startsWith(`films/videos/${id}/`))).toBe(true);
    expect(keys).toContain(`films/videos/${id}/source/original`);
    expect(keys.filter((key) => key.endsWith('.m4s'))).toHaveLength(4);
    expect(readdirSync(folder)).not.toContain('videos');
  });

  it('loses no frame at any join', async () => {
    const renditions = await renditionsOf(reply);
    expect(renditions).toHaveLength(3);
    for (const { url } of renditions) {
      const path = join(folder, 'whole.mp4');
      writeFileSync(path, before.get(url)!);
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
      const isSound = renditions.at(-1)!.url === url;
      const times = await packetTimes(path, isSound ? 'a:0' : 'v:0');
      if (!isSound) expect(times).toHaveLength(390);
      expect(worstStep(times, isSound ? 1024 / 48_000 : 1001 / 30_000)).toBeLessThan(0.0002);
    }
  });

  it('plays the same after a restart, from the bucket alone', async () => {
    expect(await kinora.end('SIGTERM')).toBe(0);
    await start({ KINORA_ENCODING_POLICY_UPLOADS: 'lazy' });
    for (const [url, bytes] of before) expect((await fetchAll(url)).equals(bytes), url).toBe(true);
    const poster = await client.raw('GET', `${reply.playback!.poster!}.webp`, { headers: { Range: 'bytes=8-11' } });
    expect([poster.response.status, poster.text]).toEqual([206, 'WEBP']);
    expect((await client.bytes(reply.playback!.storyboard!)).toString('utf8')).toMatch(/^WEBVTT/);
  });

  it('encodes from the bucket where somebody seeks to, and joins what is made before it', async () => {
    const id = await client.upload(await makeClip({ seconds: 21, extension: 'mkv' }));
    const video = await client.waitFor(id, isPlayable);
    await untilSent();
    const { url } = (await renditionsOf(video))[1]!;
    const { segments } = await readPlaylist(client, url);
    expect((await client.bytes(segments[3]!.url)).length).toBeGreaterThan(1000);
    const path = join(folder, 'sought.mp4');
    writeFileSync(path, await fetchAll(url));
    expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    const times = await packetTimes(path, 'v:0');
    expect(times).toHaveLength(630);
    // Matroska's times are in milliseconds.
    expect(worstStep(times, 1 / 30)).toBeLessThan(0.001);
  });

  it('plays a transport stream, which is read packet by packet in a thread, and its subtitles', async () => {
    const stream = await makeClip({ seconds: 9, extension: 'ts' });
    const ts = await client.waitFor(await client.upload(stream), isPlayable);
    const subtitles = join(folder, 'film.srt');
    writeFileSync(subtitles, '1\n00:00:01,000 --> 00:00:03,000\nFrom the bucket\n');
    const clip = await makeClip({ seconds: 6 });
    const mkv = await makeMedia(
      'mkv',
      '-i',
      clip,
      '-i',
      subtitles,
      '-map',
      '0',
      '-map',
      '1',
      '-c',
      'copy',
      '-c:s',
      'srt',
    );
    const id = await client.upload(mkv);
    await untilSent();
    for (const { url } of await renditionsOf(ts)) {
      const path = join(folder, 'stream.mp4');
      writeFileSync(path, await fetchAll(url));
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
    }
    const { playback } = await client.waitFor(id, (video) => (video.playback?.captions.length ?? 0) > 0);
    const text = await client.bytes(playback!.captions[0]!.vtt!);
    expect(text.toString('utf8')).toContain('From the bucket');
  });

  it('plays an upload while the bucket is away, and sends it when that is back', async () => {
    await server.goAway();
    let id: string;
    try {
      id = await client.upload(await makeClip({ seconds: 5 }));
      const { playback } = await client.waitFor(id, isPlayable);
      const { variants } = await readMultivariant(client, playback!.hls);
      const { segments } = await readPlaylist(client, variants[0]!.url);
      expect((await client.bytes(segments[0]!.url)).length).toBeGreaterThan(1000);
      expect(outgoing()).toHaveLength(1);
      // Not the one that has been fetched: that is still in memory.
      const gone = await client.raw('GET', `${reply.playback!.poster!}.jpg`);
      expect(gone.response.status).toBe(503);
      expect(gone.text).toContain('storage-away');
      expect(gone.text).not.toContain(bucket.endpoint);
    } finally {
      await server.comeBack();
    }
    await untilSent();
    expect(await server.keys(bucket)).toContain(`films/videos/${id}/source/original`);
    await client.waitFor(id, ({ playback }) => Boolean(playback?.poster), 120_000);
  });

  it('loses nothing when it is killed while a file is sent', async () => {
    // A film with a box nobody reads, so that sending takes a while.
    const clip = readFileSync(await makeClip({ seconds: 7 }));
    const head = Buffer.alloc(8);
    const padding = Buffer.alloc(150_000_000, 'padding ');
    head.writeUInt32BE(padding.length + 8);
    head.write('free', 4);
    const path = join(folder, 'padded.mp4');
    writeFileSync(path, Buffer.concat([clip, head, padding]));
    const id = await client.upload(path, { chunkBytes: 1 << 25 });
    expect(outgoing()).toHaveLength(1);
    await kinora.end('SIGKILL');
    expect(outgoing()).toHaveLength(1);
    await start();
    const video = await client.waitFor(id, isPlayable);
    await untilSent();
    const size = await server.sizeOf(bucket, `films/videos/${id}/source/original`);
    expect(size).toBe(clip.length + head.length + padding.length);
    const played = join(folder, 'played.mp4');
    await download(client, (await renditionsOf(video))[0]!.url, played);
    expect(await packetTimes(played, 'v:0')).toHaveLength(210);
  });

  it('is encoded by a worker on another machine, which has nothing but the bucket', async () => {
    const redis = await startRedis();
    const own = await server.newBucket();
    const jobs = { redis: redis.url };
    const app = await createTestApp({
      jobs,
      storage: { driver: 's3', s3: own },
      encoding: { heights: [360, 240], concurrency: 0 },
    });
    const elsewhere = mkdtempSync(join(tmpdir(), 'kinora-elsewhere-'));
    const worker = await startWorkerProcess({ folder: elsewhere }, redis, 'ada', {
      KINORA_STORAGE_DRIVER: 's3',
      KINORA_STORAGE_S3_ENDPOINT: own.endpoint,
      KINORA_STORAGE_S3_BUCKET: own.bucket,
      KINORA_STORAGE_S3_ACCESS_KEY_ID: own.accessKeyId,
      KINORA_STORAGE_S3_SECRET_ACCESS_KEY: own.secretAccessKey,
    });
    try {
      const member = await app.member();
      const id = await member.upload(await makeClip({ seconds: 13, rate: '30000/1001' }));
      const { playback } = await member.waitFor(id, isReady, 120_000);
      const { variants } = await readMultivariant(member, playback!.hls);
      const path = join(folder, 'by-worker.mp4');
      await download(member, variants[1]!.url, path);
      expect(worker.segments()).toHaveLength(4);
      expect(await ffmpeg('-v', 'error', '-xerror', '-i', path, '-f', 'null', '-')).toBe('');
      expect(await packetTimes(path, 'v:0')).toHaveLength(390);
    } finally {
      await worker.end('SIGKILL');
      await app.close();
      await redis.close();
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('leaves nothing in the bucket of what is deleted', async () => {
    const own = await server.newBucket();
    const app = await createTestApp({ storage: { driver: 's3', s3: own }, encoding: { heights: [360, 240] } });
    try {
      const member = await app.member();
      const id = await member.upload(await makeClip({ seconds: 5 }));
      await member.waitFor(id, isReady);
      await member.send('DELETE', `/api/videos/${id}`);
      app.travel(8 * 24 * 3_600_000);
      await app.app.queue.drain();
      await sweepVideos(app.app);
      expect(await server.keys(own)).toEqual([]);
      expect(await app.app.storage.outgoing()).toMatchObject({ files: 0 });
    } finally {
      await app.close();
    }
  });
});
