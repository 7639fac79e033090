import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coverArgv, framesArgv, posterArgv } from '../../media/encode/argv-images.ts';
import { lackingFilters, type PictureSource } from '../../media/encode/filters.ts';
import { choosePosters } from '../../media/pictures/picture-score.ts';
import type { VideoTrack } from '../../media/types.ts';
import { encodePoster, FORMATS, toPixels, toWebp } from '../../platform/images.ts';
import type { App } from '../../ports.ts';
import type { StreamSource } from '../../streaming/source.ts';
import { runImages } from './image-runs.ts';

/** How many frames a poster is chosen from. */
const CANDIDATES = 8;
/** From 6 % to 76 %: past the titles, before the end gives itself away. */
const SHARES = Array.from({ length: CANDIDATES }, (_, n) => 0.06 + (0.7 * n) / (CANDIDATES - 1));
const POSTER_WIDTH = 1280;
/** What a person chooses from is shown small, and kept as good as a poster has to be. */
const CHOICE_WIDTH = 320;
const CHOICE_QUALITY = 86;

export interface PosterChoices {
  /** The pictures worth having, in the order of the film. */
  pictures: Buffer[];
  best: number;
}

/** The good frames of a film and the best of them; for sound alone the cover it carries. Null where there is nothing. */
export async function findPosters(
  app: App,
  source: StreamSource,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<PosterChoices | null> {
  const track = source.info.video[0];
  if (!track) {
    const cover = await readCover(app, source, signal);
    return cover ? { pictures: [cover], best: 0 } : null;
  }
  const picture = { ...track, lacking: lackingFilters(await app.ffmpeg.filters()) };
  const frames = await readCandidates(app, source, picture, { folder, signal });
  const chosen = await choose(frames);
  if (chosen.good || frames.length === 0) return chosen.pictures.length > 0 ? chosen : null;
  // One key frame, and that one black: what comes after it is looked at as well.
  const early = await readEarlyFrames(app, source, picture, { folder, signal });
  return choose([...frames, ...early]);
}

async function choose(frames: Buffer[]): Promise<PosterChoices & { good: boolean }> {
  const pixels = await Promise.all(frames.map(toPixels));
  const { kept, best, good } = choosePosters(pixels);
  return { pictures: kept.map((n) => frames[n]!), best, good };
}

/** A key frame at each share of the film: fetched by the packager where it can, else by an ffmpeg each. */
async function readCandidates(
  app: App,
  source: StreamSource,
  track: VideoTrack & PictureSource,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<Buffer[]> {
  const momentsUs = SHARES.map((share) => share * source.timeline.durationUs);
  const film = await writeKeyFrames(app, source, track, momentsUs, join(folder, 'candidates.mp4'), signal);
  let fetched: Buffer[] = [];
  if (film) {
    const options = { path: film.path, demuxer: 'mov', trackIndex: 0, source: track, width: POSTER_WIDTH };
    fetched = await makeFrames(app, join(folder, 'candidates'), signal, (into) =>
      framesArgv({ ...options, folder: into, picking: { turn: track } }),
    );
    if (fetched.length >= film.frames) return fetched;
    app.log.debug(
      { videoId: source.videoId, of: film.frames, got: fetched.length },
      'Key frames that cannot be drawn.',
    );
  }
  const { path, info, timeline } = source;
  const frames: Buffer[] = [];
  for (const momentUs of momentsUs) {
    const argv = posterArgv({
      path,
      demuxer: info.container.demuxer,
      trackIndex: track.index,
      atSec: timeline.ffmpegOriginSec + momentUs / 1e6,
      source: track,
      width: POSTER_WIDTH,
    });
    // One frame that cannot be made is no reason to have no poster; being told to stop is.
    const frame = await runImages(app, argv, signal).catch(() => null);
    signal.throwIfAborted();
    if (frame && frame.length > 0) frames.push(frame);
  }
  return frames.length > fetched.length ? frames : fetched;
}

async function readEarlyFrames(
  app: App,
  source: StreamSource,
  track: VideoTrack & PictureSource,
  { folder, signal }: { folder: string; signal: AbortSignal },
): Promise<Buffer[]> {
  const { path, info } = source;
  const everySec = Math.max(0.5, Math.min(5, info.durationSec / CANDIDATES));
  const stream = { path, demuxer: info.container.demuxer, trackIndex: track.index, source: track, width: POSTER_WIDTH };
  return makeFrames(app, join(folder, 'early'), signal, (into) =>
    framesArgv({ ...stream, folder: into, picking: { everySec, frames: CANDIDATES } }),
  );
}

async function makeFrames(
  app: App,
  folder: string,
  signal: AbortSignal,
  argvFor: (folder: string) => string[],
): Promise<Buffer[]> {
  await mkdir(folder, { recursive: true });
  await runImages(app, argvFor(folder), signal).catch(() => null);
  signal.throwIfAborted();
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}

async function readCover(app: App, { info, path }: StreamSource, signal: AbortSignal): Promise<Buffer | null> {
  const cover = info.covers[0];
  if (cover === undefined) return null;
  const argv = coverArgv({ path, demuxer: info.container.demuxer, trackIndex: cover });
  const printed = await runImages(app, argv, signal).catch(() => null);
  signal.throwIfAborted();
  return printed && printed.length > 0 ? printed : null;
}

/**
 * Writes the key frames at some moments as a small film, one second each, and says how many there are. Null where the
 * packager cannot read the pictures, or where a key frame alone is not the whole picture.
 */
export async function writeKeyFrames(
  app: App,
  source: StreamSource,
  track: VideoTrack,
  momentsUs: readonly number[],
  path: string,
  signal: AbortSignal,
): Promise<{ path: string; frames: number } | null> {
  if (!source.timeline.source || track.interlaced || track.hasAlpha) return null;
  const file = await open(path, 'w');
  let pieces = 0;
  try {
    for await (const piece of app.streaming.keyFrames(source, track.index, momentsUs)) {
      signal.throwIfAborted();
      await file.write(piece);
      pieces++;
    }
  } catch (error) {
    signal.throwIfAborted();
    app.log.debug({ error, videoId: source.videoId }, 'The packager cannot fetch key frames; ffmpeg reads the file.');
    return null;
  } finally {
    await file.close();
  }
  return pieces > 1 ? { path, frames: pieces - 1 } : null;
}

/** Writes a poster in all widths; what every client can show comes first, and `shown` is told when that is there. */
export async function putPoster(app: App, prefix: string, picture: Buffer, shown?: () => void): Promise<void> {
  for (const format of FORMATS.toReversed()) {
    for (const { width, bytes } of await encodePoster(picture, format)) {
      await app.storage.put(`${prefix}poster-${width}.${format}`, bytes);
    }
    if (format === 'webp') shown?.();
  }
}

/** Keeps what a person can choose from: `choice-N.webp`, and as `choice-N-320.webp` to look at. */
export async function putChoices(app: App, prefix: string, pictures: Buffer[]): Promise<void> {
  for (const [n, picture] of pictures.entries()) {
    await app.storage.put(`${prefix}choice-${n}.webp`, await toWebp(picture, POSTER_WIDTH, CHOICE_QUALITY));
    await app.storage.put(`${prefix}choice-${n}-320.webp`, await toWebp(picture, CHOICE_WIDTH));
  }
}
