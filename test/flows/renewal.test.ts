import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renewOutdated } from '../../src/features/videos/renewal.ts';
import { sources, videos } from '../../src/features/videos/schema.ts';
import { STREAM_FORMAT } from '../../src/streaming/source.ts';
import { isReady, type TestClient } from '../support/client.ts';
import { readMultivariant, readPlaylist } from '../support/hls.ts';
import { makeClip } from '../support/media.ts';
import { createTestApp, type TestApp } from '../support/test-app.ts';

/** Segments of an older version must never be mixed with those of this one. */

let kinora: TestApp;
let client: TestClient;

beforeAll(async () => {
  kinora = await createTestApp({ encoding: { heights: [144] } });
  client = await kinora.member();
});
afterAll(() => kinora?.close());

it('a video of an older format gets new renditions and keeps everything else', async () => {
  const id = await client.upload(await makeClip({ seconds: 5, size: '320x180' }));
  const before = await client.waitFor(id, isReady);
  await client.send('PUT', `/api/videos/${id}/progress`, { positionMs: 3000 });
  const old = before.playback!.renditions.find(({ mode }) => mode === 'encoded')!;
  const folders = () => readdirSync(join(kinora.folder, 'data/videos', id, 'hls')).map((name) => name.split('.')[0]);
  expect(folders()).toContain(old.id);
  const addedAtMs = () => kinora.app.db.orm.select().from(videos).where(eq(videos.id, id)).get()!.playableAtMs;
  const playableAtMs = addedAtMs();

  kinora.app.db.write((tx) =>
    tx
      .update(sources)
      .set({ format: STREAM_FORMAT - 1 })
      .run(),
  );
  renewOutdated(kinora.app);

  const after = await client.waitFor(
    id,
    (reply) => isReady(reply) && reply.playback!.renditions.every((rendition) => rendition.id !== old.id),
  );
  expect(folders()).not.toContain(old.id);
  expect(addedAtMs()).toBe(playableAtMs);
  expect(after.video).toMatchObject({ title: before.video.title, progress: { positionMs: 3000 } });
  for (const { url } of (await readMultivariant(client, after.playback!.hls)).variants) {
    for (const segment of (await readPlaylist(client, url)).segments) await client.bytes(segment.url);
  }
  const { response } = await client.raw('GET', before.playback!.hls.replace('master.m3u8', `${old.id}/index.m3u8`));
  expect(response.status).toBe(404);
});
