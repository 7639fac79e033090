import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isFailed, isPlayable, isReady, type TestClient } from '../support/client.ts';
import { ffmpeg, makeClip, makeMedia } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Whatever is sent, its owner reads a sentence, and the server goes on. */

let kinora: TestApp;
let client: TestClient;
let clip: string;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [240] } });
  client = await kinora.member();
  clip = await makeClip({ seconds: 4, size: '320x180' });
});
afterAll(() => kinora?.close());

async function failureOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(kinora.folder, 'bad-input');
  writeFileSync(path, bytes);
  const id = await client.upload(path, { filename: name });
  const { video, playback } = await client.waitFor(id, isFailed);
  expect(playback).toBeUndefined();
  return video.failure!;
}

const text = (content: string) => Buffer.from(content);

describe('files that are no videos', () => {
  it.each([
    ['a text', 'notes.mp4', text('hello, this is not a video\n'.repeat(50))],
    ['nothing at all', 'empty.mp4', Buffer.alloc(0)],
    ['zeros', 'zeros.mp4', Buffer.alloc(100_000)],
    ['an HLS playlist', 'film.mp4', text('#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n')],
    ['an HLS playlist behind white space', 'film.mp4', text('\ufeff\n\n#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/\n')],
    ['an ffconcat script', 'film.mp4', text('ffconcat version 1.0\nfile /etc/passwd\n')],
    ['a picture', 'film.mp4', Buffer.from('/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQ', 'base64')],
    ['a web page', 'film.mp4', text('<!doctype html><html><body>Not found</body></html>')],
    ['an archive', 'film.mkv', Buffer.from('504b0304140000000800', 'hex')],
  ])('%s', async (_what, name, bytes) => {
    const failure = await failureOf(name, bytes);
    expect(failure).toMatch(/^[A-Z].+\.$/);
    expect(failure).not.toMatch(/ffprobe|ENOENT|undefined|Error:/);
  });

  it('an AVI that carries a playlist', async () => {
    const gab2 = Buffer.concat([
      Buffer.from('RIFF\xff\xff\x00\x00AVI LIST\x14\x01\x00\x00hdrl', 'latin1'),
      Buffer.alloc(256),
      Buffer.from('GAB2\0\0\0\0\0#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:1\nfile:///etc/passwd\n', 'latin1'),
    ]);
    expect(await failureOf('film.avi', gab2)).toMatch(/\.$/);
  });

  it('a film cut off before its index', async () => {
    expect(await failureOf('cut.mp4', readFileSync(clip).subarray(0, 30_000))).toMatch(
      /damaged|cannot be read|cut off/i,
    );
  });

  it('a film that says it is 65535 x 65535', async () => {
    const bytes = Buffer.from(readFileSync(clip));
    const at = bytes.indexOf('avc1', bytes.indexOf('stsd'));
    bytes.writeUInt16BE(65_535, at + 28);
    bytes.writeUInt16BE(65_535, at + 30);
    const path = join(kinora.folder, 'giant');
    writeFileSync(path, bytes);
    const id = await client.upload(path, { filename: 'giant.mp4' });
    // ffprobe may believe the picture's own header; either it is refused with a sentence or it is what it really is.
    const { video } = await client.waitFor(id, ({ video }) => video.state === 'failed' || video.state === 'ready');
    if (video.state === 'ready') expect(video).toMatchObject({ width: 320, height: 180 });
    else expect(video.failure).toMatch(/65,?535|large/);
  });

  it('a film that says it lasts a thousand hours', async () => {
    const mkv = await makeClip({ seconds: 2, size: '320x180', extension: 'mkv' });
    const bytes = Buffer.from(readFileSync(mkv));
    // Segment Info / Duration (0x4489), an eight byte float of milliseconds.
    const at = bytes.indexOf(Buffer.from('448988', 'hex'));
    expect(at).toBeGreaterThan(0);
    bytes.writeDoubleBE(1000 * 3_600_000, at + 3);
    const path = join(kinora.folder, 'long');
    writeFileSync(path, bytes);
    const id = await client.upload(path, { filename: 'long.mkv' });
    const { video } = await client.waitFor(id, ({ video }) => video.state === 'failed' || video.state === 'ready');
    if (video.state === 'ready') expect(video.durationMs).toBeLessThan(3000);
    else expect(video.failure).toMatch(/hours/);
  });
});

