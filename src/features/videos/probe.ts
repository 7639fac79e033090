import { and, eq, isNull } from 'drizzle-orm';
import { Problem } from '../../core/problem.ts';
import { HOUR_MS } from '../../core/time.ts';
import { isProtected } from '../../media/container/protection.ts';
import { sniffContainer } from '../../media/container/sniff.ts';
import { listTimesArgv, probeArgv } from '../../media/encode/argv.ts';
import { encodable } from '../../media/encode/encoders/encoders.ts';
import { lackingFilters } from '../../media/encode/filters.ts';
import { planRenditions } from '../../media/plan/plan.ts';
import { primaryVideo } from '../../media/plan/video.ts';
import { readLengthSec } from '../../media/probe/packets.ts';
import { declaresLength, mediaEncrypted, mediaUnplayable, readProbe } from '../../media/probe/read.ts';
import type { Container, MediaInfo } from '../../media/types.ts';
import { FfmpegError } from '../../platform/ffmpeg.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import { isStorageAway } from '../../platform/storage/port.ts';
import type { App } from '../../ports.ts';
import { readMoov } from '../../streaming/reading/moov.ts';
import { openPath, whyUnreadable } from '../../streaming/reading/open-path.ts';
import { type Facts, readFacts } from '../../streaming/reading/read-facts.ts';
import { isSystemError } from '../../streaming/reading/source-files.ts';
import { STREAM_FORMAT } from '../../streaming/source.ts';
import { countProbe } from './probes.queries.ts';
import { markPlayable, type Probed } from './renditions.service.ts';
import { repairClock } from './repair.ts';
import { sources, videos } from './schema.ts';
import { sourcePath } from './streams.queries.ts';

const HEAD_BYTES = 64 * 1024;

/**
 * Understands a video's source: sniff, probe, boundaries, plan. Afterwards it can be played. Done again, it changes nothing,
 * unless what was understood is of an older format.
 * Throws `media-unplayable` with a sentence for the owner where the file is no use.
 */
export async function probeVideo(
  app: App,
  videoId: string,
  context: Pick<JobContext, 'signal' | 'progress' | 'log'>,
): Promise<void> {
  const { signal } = context;
  const row = app.db.orm
    .select({ video: videos, source: sources })
    .from(sources)
    .innerJoin(videos, eq(videos.id, sources.videoId))
    .where(and(eq(sources.videoId, videoId), isNull(videos.deletedAtMs)))
    .get();
  if (!row || (row.video.playableAtMs !== null && row.source.format >= STREAM_FORMAT)) return;
  const original = sourcePath(app, row.source);
  const container = await sniffFile(original);
  const repairedKey = await repairClock(app, row.source, { ...context, path: original, container });
  const path = repairedKey === null ? original : app.storage.addressOf(repairedKey);
  const info = await probeFile(app, path, container, context);
  const { timeline, copy, refused, indexes } = await app.streaming.inspect(path, info);
  const { encoding } = app.config;
  const specs = planRenditions({
    info,
    copy,
    refused,
    grids: { source: timeline.source !== null, sparse: timeline.source?.sparse ?? false },
    settings: encodable(encoding, await app.ffmpeg.encoders()),
    lacking: lackingFilters(await app.ffmpeg.filters()),
  });
  const policy = row.video.origin === 'library' ? encoding.policy.libraries : encoding.policy.uploads;
  const probed: Probed = { sourceId: row.source.id, repairedKey, info, timeline, renditions: specs, indexes, policy };
  signal.throwIfAborted();
  // Segments of earlier renditions, of an older format or of a file that has been replaced, belong to nobody any more.
  await app.streaming.release(videoId);
  await app.storage.deletePrefix(`videos/${videoId}/hls/`).catch((error: unknown) => {
    // There are none of what has never been played.
    if (row.source.info || !isStorageAway(error)) throw error;
  });
  app.db.write((tx) => markPlayable(app, tx, videoId, probed));
}

/** What a file is by its content. Throws `media-unplayable` for what is no film and no sound. */
export async function sniffFile(path: string): Promise<Container> {
  const file = await openPath(path);
  try {
    const sniffed = sniffContainer(await file.read(0, HEAD_BYTES));
    if (!sniffed.ok) throw mediaUnplayable(sniffed.reason);
    return sniffed.container;
  } finally {
    await file.close();
  }
}

