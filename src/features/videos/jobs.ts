import type { z } from 'zod';
import { SECOND_MS } from '../../core/time.ts';
import { FfmpegError } from '../../platform/ffmpeg.ts';
import { PermanentJobError } from '../../platform/queue.define.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { noteWeighed, weighEncoded } from './bandwidth.ts';
import { makeImages } from './images.ts';
import { fillJob, imagesJob, probeJob, recheckJob, soundJob, TRIES } from './job-definitions.ts';
import { failureSentence, findOutOfReach, probeVideo } from './probe.ts';
import { findVideo } from './queries.ts';
import { recheckOriginals } from './restored.service.ts';
import { markReady, noteEncodePercent, setMissing } from './service.ts';
import { measureSound } from './sound.ts';
import { findStream } from './streams.queries.ts';

/** Says who does this feature's background work. */
export function handleVideoJobs(app: App): void {
  app.queue.handle(probeJob, ({ videoId }, context) => explaining(context, () => probeInReach(app, videoId, context)));
  app.queue.handle(fillJob, (payload, context) => explaining(context, () => fillVideo(app, payload, context)));
  app.queue.handle(recheckJob, (_payload, { signal }) => recheckOriginals(app, signal));
  app.queue.handle(imagesJob, ({ videoId }, context) =>
    explaining(context, () => makeImages(app, videoId, context.signal)),
  );
  app.queue.handle(soundJob, ({ videoId }, context) =>
    explaining(context, () => measureSound(app, videoId, context.signal)),
  );
}

/**
 * A file in place that cannot be read says nothing of itself, whatever those who tried made of it: it counts as missing, and is
 * probed again once a scan finds it.
 */
async function probeInReach(app: App, videoId: string, context: JobContext): Promise<void> {
  try {
    await probeVideo(app, videoId, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const away = await findOutOfReach(app, videoId);
    if (!away) throw error;
    app.db.write((tx) => setMissing(tx, away.sourceId, true));
    throw away.error;
  }
}

/** Makes all encoded renditions of a video kept eagerly, telling how far it is. */
async function fillVideo(
  app: App,
  { videoId, again = false }: z.output<typeof fillJob.payload>,
  { signal, progress }: JobContext,
): Promise<void> {
  const stream = findStream(app, videoId);
  const video = findVideo(app.db.orm, videoId);
  if (!stream || !video || (video.state === 'ready' && !again)) return;
  const startedAtMs = app.clock.nowMs();
  let notedAtMs = startedAtMs;
  let firstPercent: number | null = null;
  await app.streaming.fill({
    source: stream.source,
    renditions: stream.renditions.filter(({ spec }) => spec.mode === 'encoded'),
    urgency: video.origin === 'upload' && !again ? 'upload' : 'eager',
    signal,
    onPercent(percent) {
      firstPercent ??= percent;
      const nowMs = app.clock.nowMs();
      const speed = (percent - firstPercent) / Math.max(1, nowMs - startedAtMs);
      progress(percent, speed > 0 ? Math.round((100 - percent) / speed) : null);
      if (nowMs - notedAtMs < 2 * SECOND_MS) return;
      notedAtMs = nowMs;
      if (!again) noteEncodePercent(app, videoId, Math.floor(percent));
    },
  });
  const weighed = await weighEncoded(app, stream);
  app.db.write((tx) => {
    noteWeighed(tx, weighed);
    if (!again) markReady(app, tx, videoId);
  });
}

/**
 * Keeps ffmpeg's words with the job, and ends it with the sentence a video's owner reads once trying again cannot help.
 * The video itself is marked by the reaction to the job's end, which also covers jobs that had no chance to say anything.
 */
async function explaining(context: JobContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (context.signal.aborted) throw error;
    const log = ffmpegLog(error);
    if (log) context.log(log);
    if (!isFilesFault(error) && context.attempt < TRIES) throw error;
    throw new PermanentJobError(failureSentence(error), { cause: error, ...(log ? { log } : {}) });
  }
}

function ffmpegLog(error: unknown): string | null {
  const cause = (error as Error | null)?.cause;
  if (error instanceof FfmpegError) return error.log;
  return cause instanceof FfmpegError ? cause.log : null;
}

/** A problem of the file's, not of the moment: trying again cannot help. */
function isFilesFault(error: unknown): boolean {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status < 500;
}