describe('odd but good', () => {
  it.each([
    'quo"te\'s.mp4',
    'new\nline.mp4',
    '-dash -i x.mp4',
    'per%d%05d%s.mp4',
    '\u202egpj.mp4',
    '../../etc/passwd',
    '名前 😀.mp4',
    '$(reboot).mp4',
  ])('a name such as %j', async (filename) => {
    const id = await client.upload(clip, { filename });
    const { video } = await client.waitFor(id, isReady);
    expect(video.title).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
    expect(video.title.length).toBeGreaterThan(0);
  });

  it.each([
    ['a\u0000b\n c', 'ab c'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['👩\u200d👧', '👩\u200d👧'],
    ['\u0007\u200b', null],
  ])('a title such as %j', async (title, kept) => {
    const init = { headers: { 'Content-Type': 'application/json' } };
    const body = JSON.stringify({ filename: 'a.mp4', sizeBytes: 1, title });
    const { response, text } = await client.raw('POST', '/api/videos/init', { ...init, body });
    const reply = JSON.parse(text);
    if (kept !== null) expect(reply.video.title).toBe(kept);
    else expect([response.status, reply.detail]).toEqual([422, 'title needs at least one character.']);
    if (!reply.upload) return;
    const ended = await client.raw('DELETE', reply.upload.url, { headers: { 'Tus-Resumable': '1.0.0' } });
    expect(ended.response.status).toBe(204);
  });

  it('sound alone plays with a poster', async () => {
    const path = await makeMedia('mp3', '-f', 'lavfi', '-i', 'sine=frequency=330:duration=6', '-c:a', 'libmp3lame');
    const id = await client.upload(path);
    const { video, playback } = await client.waitFor(id, (reply) => isReady(reply) && Boolean(reply.playback?.poster));
    expect(video).toMatchObject({ hasPicture: false, width: null });
    expect((await client.bytes(`${playback!.poster!}.webp`)).toString('latin1', 8, 12)).toBe('WEBP');
    expect((await client.bytes(playback!.hls)).toString('utf8')).toContain('mp4a.40.2');
  });

  it('a film whose end is missing plays as far as it goes', async () => {
    const mkv = await makeClip({ seconds: 8, size: '320x180', extension: 'mkv' });
    const bytes = readFileSync(mkv);
    const path = join(kinora.folder, 'short');
    writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const id = await client.upload(path, { filename: 'short.mkv' });
    const { video } = await client.waitFor(
      id,
      ({ video }) => video.state !== 'processing' && video.state !== 'uploading',
    );
    expect(['ready', 'failed']).toContain(video.state);
    if (video.state === 'failed') expect(video.failure).toMatch(/\.$/);
  });
});

describe('when ffmpeg', () => {
  it('is missing, a video says so, and plays once it is there again', async () => {
    const broken = await createTestApp({ media: { ffmpeg: '/nowhere/ffmpeg', ffprobe: '/nowhere/ffprobe' } });
    try {
      const member = await broken.member();
      const id = await member.upload(clip);
      const { video } = await member.waitFor(id, isFailed, 60_000);
      expect(video.failure).toMatch(/ffmpeg is not installed/);
      expect((await broken.client().get<{ status: string }>('/healthz')).status).toBe('ok');
    } finally {
      await broken.close();
    }
  });

  it('is killed while it encodes, the job is done again', async () => {
    const long = await makeClip({ seconds: 30, size: '640x360' });
    const id = await client.upload(long);
    await client.waitFor(id, isPlayable);
    await expect.poll(() => kinora.app.ffmpeg.running(), { timeout: 10_000 }).toBeGreaterThan(0);
    const { stdout } = await import('node:child_process').then(({ spawnSync }) =>
      spawnSync('pgrep', ['-P', String(process.pid), 'ffmpeg'], { encoding: 'utf8' }),
    );
    for (const pid of stdout.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
    const { video } = await client.waitFor(id, isReady, 60_000);
    expect(video.failure).toBeNull();
  });
});

describe('afterwards', () => {
  it('nothing is left over', async () => {
    expect(readdirSync(join(kinora.folder, 'data/uploads'))).toEqual([]);
    expect(readdirSync(join(kinora.folder, 'data/tmp')).filter((name) => name.startsWith('part-'))).toEqual([]);
    expect(existsSync('/etc/passwd')).toBe(true);
    expect(await ffmpeg('-version')).toContain('ffmpeg');
  });
});
