import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../core/ids.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { coverArgv, posterArgv, storyboardArgv } from '../../media/argv-images.ts';
import { planStoryboard, storyboardVtt } from '../../media/storyboard.ts';
import { chooseSharpest, drawSoundPoster, toSheet, toWebp } from '../../platform/images.ts';
import type { App } from '../../ports.ts';
import type { StreamSource } from '../../streaming/source.ts';
import { findVideo } from './queries.ts';
import { setImages } from './service.ts';
import { findStream } from './streams.queries.ts';

/** How many frames a poster is chosen from. */
const CANDIDATES = 6;
const POSTER_WIDTH = 1280;

/**
 * Makes a video's poster and storyboard under a new random name and then points the video at them: URLs of pictures never
 * change their meaning, and a half-made set is never seen.
 */
export async function makeImages(app: App, videoId: string, signal: AbortSignal): Promise<void> {
  const stream = findStream(app, videoId);
  const video = findVideo(app.db.orm, videoId);
  if (!stream || !video) return;
  const imageSet = newId(8);
  const prefix = `videos/${videoId}/images/${imageSet}/`;
  const folder = join(app.dataDir.tmpPath, `images-${imageSet}`);
  await mkdir(folder, { recursive: true });
  try {
    const poster = await makePoster(app, stream.source, signal);
    await app.storage.put(`${prefix}poster.webp`, poster ?? (await drawSoundPoster(video.title)));
    // The poster shows at once; the storyboard of a long film takes a while.
    app.db.write((tx) => setImages(app, tx, videoId, imageSet, 0));
    const sheets =
      stream.source.info.video.length > 0 ? await makeStoryboard(app, stream.source, { folder, prefix, signal }) : 0;
    if (sheets > 0) app.db.write((tx) => setImages(app, tx, videoId, imageSet, sheets));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (video.imageSet) await app.storage.deletePrefix(`videos/${videoId}/images/${video.imageSet}/`);
}

/** The best of a few frames; for sound alone the cover it carries, or null. */
async function makePoster(app: App, source: StreamSource, signal: AbortSignal): Promise<Buffer | null> {
  const { info, path, timeline } = source;
  const { demuxer } = info.container;
  const track = info.video[0];
  if (!track) {
    const cover = info.covers[0];
    if (cover === undefined) return null;
    const printed = await run(app, coverArgv({ path, demuxer, trackIndex: cover }), signal).catch(() => null);
    return printed && printed.length > 0 ? toWebp(printed, POSTER_WIDTH) : null;
  }
  const candidates: Buffer[] = [];
  for (let n = 0; n < CANDIDATES; n++) {
    // From 8 % to 60 %: past the titles, before the end gives itself away.
    const atSec = (timeline.durationUs / 1e6) * (0.08 + (0.52 * n) / (CANDIDATES - 1));
    const argv = posterArgv({
      path,
      demuxer,
      trackIndex: track.index,
      atSec: timeline.ffmpegOriginSec + atSec,
      source: track,
      width: POSTER_WIDTH,
    });
    const frame = await run(app, argv, signal).catch(rethrowAborted(signal));
    if (frame && frame.length > 0) candidates.push(frame);
  }
  return candidates.length > 0 ? toWebp(await chooseSharpest(candidates), POSTER_WIDTH) : null;
}

/** Sprite sheets and their WebVTT, from key frames alone. Returns how many sheets. */
async function makeStoryboard(
  app: App,
  source: StreamSource,
  { folder, prefix, signal }: { folder: string; prefix: string; signal: AbortSignal },
): Promise<number> {
  const { info, path, timeline } = source;
  const track = info.video[0]!;
  const plan = planStoryboard({ durationSec: timeline.durationUs / 1e6, width: track.width, height: track.height });
  const argv = storyboardArgv({
    path,
    demuxer: info.container.demuxer,
    trackIndex: track.index,
    source: track,
    plan,
    folder,
  });
  await run(app, argv, signal);
  const names = (await readdir(folder)).filter((name) => name.startsWith('sheet-')).sort();
  for (const [n, name] of names.entries()) {
    await app.storage.put(`${prefix}storyboard-${n}.webp`, await toSheet(await readFile(join(folder, name))));
  }
  await app.storage.put(`${prefix}storyboard.vtt`, Buffer.from(storyboardVtt(plan, (n) => `storyboard-${n}.webp`)));
  return names.length;
}

function run(app: App, argv: string[], signal: AbortSignal): Promise<Buffer> {
  return app.ffmpeg.start(argv, { signal, timeoutMs: 10 * MINUTE_MS }).done;
}

/** One frame that cannot be made is no reason to have no poster; being told to stop is. */
function rethrowAborted(signal: AbortSignal) {
  return (): null => {
    signal.throwIfAborted();
    return null;
  };
}
