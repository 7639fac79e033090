import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaptionWire, OwnCaptionWire } from '../../src/features/captions/api.ts';
import type { LibraryWire } from '../../src/features/libraries/api.ts';
import type { VideoReply, VideoWire } from '../../src/features/videos/api.ts';
import { isPlayable, type TestClient } from '../support/client.ts';
import { download, readMultivariant, readPlaylist } from '../support/hls.ts';
import { ffmpeg, ffprobe, makeClip, makeMedia } from '../support/media.ts';
import { writeAss, writePgs, writeVobSub } from '../support/subtitles.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Subtitles: out of files and from beside them, in every format and encoding, to players of every kind. */

let kinora: TestApp;
let admin: TestClient;
let folder: string;
let clip: string;
let srt: string;

const SRT =
  '1\n00:00:01,000 --> 00:00:02,500\n<i>Première</i> réplique\n\n2\n00:00:03,000 --> 00:00:05,000\nDeuxième\n';

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [180], policy: { uploads: 'lazy' } } });
  admin = await kinora.admin();
  folder = mkdtempSync(join(tmpdir(), 'kinora-captions-'));
  clip = await makeClip({ seconds: 8, size: '320x180', rate: '10', gop: 20, audio: null });
  srt = write('one.srt', SRT);
});
afterAll(async () => {
  await kinora?.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Adds tracks to the clip: `maps` and what else ffmpeg is told. */
async function mux(name: string, inputs: string[], ...more: string[]): Promise<string> {
  const path = join(folder, name);
  const maps = inputs.flatMap((_, n) => ['-map', `${n + 1}`]);
  await ffmpeg(
    ...['-v', 'error', '-copyts', '-i', clip, ...inputs.flatMap((input) => ['-i', input])],
    ...['-map', '0:v', ...maps, '-c', 'copy', ...more, path],
  );
  return path;
}

const own = async (id: string) => (await admin.get<{ items: OwnCaptionWire[] }>(`/api/videos/${id}/captions`)).items;

/** Uploads a film and waits until none of its tracks is pending. */
async function upload(path: string, count: number): Promise<{ id: string; captions: CaptionWire[] }> {
  const id = await admin.upload(path, { visibility: 'public' });
  await admin.waitFor(id, isPlayable);
  await settled(id, count);
  return { id, captions: (await admin.get<VideoReply>(`/api/videos/${id}`)).playback!.captions };
}

const settled = (id: string, count: number) =>
  vi.waitFor(async () => expect((await own(id)).filter(({ state }) => state !== 'pending')).toHaveLength(count), {
    timeout: 20_000,
    interval: 50,
  });

const text = async (url: string) => (await admin.bytes(url)).toString('utf8');

describe('tracks inside a file', () => {
  let film: { id: string; captions: CaptionWire[] };
  let font: Buffer;

  beforeAll(async () => {
    const ass = writeAss(folder, 'signs.ass', [['0:00:01.00', '0:00:04.00', '{\\pos(10,20)}A {\\i1}sign{\\i0}, here']]);
    font = Buffer.concat([Buffer.from([0, 1, 0, 0]), Buffer.alloc(4000, 7)]);
    const attached = write('Kinora Test.ttf', font);
    const pgs = writePgs(
      folder,
      'pictures.sup',
      [{ startSec: 2, endSec: 4, box: { x: 100, y: 120, width: 120, height: 30 } }],
      { width: 320, height: 180 },
    );
    const path = await mux(
      'embedded.mkv',
      [srt, ass, pgs],
      ...['-metadata:s:s:0', 'language=fre', '-disposition:s:0', 'default'],
      ...['-metadata:s:s:1', 'language=eng', '-metadata:s:s:1', 'title=Signs & songs', '-disposition:s:1', 'forced'],
      ...['-metadata:s:s:2', 'language=ger', '-disposition:s:2', 'hearing_impaired'],
      ...['-attach', attached, '-metadata:s:t:0', 'mimetype=font/ttf'],
    );
    film = await upload(path, 3);
  });

  it('are offered with their language, name and flags', () => {
    expect(film.captions).toMatchObject([
      { language: 'fr', label: 'French', kind: 'subtitles', format: 'vtt', forced: false, default: true, fonts: [] },
      { language: 'en', label: 'English – Signs & songs (forced)', format: 'ass', forced: true, default: false },
      { language: 'de', label: 'German (SDH)', kind: 'captions', format: 'pgs', forced: false, vtt: null },
    ]);
  });

  it('become WebVTT', async () => {
    expect(await text(film.captions[0]!.vtt!)).toBe(
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<i>Première</i> réplique\n\n00:00:03.000 --> 00:00:05.000\nDeuxième\n',
    );
    expect(await text(film.captions[1]!.vtt!)).toContain('00:00:01.000 --> 00:00:04.000\nA <i>sign</i>, here');
  });

  it('keep what ASS needs: the file itself, and its fonts', async () => {
    const ass = film.captions[1]!;
    const kept = await text(ass.url!);
    expect(kept).toContain('Kinora Test,40,&H0000FFFF');
    expect(kept).toMatch(
      /Dialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,\{\\pos\(10,20\)\}A \{\\i1\}sign\{\\i0\}, here/,
    );
    expect(ass.fonts).toHaveLength(1);
    const { response, bytes } = await admin.raw('GET', ass.fonts[0]!);
    expect(response.headers.get('content-type')).toBe('font/ttf');
    expect(bytes.equals(font)).toBe(true);
  });

  it('keep pictures as a .sup file', async () => {
    const path = write('back.sup', await admin.bytes(film.captions[2]!.url!));
    expect(await ffprobe('-show_entries', 'stream=codec_name,width:packet=pts_time', '-of', 'csv=p=0', path)).toMatch(
      /^2\.000000[\s\S]+4\.000000[\s\S]+hdmv_pgs_subtitle,320/,
    );
  });

  it('are in the HLS playlist, in segments that cover the film', async () => {
    const { playback } = await admin.get<VideoReply>(`/api/videos/${film.id}`);
    const master = await text(playback!.hls);
    const media = master.split('\n').filter((line) => line.includes('TYPE=SUBTITLES'));
    expect(media).toHaveLength(2);
    expect(media[0]).toMatch(
      /NAME="French",LANGUAGE="fr",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI="captions\/.+\/index.m3u8"/,
    );
    expect(media[1]).toMatch(/DEFAULT=NO,AUTOSELECT=YES,FORCED=YES/);
    expect(master).toMatch(/#EXT-X-STREAM-INF:.*SUBTITLES="captions"/);
    const base = `/media/${film.id}/captions/${film.captions[0]!.id}`;
    expect(await text(`${base}/index.m3u8`)).toBe(
      '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:8\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n' +
        '#EXTINF:8.000000,\n0.vtt\n#EXT-X-ENDLIST\n',
    );
    const segment = await text(`${base}/0.vtt`);
    expect(segment).toMatch(/^WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n/);
    expect(segment).toContain('Deuxième');
    for (const name of ['1.vtt', '01.vtt', '99999999.vtt']) {
      expect((await admin.raw('GET', `${base}/${name}`)).response.status).toBe(404);
    }
  });

  it('are in the DASH manifest', async () => {
    const { playback } = await admin.get<VideoReply>(`/api/videos/${film.id}`);
    const mpd = await text(playback!.dash);
    expect(mpd).toMatch(
      new RegExp(
        `<AdaptationSet contentType="text" mimeType="text/vtt" lang="fr"><Label>French</Label>.+?<BaseURL>captions/${film.captions[0]!.id}.vtt</BaseURL>`,
      ),
    );
    expect(mpd).toContain('value="forced-subtitle"');
  });

  it('are for whoever may watch the video, and for nobody else', async () => {
    const urls = film.captions.flatMap(({ url, vtt, fonts }) => [url, vtt, ...fonts]).filter((url) => url !== null);
    for (const url of urls) expect((await kinora.client().raw('GET', url)).response.status).toBe(200);
    await admin.send('PATCH', `/api/videos/${film.id}`, { visibility: 'private' });
    for (const url of urls) expect((await kinora.client().raw('GET', url)).response.status).toBe(404);
    const signed = (await admin.get<VideoReply>(`/api/videos/${film.id}`)).playback!.captions;
    expect((await kinora.client().raw('GET', signed[0]!.url!)).response.status).toBe(200);
    const other = await kinora.member('stranger');
    expect((await other.raw('GET', `/api/videos/${film.id}/captions`)).response.status).toBe(404);
    await admin.send('PATCH', `/api/videos/${film.id}`, { visibility: 'public' });
    expect((await other.raw('GET', `/api/videos/${film.id}/captions`)).response.status).toBe(403);
  });

  it('of MP4 are text too', async () => {
    const { captions } = await upload(
      await mux('text.mp4', [srt], '-c:s', 'mov_text', '-metadata:s:s:0', 'language=fra'),
      1,
    );
    expect(captions).toMatchObject([{ language: 'fr', format: 'vtt' }]);
    expect(await text(captions[0]!.vtt!)).toContain('00:00:03.000 --> 00:00:05.000\nDeuxième');
  });

  it('are in step with a film whose clock does not start at zero', async () => {
    const { captions } = await upload(await mux('late.mkv', [srt], '-output_ts_offset', '18000'), 1);
    expect(await text(captions[0]!.vtt!)).toContain('00:00:01.000 --> 00:00:02.500\n<i>Première');
  });

  it('that were muxed in an old encoding are read all the same', async () => {
    const old = write('old.srt', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nDéjà été là-bas\n', 'latin1'));
    const { captions } = await upload(await mux('old.mkv', [old], '-metadata:s:s:0', 'language=fre'), 1);
    expect(await text(captions[0]!.vtt!)).toContain('Déjà été là-bas');
  });

  it('that are empty or of no use fail alone, with a sentence', async () => {
    const empty = write('empty.srt', '1\n00:00:01,000 --> 00:00:02,000\n{\\an8}\n');
    const { id, captions } = await upload(await mux('partly.mkv', [srt, empty]), 2);
    expect(captions).toHaveLength(1);
    expect((await own(id)).map(({ state, failure }) => ({ state, failure }))).toEqual([
      { state: 'ready', failure: null },
      { state: 'failed', failure: 'There is no caption in it that can be shown.' },
    ]);
  });
});

describe('files beside a film', () => {
  let films: string;
  let library: LibraryWire;
  let id: string;

  const film = async () => (await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${library.id}`)).items;
  const labels = async () =>
    (await admin.get<VideoReply>(`/api/videos/${id}`)).playback?.captions.map(({ label }) => label) ?? [];
  const becomes = (expected: string[]) => expect.poll(labels, { timeout: 15_000, interval: 50 }).toEqual(expected);

  beforeAll(async () => {
    films = join(kinora.folder, 'films');
    mkdirSync(join(films, 'Subs', 'Film'), { recursive: true });
    copyFileSync(clip, join(films, 'Film.mp4'));
    writeFileSync(join(films, 'Film.fr.forced.srt'), SRT);
    writeFileSync(
      join(films, 'Subs', 'Film', '2_Russian.srt'),
      windows1251('1\n00:00:01,000 --> 00:00:02,000\nПривет, как дела?\n'),
    );
    writeFileSync(join(films, 'Unrelated.en.srt'), SRT);
    const body = { name: 'Films', kind: 'movies', folders: [films] };
    library = (await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201)).library;
    id = await vi.waitFor(
      async () => {
        const [found] = await film();
        expect(found?.playable).toBe(true);
        return found!.id;
      },
      { timeout: 15_000 },
    );
  });

  it('are found with the film, in whatever encoding', async () => {
    await becomes(['French (forced)', 'Russian']);
    const { playback } = await admin.get<VideoReply>(`/api/videos/${id}`);
    expect(await text(playback!.captions[1]!.vtt!)).toContain('Привет, как дела?');
    expect((await own(id))[1]).toMatchObject({
      origin: 'sidecar',
      encoding: 'windows-1251',
      filename: '2_Russian.srt',
    });
  });

  it('are followed: added, changed, removed', async () => {
    const path = join(films, 'Film.en.vtt');
    writeFileSync(path, 'WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nHello\n');
    await becomes(['French (forced)', 'Russian', 'English']);
    const find = async () =>
      (await admin.get<VideoReply>(`/api/videos/${id}`)).playback!.captions.find(({ language }) => language === 'en');
    const before = (await find())!;
    writeFileSync(path, 'WEBVTT\n\n00:01.000 --> 00:02.000\nChanged their mind\n');
    await expect
      .poll(async () => (await find())?.url ?? before.url, { timeout: 15_000, interval: 50 })
      .not.toBe(before.url);
    expect(await text((await find())!.vtt!)).toContain('Changed their mind');
    // The old address is not another track's now.
    expect((await admin.raw('GET', before.url!)).response.status).toBe(404);
    rmSync(path);
    await becomes(['French (forced)', 'Russian']);
    expect(readFileSync(join(films, 'Film.fr.forced.srt'), 'utf8')).toBe(SRT);
  });

  it('say what is wrong with them', async () => {
    writeFileSync(join(films, 'Film.de.srt'), 'nothing of use');
    await expect
      .poll(async () => (await own(id)).map(({ failure }) => failure), { timeout: 15_000, interval: 50 })
      .toContain('There is no caption in it that can be shown.');
    rmSync(join(films, 'Film.de.srt'));
  });

  it('stay when the folder goes away for a while', async () => {
    await expect.poll(async () => (await own(id)).length, { timeout: 15_000 }).toBe(2);
    renameSync(films, `${films}-away`);
    await admin.post(`/api/libraries/${library.id}/scan`, undefined, 202);
    const state = async () => (await admin.get<{ library: LibraryWire }>(`/api/libraries/${library.id}`)).library.state;
    await expect.poll(state, { timeout: 10_000 }).toBe('offline');
    expect(await own(id)).toHaveLength(2);
    renameSync(`${films}-away`, films);
  });

  it('cannot be removed here, as they are files of somebody', async () => {
    const [first] = await own(id);
    const { response, text: problem } = await admin.raw('DELETE', `/api/videos/${id}/captions/${first!.id}`);
    expect(response.status).toBe(409);
    expect(JSON.parse(problem).detail).toContain('in a file beside the video');
  });
});

describe('files that are added by hand', () => {
  let id: string;
  const add = (query: string, body: string | Buffer) =>
    admin.raw('POST', `/api/videos/${id}/captions?${query}`, { body: body as string });

  beforeAll(async () => {
    id = await admin.upload(clip);
    await admin.waitFor(id, isPlayable);
  });

  it('are there at once, and tell their language by their name', async () => {
    const { response, text: reply } = await add('filename=My.Film.pt-BR.sdh.srt', SRT);
    expect(response.status).toBe(201);
    expect(JSON.parse(reply).caption).toMatchObject({
      state: 'ready',
      language: 'pt-BR',
      sdh: true,
      origin: 'uploaded',
    });
    const { playback } = await admin.get<VideoReply>(`/api/videos/${id}`);
    expect(playback!.captions).toMatchObject([{ label: 'Brazilian Portuguese (SDH)', kind: 'captions' }]);
  });

  it('can be renamed and removed', async () => {
    const [{ id: caption } = { id: '' }] = await own(id);
    await admin.send('PATCH', `/api/videos/${id}/captions/${caption}`, { language: 'es', sdh: false, title: 'Fans' });
    expect(await own(id)).toMatchObject([{ label: 'Spanish – Fans', language: 'es' }]);
    await admin.send('DELETE', `/api/videos/${id}/captions/${caption}`, undefined, 204);
    expect(await own(id)).toEqual([]);
  });

  it.each([
    ['empty', '', 422, /empty/],
    ['no captions', 'hello', 422, /no caption/],
    ['no text', Buffer.alloc(3000), 422, /no (text|caption)/i],
    ['too large', Buffer.alloc(5 * 1024 * 1024 + 1, 65), 413, /at most 5 MB/],
  ])('are refused with a sentence when they are %s', async (_, body, status, sentence) => {
    const { response, text: problem } = await add('filename=x.srt', body);
    expect(response.status).toBe(status);
    expect(JSON.parse(problem).detail).toMatch(sentence);
    expect(await own(id)).toEqual([]);
  });

  it('take a language as it is said, if it is one', async () => {
    expect((await add('filename=x.srt&language=no!', SRT)).response.status).toBe(422);
    expect((await add('filename=x.srt&language=ger&forced=true', SRT)).response.status).toBe(201);
    expect(await own(id)).toMatchObject([{ language: 'de', forced: true }]);
  });
});

function windows1251(content: string): Buffer {
  return Buffer.from(
    [...content].map((char) => {
      const code = char.codePointAt(0)!;
      return code < 0x80 ? code : code - 0x410 + 0xc0;
    }),
  );
}

describe('pictures drawn into the film', () => {
  /** The brightness in the middle of a subtitle's box, frame by frame, in a downloaded rendition. */
  async function brightness(url: string): Promise<boolean[]> {
    const { variants, audio } = await readMultivariant(admin, url);
    expect(variants).toHaveLength(1);
    expect(audio).toHaveLength(0);
    const path = join(folder, 'burnt.mp4');
    await download(admin, variants[0]!.url, path);
    const raw = join(folder, 'burnt.gray');
    await ffmpeg(
      '-v',
      'error',
      '-i',
      path,
      '-vf',
      'crop=16:16:152:128,scale=1:1',
      '-fps_mode',
      'passthrough',
      '-pix_fmt',
      'gray',
      '-f',
      'rawvideo',
      raw,
    );
    // Not a frame more or less than the film has.
    expect(readFileSync(raw)).toHaveLength(80);
    return [...readFileSync(raw)].map((luma) => luma > 120);
  }
  const shownAt = (frames: boolean[]) =>
    frames.flatMap((on, n) => (on !== (frames[n - 1] ?? false) ? [`${on ? 'on' : 'off'} ${n / 10}`] : []));

  const cues = [
    { startSec: 2, endSec: 5, box: { x: 100, y: 120, width: 120, height: 30 } },
    { startSec: 6.5, endSec: 7.5, box: { x: 100, y: 120, width: 120, height: 30 } },
  ];
  const canvas = { width: 320, height: 180 };
  const expected = ['on 2', 'off 5', 'on 6.5', 'off 7.5'];
  let black: string;
  /** The place for drawing is made right after the pictures have been taken out. */
  const uploadBurnt = async (path: string) => {
    const { id } = await upload(path, 1);
    const found = (reply: VideoReply) => reply.playback?.captions[0]?.burnt != null;
    return { id, captions: (await admin.waitFor(id, found)).playback!.captions };
  };

  beforeAll(async () => {
    black = await makeMedia(
      'mp4',
      ...['-f', 'lavfi', '-i', 'color=c=black:size=320x180:rate=10:duration=8', '-c:v', 'libx264', '-g', '20'],
      ...['-pix_fmt', 'yuv420p', '-sc_threshold', '0'],
    );
  });

  it('of a Blu-ray, in step, and in segments that begin while one is shown', async () => {
    const pgs = writePgs(folder, 'burn.sup', cues, canvas);
    const path = join(folder, 'bluray.mkv');
    const inputs = ['-copyts', '-i', black, '-i', pgs, '-map', '0:v', '-map', '1:s'];
    await ffmpeg('-v', 'error', ...inputs, '-c', 'copy', '-output_ts_offset', '100', path);
    const { id, captions } = await uploadBurnt(path);
    expect(captions).toMatchObject([{ format: 'pgs', vtt: null }]);
    // From the middle first: its session begins at 4 s, where the first one has been shown for two.
    const { variants } = await readMultivariant(admin, captions[0]!.burnt!);
    const { segments } = await readPlaylist(admin, variants[0]!.url);
    await admin.bytes(segments[1]!.url);
    expect(shownAt(await brightness(captions[0]!.burnt!))).toEqual(expected);
    // It is a way of watching of its own, and none of the qualities.
    const { playback } = await admin.get<VideoReply>(`/api/videos/${id}`);
    expect(await text(playback!.hls)).not.toContain(variants[0]!.url.split('/').at(-2)!);
    expect(playback!.renditions.every(({ why }) => !why.includes('drawn into'))).toBe(true);
  });

  it('of a DVD', async () => {
    const pgs = writePgs(folder, 'dvd.sup', cues, canvas);
    const dvd = join(folder, 'dvd.mkv');
    // Only known lengths make pictures go away: `-fix_sub_duration` takes them from the next display set.
    await ffmpeg('-v', 'error', '-fix_sub_duration', '-copyts', '-i', pgs, '-map', '0', '-c:s', 'dvdsub', dvd);
    const path = join(folder, 'dvd-film.mkv');
    await ffmpeg(
      ...['-v', 'error', '-copyts', '-i', black, '-i', dvd, '-map', '0:v', '-map', '1:s', '-c', 'copy', path],
    );
    const { captions } = await uploadBurnt(path);
    expect(captions).toMatchObject([{ format: 'picture', url: null, vtt: null }]);
    expect(shownAt(await brightness(captions[0]!.burnt!))).toEqual(expected);
  });

  it('of a broadcast whose clock began hours ago', async () => {
    const pgs = writePgs(folder, 'dvb.sup', cues, canvas);
    const dvb = join(folder, 'dvb.mkv');
    await ffmpeg('-v', 'error', '-fix_sub_duration', '-copyts', '-i', pgs, '-map', '0', '-c:s', 'dvbsub', dvb);
    const path = join(folder, 'dvb.ts');
    const inputs = ['-copyts', '-i', black, '-i', dvb, '-map', '0:v', '-map', '1:s'];
    await ffmpeg('-v', 'error', ...inputs, '-c', 'copy', '-output_ts_offset', '18000', path);
    const { captions } = await uploadBurnt(path);
    expect(captions).toMatchObject([{ format: 'picture' }]);
    expect(shownAt(await brightness(captions[0]!.burnt!))).toEqual(expected);
  });

  it("of a DVD's .idx and .sub beside the film", async () => {
    const films = join(kinora.folder, 'discs');
    mkdirSync(films);
    copyFileSync(black, join(films, 'Disc.mp4'));
    writeVobSub(films, 'Disc', cues);
    const body = { name: 'Discs', kind: 'movies', folders: [films] };
    const { library } = await admin.post<{ library: LibraryWire }>('/api/libraries', body, 201);
    const captions = await vi.waitFor(
      async () => {
        const { items } = await admin.get<{ items: VideoWire[] }>(`/api/videos?library=${library.id}`);
        const reply = await admin.get<VideoReply>(`/api/videos/${items[0]!.id}`);
        expect(reply.playback?.captions[0]?.burnt).toBeTruthy();
        return reply.playback!.captions;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(captions).toMatchObject([{ language: 'en', format: 'picture' }]);
    expect(shownAt(await brightness(captions[0]!.burnt!))).toEqual(expected);
  });
});
