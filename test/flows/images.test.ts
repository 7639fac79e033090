import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PosterChoicesWire, VideoReply } from '../../src/features/videos/api.ts';
import { imagesJob } from '../../src/features/videos/job-definitions.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { makeMedia } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

let kinora: TestApp;
let owner: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180] } });
  owner = await kinora.member();
});
afterAll(() => kinora?.close());

const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const hasPictures = (reply: VideoReply) => isReady(reply) && Boolean(reply.playback?.storyboard);

/** Colours for two seconds each. */
const colours = (names: string[]) => [
  ...names.flatMap((name) => ['-f', 'lavfi', '-i', `color=${name}:s=320x180:r=25:d=2`]),
];
const joined = (count: number, then = 'null') => [
  '-filter_complex',
  `${Array.from({ length: count }, (_, n) => `[${n}:v]`).join('')}concat=n=${count},${then}`,
];

async function get(path: string, accept?: string, headers: Record<string, string> = {}) {
  const { response, bytes } = await owner.raw('GET', path, { headers: { ...(accept ? { accept } : {}), ...headers } });
  return { status: response.status, headers: response.headers, bytes };
}

async function brightness(picture: Buffer): Promise<number> {
  const { channels } = await sharp(picture).stats();
  return channels.slice(0, 3).reduce((sum, { mean }) => sum + mean / 3, 0);
}

