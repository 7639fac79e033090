import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WaitingWire } from '../../src/features/playback/api.ts';
import { STREAM_FORMAT } from '../../src/streaming/source.ts';
import { isPlayable, isReady, type TestClient } from '../support/client.ts';
import { encoderPid } from '../support/encoders.ts';
import { type MediaPlaylist, readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Who may encode when: many viewers, few encoders, and people who cannot decide where to watch. */

/** What really happened: which segments were written how often, and how many encoders were started. */
interface Facts {
  written: Map<string, number>;
  encoders: number;
  mostProcesses: number;
  mostWorking: number;
}

/** Looks on, and changes nothing. */
function watch({ app }: TestApp): Facts {
  const facts: Facts = { written: new Map(), encoders: 0, mostProcesses: 0, mostWorking: 0 };
  const { put } = app.storage;
  app.storage.put = (key, ...rest) => {
    if (key.endsWith('.m4s')) facts.written.set(key, (facts.written.get(key) ?? 0) + 1);
    return put(key, ...rest);
  };
  const { start } = app.ffmpeg;
  app.ffmpeg.start = (argv, options) => {
    const running = start(argv, options);
    if (options?.pipes) facts.encoders++;
    facts.mostProcesses = Math.max(facts.mostProcesses, app.ffmpeg.running());
    const working = app.streaming.encoders().items.filter(({ state }) => state === 'working');
    facts.mostWorking = Math.max(facts.mostWorking, working.length);
    return running;
  };
  return facts;
}

const repeated = ({ written }: Facts) => [...written].filter(([, times]) => times > 1);
/** Numbers below a bound, the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 7919 + 7;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Uploads a clip and reads the playlist of its only encoded picture. */
async function addFilm(client: TestClient, clip: string): Promise<{ id: string; playlist: MediaPlaylist }> {
  const id = await client.upload(clip, { visibility: 'internal' });
  const { playback } = await client.waitFor(id, isPlayable);
  const { variants } = await readMultivariant(client, playback!.hls);
  return { id, playlist: await readPlaylist(client, variants.at(-1)!.url) };
}

describe('few encoders and many viewers', () => {
  let kinora: TestApp;
  let owner: TestClient;
  let film: MediaPlaylist;
  let filmId: string;
  let facts: Facts;
  const SLOTS = 2;

  beforeAll(async () => {
    kinora = await createTestApp({
      encoding: { heights: [144], policy: { uploads: 'lazy', libraries: 'lazy' }, aheadSegments: 2, sessions: SLOTS },
    });
    owner = await kinora.member('owner');
    ({ id: filmId, playlist: film } = await addFilm(
      owner,
      await makeClip({ seconds: 120, size: '320x180', rate: '25' }),
    ));
    await kinora.app.queue.drain();
    facts = watch(kinora);
  });
  afterAll(() => kinora?.close());

  /** Asks as somebody does who may go away again. */
  async function ask(client: TestClient, url: string, signal?: AbortSignal): Promise<number> {
    const { response } = await client.raw('GET', url, signal ? { signal } : {});
    return response.status;
  }

  /** The segments of the film as this member may ask for them. */
  async function urlsFor(client: TestClient): Promise<string[]> {
    const { playback } = await client.get<{ playback: { hls: string } }>(`/api/videos/${filmId}`);
    const { variants } = await readMultivariant(client, playback.hls);
    return (await readPlaylist(client, variants.at(-1)!.url)).segments.map(({ url }) => url);
  }

  it('answers everybody who stays, makes nothing twice, and starts no more than it may', async () => {
    const viewers = await Promise.all(['ada', 'ben', 'cleo', 'dan', 'eve', 'fay'].map((name) => kinora.member(name)));
    const ends = await Promise.all(
      viewers.map(async (viewer, n) => {
        const urls = await urlsFor(viewer);
        const random = randomFrom(n);
        for (let jump = 0; jump < 6; jump++) {
          const leaving = new AbortController();
          const asked = ask(viewer, urls[random(urls.length)]!, leaving.signal).catch(() => 0);
          await pause(50 + random(400));
          leaving.abort();
          await asked;
        }
        const last = random(urls.length - 2);
        // A client that is told to come back comes back.
        for (const index of [last, last + 1]) {
          let status = await ask(viewer, urls[index]!);
          while (status === 503) status = await ask(viewer, urls[index]!);
          expect(status).toBe(200);
        }
        return [urls[last]!, urls[last + 1]!];
      }),
    );
    expect(repeated(facts)).toEqual([]);
    // How much more was made depends on how long they stayed where they left: of that, nothing may be said.
    for (const url of ends.flat()) expect([...facts.written.keys()]).toContain(keyOf(url));
    expect(facts.mostWorking).toBeLessThanOrEqual(SLOTS);
    expect(facts.mostProcesses).toBeLessThanOrEqual(SLOTS * 4);
  });

  it('starts next to nothing for somebody who drags along the time line, and soon the place they let go at', async () => {
    const restless = await kinora.member('gus');
    const urls = await urlsFor(restless);
    const missing = () => urls.filter((url) => !facts.written.has(keyOf(url)));
    const before = facts.encoders;
    const places = [...missing(), ...urls];
    for (let n = 0; n < 30; n++) {
      const leaving = new AbortController();
      const asked = ask(restless, places[(n * 11) % places.length]!, leaving.signal).catch(() => 0);
      await pause(80);
      leaving.abort();
      await asked;
    }
    expect(await ask(restless, missing()[0] ?? urls[0]!)).toBe(200);
    expect(facts.encoders - before).toBeGreaterThan(0);
    expect(facts.encoders - before).toBeLessThanOrEqual(6);
    expect(repeated(facts)).toEqual([]);
  });

  /** The storage key of a segment by its URL. */
  function keyOf(url: string): string {
    const [rendition, name] = url.split('/').slice(-2);
    return `videos/${filmId}/hls/${rendition}.${STREAM_FORMAT}/${name}`;
  }

  it('knows a film that nobody watches any more by its ended encoders', async () => {
    await kinora.app.streaming.release(filmId);
    expect(kinora.app.streaming.encoders().items).toEqual([]);
    expect(kinora.app.ffmpeg.running()).toBe(0);
    expect(film.segments.length).toBeGreaterThan(20);
  });
});

describe.runIf(process.platform === 'linux')('a single encoder that is busy', () => {
  it('tells the next viewer so, and serves them when it is their turn', async () => {
    const kinora = await createTestApp({
      encoding: { heights: [144], policy: { uploads: 'lazy', libraries: 'lazy' }, sessions: 1 },
    });
    try {
      const admin = await kinora.admin();
      const { id, playlist } = await addFilm(admin, await makeClip({ seconds: 60, size: '320x180', rate: '25' }));
      const other = await kinora.member('other');
      const { playback } = await other.get<{ playback: { hls: string } }>(`/api/videos/${id}`);
      const theirs = (await readPlaylist(other, (await readMultivariant(other, playback.hls)).variants.at(-1)!.url))
        .segments;
      await kinora.app.queue.drain();
      // Its encoder stands still, so that it stays busy for as long as we like.
      const first = admin.raw('GET', playlist.segments[0]!.url);
      const pid = await encoderPid();
      process.kill(pid, 'SIGSTOP');
      const second = other.raw('GET', theirs[10]!.url);
      await expect.poll(() => waitingOf(other, playback.hls)).toEqual({ waiting: 'turn', ahead: 0 });
      expect(await waitingOf(admin, playlist.initUrl.replace(/[^/]+\/init.mp4$/, 'master.m3u8'))).toEqual({
        waiting: 'part',
        ahead: 0,
      });
      const { slots, items } = await admin.get<{ slots: number; items: { state: string; viewers: number }[] }>(
        '/api/jobs/encoders',
      );
      expect(slots).toBe(1);
      expect(items.map(({ state, viewers }) => [state, viewers])).toEqual([
        ['working', 1],
        ['waiting', 1],
      ]);
      const { response, text } = await second;
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('3');
      expect(JSON.parse(text)).toMatchObject({
        type: expect.stringContaining('encoder-busy'),
        detail: expect.stringMatching(/turn next/),
      });
      const again = other.raw('GET', theirs[10]!.url);
      process.kill(pid, 'SIGCONT');
      expect((await first).response.status).toBe(200);
      expect((await again).response.status).toBe(200);
      expect(await waitingOf(other, playback.hls)).toEqual({ waiting: 'nothing', ahead: 0 });
    } finally {
      await kinora.close();
    }
  }, 60_000);

  const waitingOf = (client: TestClient, hls: string) => client.get<WaitingWire>(hls.replace('master.m3u8', 'waiting'));
});

describe('a ladder being filled and viewers', () => {
  it('fill each other’s gaps: nothing is made twice, and the fill goes on after them', async () => {
    const kinora = await createTestApp({ encoding: { heights: [144], sessions: 1, aheadSegments: 1 } });
    try {
      const facts = watch(kinora);
      const owner = await kinora.member('owner');
      const id = await owner.upload(await makeClip({ seconds: 48, size: '320x180', rate: '25' }), {
        visibility: 'internal',
      });
      const { playback } = await owner.waitFor(id, isPlayable);
      const { variants } = await readMultivariant(owner, playback!.hls);
      const { segments } = await readPlaylist(owner, variants.at(-1)!.url);
      // In the middle, while the ladder is filled from its beginning.
      for (const index of [6, 7, 2, 9])
        expect((await owner.raw('GET', segments[index]!.url)).response.status).toBe(200);
      await owner.waitFor(id, isReady, 120_000);
      expect(repeated(facts)).toEqual([]);
      const { playback: after } = await owner.waitFor(id, isReady);
      expect(after!.renditions.map(({ filledPercent }) => filledPercent)).toEqual(after!.renditions.map(() => 100));
    } finally {
      await kinora.close();
    }
  }, 150_000);
});