/** Why a video's file in place cannot be read; null where it can, or where it is in storage. */
export async function findOutOfReach(app: App, videoId: string): Promise<{ sourceId: string; error: unknown } | null> {
  const of = and(eq(sources.videoId, videoId), eq(sources.kind, 'inPlace'));
  const source = app.db.orm.select().from(sources).where(of).get();
  if (!source) return null;
  const error = await whyUnreadable(sourcePath(app, source));
  return error && { sourceId: source.id, error };
}

/** In this process where the file is of a usual kind; everything else, and what is damaged, ffprobe knows better. */
async function probeFile(
  app: App,
  path: string,
  container: Container,
  { signal, log }: Pick<JobContext, 'signal' | 'log'>,
): Promise<MediaInfo> {
  const facts = await readInProcess(app, path, container, signal);
  const by = facts.info ? 'process' : 'ffprobe';
  countProbe(app, by);
  if (facts.info === null) log(`ffprobe is asked: ${facts.why}.\n`);
  app.log.debug({ path, by, ...(facts.info ? {} : { why: facts.why }) }, 'probed');
  const info = facts.info ?? (await askFfprobe(app, path, container, signal));
  // From here on the first is the one that is shown.
  const primary = primaryVideo(info.video);
  return { ...info, video: info.video.toSorted((a, b) => Number(b === primary) - Number(a === primary)) };
}

/** Without ffmpeg there is nothing to plan: who asks for it is told so. */
async function readInProcess(app: App, path: string, container: Container, signal: AbortSignal): Promise<Facts> {
  if ((await app.ffmpeg.encoders()) === null) return { info: null, why: 'ffmpeg cannot be started' };
  return readFacts(path, container, signal);
}

async function askFfprobe(app: App, path: string, container: Container, signal: AbortSignal): Promise<MediaInfo> {
  if (container.name === 'mp4') await refuseProtected(path);
  let printed: Buffer;
  try {
    printed = await app.ffmpeg.probe(probeArgv({ path, demuxer: container.demuxer }), { signal });
  } catch (error) {
    if (!(error instanceof FfmpegError) || error.reason !== 'failed') throw error;
    throw mediaUnplayable('This file is damaged: it begins like a video, but cannot be read. Try to send it again.', {
      cause: error,
    });
  }
  const said: unknown = JSON.parse(printed.toString('utf8'));
  const measuredSec = declaresLength(said) ? null : await measureLength(app, path, container, signal);
  return readProbe(said, container, measuredSec);
}

/** What ffprobe says of an encrypted film is what it would be without: it would be offered, and decode to noise. */
async function refuseProtected(path: string): Promise<void> {
  const file = await openPath(path);
  try {
    const moov = await readMoov(file);
    if (moov && isProtected(moov.bytes)) throw mediaEncrypted();
  } finally {
    await file.close();
  }
}

/** Of a file that does not say: all of it has to be read. Null where even that does not tell. */
async function measureLength(
  app: App,
  path: string,
  { demuxer }: Container,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const printed = await app.ffmpeg.probe(listTimesArgv({ path, demuxer }), { signal, timeoutMs: HOUR_MS });
    return readLengthSec(printed.toString('utf8'));
  } catch (error) {
    if (error instanceof FfmpegError && error.reason === 'failed') return null;
    throw error;
  }
}

/** The sentence that a video's owner reads when work on it has failed for good. */
export function failureSentence(error: unknown): string {
  if (error instanceof Problem) return error.detail;
  if (error instanceof FfmpegError) {
    if (error.reason === 'missing') return 'ffmpeg is not installed on the server. Ask its admin, then try again.';
    if (error.reason === 'hung')
      return 'The encoder got stuck on this file. The file may be damaged; try another copy of it.';
    if (error.reason === 'killed')
      return 'The encoder was ended by the system, which may be short of memory. Try again.';
    return 'The encoder cannot read this file to its end. It may be damaged; try another copy of it.';
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') return 'The original file is gone or cannot be reached.';
  if (code === 'EACCES' || code === 'EPERM')
    return 'The server is not allowed to read the original file. Check its permissions.';
  if (isSystemError(error))
    return 'The original file cannot be read: its disk or network share does not answer as it should.';
  return 'Something went wrong while this video was processed. An admin finds more on the jobs page.';
}