describe('a poster', () => {
  let id: string;
  const read = () => owner.get<VideoReply>(`/api/videos/${id}`);
  const choices = () => owner.get<PosterChoicesWire>(`/api/videos/${id}/poster`);
  const put = (body: Uint8Array | string, type: string, as = owner) =>
    as.raw('PUT', `/api/videos/${id}/poster`, {
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'Content-Type': type },
    });

  beforeAll(async () => {
    // Mostly black, some white: what is worth showing is short.
    const path = await makeMedia(
      'mp4',
      ...['-f', 'lavfi', '-i', 'color=black:s=1280x720:r=10:d=7'],
      ...['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=10:d=3'],
      ...['-f', 'lavfi', '-i', 'color=white:s=1280x720:r=10:d=3'],
      ...['-f', 'lavfi', '-i', 'mandelbrot=s=1280x720:r=10', '-f', 'lavfi', '-i', 'color=black:s=1280x720:r=10:d=9'],
      ...['-filter_complex', '[3:v]trim=duration=3[m];[0:v][1:v][2:v][m][4:v]concat=n=5,setsar=1', ...H264, '-g', '10'],
    );
    id = await owner.upload(path, { visibility: 'public' });
    await owner.waitFor(id, hasPictures);
  });

  it('shows what is worth showing, and offers nothing black, white or twice', async () => {
    const { video } = await read();
    const poster = await brightness((await get(video.posterUrl!)).bytes);
    expect(poster).toBeGreaterThan(40);
    expect(poster).toBeLessThan(220);
    const offered = await choices();
    expect(offered).toMatchObject({ automatic: true, sentUrl: null });
    expect(offered.choices.length).toBeGreaterThan(1);
    expect(offered.choices.filter(({ chosen }) => chosen)).toHaveLength(1);
    for (const { url } of offered.choices) expect(await brightness((await get(url)).bytes)).toBeGreaterThan(30);
  });

  it.each([
    ['image/avif,image/webp,*/*', 'image/avif', 'heif'],
    ['image/webp,*/*;q=0.8', 'image/webp', 'webp'],
    ['image/avif;q=0,image/webp', 'image/webp', 'webp'],
    ['*/*', 'image/jpeg', 'jpeg'],
    [undefined, 'image/jpeg', 'jpeg'],
  ])('to who accepts %s is %s, in every width', async (accept, type, format) => {
    const { video } = await read();
    for (const [suffix, width] of [
      ['', 1280],
      ['-640', 640],
      ['-320', 320],
    ] as const) {
      const { headers, bytes, status } = await get(video.posterUrl! + suffix, accept);
      expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, type, 'Accept']);
      expect(headers.get('cache-control')).toMatch(/^public, max-age=31536000, .*immutable$/);
      expect(await sharp(bytes).metadata()).toMatchObject({ format, width, height: (width * 9) / 16 });
      const again = await get(video.posterUrl! + suffix, accept, { 'If-None-Match': headers.get('etag')! });
      expect(again.status).toBe(304);
    }
  });

  it('has an entity tag for each format, and names for those who want one', async () => {
    const { video } = await read();
    const tags = await Promise.all(
      ['image/avif', 'image/webp', '*/*'].map(async (accept) =>
        (await get(video.posterUrl!, accept)).headers.get('etag'),
      ),
    );
    expect(new Set(tags).size).toBe(3);
    expect((await get(`${video.posterUrl}.jpg`, 'image/avif')).headers.get('content-type')).toBe('image/jpeg');
    expect((await get(`${video.posterUrl}-320.webp`)).headers.get('content-type')).toBe('image/webp');
    for (const name of [
      'poster-321',
      'poster.gif',
      'poster-320.svg',
      'choice-99.webp',
      'waveform.json',
      '..%2fposter',
    ]) {
      expect((await get(video.posterUrl!.replace(/poster$/, name))).status, name).toBe(404);
    }
  });

  it('is what its owner chooses, stays so when pictures are made anew, and can be given back', async () => {
    const before = await read();
    const { choices: offered } = await choices();
    const other = offered.find(({ chosen }) => !chosen)!;
    const chosen = await owner.send<VideoReply>('PUT', `/api/videos/${id}/poster`, { choice: other.number }, 200);
    expect(chosen.video.posterUrl).not.toBe(before.video.posterUrl);
    expect(chosen.playback!.poster).toBe(chosen.video.posterUrl);
    const [shown, wanted] = await Promise.all([get(`${chosen.video.posterUrl}-320.webp`), get(other.url)]);
    expect(Math.abs((await brightness(shown.bytes)) - (await brightness(wanted.bytes)))).toBeLessThan(3);
    expect((await choices()).choices.find((one) => one.chosen)?.number).toBe(other.number);

    kinora.app.db.write((tx) => kinora.app.queue.enqueue(tx, imagesJob, { videoId: id }, { videoId: id }));
    const anew = await owner.waitFor(
      id,
      ({ playback }) => Boolean(playback?.storyboard) && playback?.storyboard !== before.playback!.storyboard,
    );
    expect(anew.video.posterUrl).toBe(chosen.video.posterUrl);
    expect((await get(anew.video.posterUrl!)).status).toBe(200);
    expect(await choices()).toMatchObject({ automatic: false, sentUrl: expect.any(String) });

    const back = await owner.send<VideoReply>('DELETE', `/api/videos/${id}/poster`, undefined, 200);
    expect(back.video.posterUrl).not.toBe(chosen.video.posterUrl);
    expect((await choices()).automatic).toBe(true);
    expect((await get(back.video.posterUrl!)).status).toBe(200);
    expect((await get(chosen.video.posterUrl!)).status).toBe(404);
  });

  it('may be a picture of the owner: turned upright, made small, without its notes', async () => {
    const half = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#c02020' } })
      .composite([
        { input: { create: { width: 1500, height: 2000, channels: 3, background: '#2020c0' } }, left: 0, top: 0 },
      ])
      .withExif({ IFD0: { Copyright: 'a secret place' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { response, text } = await put(half, 'image/jpeg');
    expect(response.status, text).toBe(200);
    const { video } = JSON.parse(text) as VideoReply;
    const poster = (await get(`${video.posterUrl}.jpg`)).bytes;
    const metadata = await sharp(poster).metadata();
    expect(metadata).toMatchObject({ width: 1280, height: 1920 });
    expect([metadata.orientation, metadata.exif]).toEqual([undefined, undefined]);
    // Blue was on the left, and is on top when the camera's turn has been undone.
    const corner = await sharp(poster).extract({ left: 100, top: 100, width: 50, height: 50 }).toBuffer();
    const top = await sharp(corner).stats();
    expect(top.channels[2]!.mean).toBeGreaterThan(150);
    expect(await choices()).toMatchObject({ automatic: false, sentUrl: expect.any(String) });
  });

  it.each(['png', 'webp', 'avif'] as const)('may be sent as %s', async (format) => {
    const picture = sharp({ create: { width: 640, height: 360, channels: 3, background: '#208020' } });
    const { response, text } = await put(await picture.toFormat(format).toBuffer(), `image/${format}`);
    expect(response.status, text).toBe(200);
  });

  it('is not changed by what is no picture, too large or somebody else', async () => {
    const before = (await read()).video.posterUrl;
    const jpeg = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#802020' } })
      .jpeg()
      .toBuffer();
    const huge = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const tiff = await sharp(jpeg).tiff().toBuffer();
    const small = await sharp(jpeg).resize(40, 40).jpeg().toBuffer();
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><image href="file:///etc/passwd"/></svg>';
    const refused: [string, Uint8Array | string, string, number, RegExp][] = [
      ['SVG', svg, 'image/svg+xml', 422, /JPEG, PNG, WebP or AVIF/],
      ['SVG that says it is PNG', svg, 'image/png', 422, /JPEG, PNG, WebP or AVIF/],
      ['TIFF', tiff, 'image/tiff', 422, /JPEG, PNG, WebP or AVIF/],
      ['nothing', '', 'image/jpeg', 422, /JPEG, PNG, WebP or AVIF/],
      ['half of one', jpeg.subarray(0, jpeg.length / 2), 'image/jpeg', 422, /damaged/],
      ['too many pixels', huge, 'image/png', 422, /64 million/],
      ['too small', small, 'image/jpeg', 422, /at least 64/],
      ['too many bytes', Buffer.alloc(17 << 20, jpeg), 'image/jpeg', 413, /16 MiB/],
      ['no number', '{"choice":"1"}', 'application/json', 422, /choice/],
      ['no such choice', '{"choice":98}', 'application/json', 404, /no such picture/],
    ];
    for (const [what, body, type, status, detail] of refused) {
      const { response, text } = await put(body, type);
      expect([what, response.status]).toEqual([what, status]);
      expect((JSON.parse(text) as { detail: string }).detail).toMatch(detail);
    }
    const stranger = await kinora.member('stranger');
    expect((await put(jpeg, 'image/jpeg', stranger)).response.status).toBe(403);
    expect((await put(jpeg, 'image/jpeg', kinora.client())).response.status).toBe(401);
    expect((await read()).video.posterUrl).toBe(before);
  });
});

describe('a storyboard', () => {
  const NAMES = ['red', 'lime', 'blue', 'white', 'yellow'];
  const RGB = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
    [255, 255, 0],
  ];
  const five = [...colours(NAMES), ...joined(5)];
  const keys = ['-g', '50', '-force_key_frames', 'expr:gte(t,n_forced*2)'];
  const SAMPLES: [what: string, make: () => Promise<string>][] = [
    ['MP4', () => makeMedia('mp4', ...five, ...H264, ...keys)],
    ['Matroska', () => makeMedia('mkv', ...five, ...H264, ...keys)],
    ['one key frame alone', () => makeMedia('mp4', ...five, ...H264, '-g', '9999', '-sc_threshold', '0')],
    [
      'a variable frame rate',
      () =>
        makeMedia(
          'mp4',
          ...colours(NAMES),
          ...joined(5, "select='not(mod(n,7))+lt(mod(n,25),5)'"),
          '-fps_mode',
          'vfr',
          ...H264,
          ...keys,
        ),
    ],
    [
      'interlaced MPEG-2 in a transport stream',
      () =>
        makeMedia(
          'ts',
          ...five,
          '-c:v',
          'mpeg2video',
          '-flags',
          '+ildct+ilme',
          '-b:v',
          '2M',
          '-pix_fmt',
          'yuv420p',
          ...keys,
        ),
    ],
    ['H.264 in a transport stream', () => makeMedia('ts', ...five, ...H264, ...keys)],
    ['AVI', () => makeMedia('avi', ...five, '-c:v', 'mpeg4', '-b:v', '2M', ...keys)],
    ['Motion JPEG', () => makeMedia('mov', ...five, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p')],
    [
      'VP9',
      () =>
        makeMedia(
          'webm',
          ...five,
          '-c:v',
          'libvpx-vp9',
          '-deadline',
          'realtime',
          '-cpu-used',
          '8',
          '-b:v',
          '1M',
          ...keys,
        ),
    ],
  ];
  const ids = new Map<string, Promise<string>>();

  beforeAll(async () => {
    // All at once, so that each test finds its own ready.
    for (const [what, make] of SAMPLES)
      ids.set(
        what,
        make().then((path) => owner.upload(path)),
      );
    ids.set(
      'turned',
      makeTurned().then((path) => owner.upload(path)),
    );
    await Promise.all(ids.values());
  }, 120_000);

  it.each(SAMPLES)('of %s shows each moment what is seen then', async (what) => {
    const tiles = await readTiles(await ids.get(what)!);
    expect(tiles).toHaveLength(5);
    for (const [n, { colour }] of tiles.entries()) {
      const off = Math.max(...colour.map((value, channel) => Math.abs(value - RGB[n]![channel]!)));
      expect(off, `tile ${n} is ${colour}`).toBeLessThan(60);
    }
  });

  it('of a turned picture is upright', async () => {
    const tiles = await readTiles(await ids.get('turned')!);
    expect(tiles[0]!.height).toBeGreaterThan(tiles[0]!.width);
    // White was the upper half of the stored picture; turned clockwise it is the right one.
    expect(Math.min(...tiles[0]!.right)).toBeGreaterThan(200);
    expect(Math.max(...tiles[0]!.left)).toBeLessThan(60);
  });

  it('is WebP to who names it, else JPEG, made once', async () => {
    const { playback } = await owner.waitFor((await ids.get('MP4'))!, hasPictures);
    const url = playback!.storyboard!.replace('.vtt', '-0');
    for (const [accept, type] of [
      ['image/webp', 'image/webp'],
      ['image/png,*/*', 'image/jpeg'],
    ]) {
      const [one, two] = await Promise.all([get(url, accept), get(url, accept)]);
      expect([one.headers.get('content-type'), one.headers.get('vary')]).toEqual([type, 'Accept']);
      expect(two.bytes.equals(one.bytes)).toBe(true);
    }
    expect((await get(playback!.storyboard!.replace('.vtt', '-7'), 'image/png')).status).toBe(404);
  });

  async function makeTurned(): Promise<string> {
    const lying = await makeMedia(
      'mp4',
      ...['-f', 'lavfi', '-i', 'color=black:s=320x180:r=25:d=4', '-vf', 'drawbox=h=90:c=white:t=fill'],
      ...H264,
      ...keys,
    );
    // The option has another name since ffmpeg 6, and the new one came with it.
    const withMetadata = ['-i', lying, '-c', 'copy', '-metadata:s:v', 'rotate=270'];
    const withOption = ['-display_rotation', '-90', '-i', lying, '-c', 'copy'];
    return makeMedia('mp4', ...withOption).catch(() => makeMedia('mp4', ...withMetadata));
  }
});

/** Cuts a storyboard into its tiles: their sizes and mean colours. */
async function readTiles(id: string) {
  const { playback } = await owner.waitFor(id, hasPictures, 120_000);
  const vtt = (await get(playback!.storyboard!)).bytes.toString('utf8');
  const cues = [...vtt.matchAll(/(storyboard-\d+)#xywh=(\d+),(\d+),(\d+),(\d+)/g)];
  return Promise.all(
    cues.map(async ([, name, ...numbers]) => {
      const [left, top, width, height] = numbers.map(Number) as [number, number, number, number];
      const sheet = (await get(playback!.storyboard!.replace('storyboard.vtt', name!), 'image/webp')).bytes;
      const mean = async (from: number, to: number) => {
        const part = {
          left: left + Math.round(width * from),
          top: top + 4,
          width: Math.round(width * (to - from)),
          height: height - 8,
        };
        const { channels } = await sharp(await sharp(sheet).extract(part).toBuffer()).stats();
        return channels.slice(0, 3).map((channel) => channel.mean);
      };
      return { width, height, colour: await mean(0.1, 0.9), left: await mean(0.05, 0.4), right: await mean(0.6, 0.95) };
    }),
  );
}

describe('sound', () => {
  const tone = (db: number, seconds = 4) => [
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=997:duration=${seconds}:sample_rate=48000,volume=${db}dB`,
  ];
  const isMeasured = ({ playback }: VideoReply) =>
    playback?.renditions.some(({ loudness }) => loudness !== null) ?? false;

  it('is measured, every track apart', async () => {
    const path = await makeMedia(
      'mkv',
      ...['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=4', ...tone(0), ...tone(-12), ...tone(0)],
      ...['-filter_complex', '[1:a]aformat=channel_layouts=stereo[a];[2:a]aformat=channel_layouts=stereo[b]'],
      ...['-map', '0:v', '-map', '[a]', '-map', '[b]', '-map', '3:a', ...H264, '-c:a', 'flac'],
    );
    const { playback } = await owner.waitFor(await owner.upload(path), isMeasured, 120_000);
    const [loud, quiet, mono] = playback!.renditions.flatMap((one) => (one.kind === 'audio' ? [one.loudness!] : []));
    expect(loud!.integratedLufs - quiet!.integratedLufs).toBeCloseTo(12, 0);
    expect(loud!.truePeakDb - quiet!.truePeakDb).toBeCloseTo(12, 0);
    // ffmpeg's sine has an amplitude of 1/8, and as much in both loudspeakers; made stereo, each gets it 3 dB down.
    expect(mono!.truePeakDb).toBeCloseTo(-18.06, 0);
    expect(mono!.integratedLufs - loud!.integratedLufs).toBeCloseTo(3, 0);
  });

  it('that is silent has no loudness, and is no failure', async () => {
    const path = await makeMedia('flac', '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo', '-t', '2');
    const { playback } = await owner.waitFor(await owner.upload(path), (reply) =>
      Boolean(reply.playback?.sound?.waveform),
    );
    expect(playback!.renditions[0]!.loudness).toBeNull();
    expect(new Set(await readPeaks(playback!.sound!.waveform!))).toEqual(new Set([0]));
  });

  it.each(['mp3', 'ogg', 'm4a'])('alone has names, a cover and a waveform: %s', async (extension) => {
    const names = ['-metadata', 'title=A Tune', '-metadata', 'artist=The Ones', '-metadata', 'album=Of Sound'];
    const steps = [
      ...tone(0, 3),
      ...tone(-100, 3),
      ...tone(0, 2),
      '-filter_complex',
      '[0:a][1:a][2:a]concat=n=3:v=0:a=1[a]',
      '-map',
      '[a]',
    ];
    const codec = { mp3: 'libmp3lame', ogg: 'libvorbis', m4a: 'aac' }[extension]!;
    const path = await makeMedia(extension, ...steps, ...names, '-c:a', codec);
    const { video, playback } = await owner.waitFor(
      await owner.upload(path),
      (reply) => isReady(reply) && Boolean(reply.playback?.sound?.waveform && reply.video.posterUrl),
    );
    expect(video.hasPicture).toBe(false);
    expect(playback!.sound).toMatchObject({ title: 'A Tune', artist: 'The Ones', album: 'Of Sound' });
    const peaks = await readPeaks(playback!.sound!.waveform!);
    expect(peaks).toHaveLength(1200);
    const loudest = (from: number, to: number) => Math.max(...peaks.slice(from, to));
    expect(loudest(100, 420)).toBeGreaterThan(25);
    expect(loudest(480, 870)).toBeLessThan(3);
    expect(loudest(930, 1150)).toBeGreaterThan(25);
    expect((await get(video.posterUrl!, 'image/avif')).headers.get('content-type')).toBe('image/avif');
  });

  async function readPeaks(url: string): Promise<number[]> {
    const { headers, bytes } = await get(url);
    expect(headers.get('content-type')).toBe('application/json');
    return (JSON.parse(bytes.toString('utf8')) as { peaks: number[] }).peaks;
  }
});
