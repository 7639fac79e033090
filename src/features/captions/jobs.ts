import { FfmpegError } from '../../platform/ffmpeg.ts';
import { PermanentJobError } from '../../platform/queue.define.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { findStream } from '../videos/streams.queries.ts';
import { keepBurntRenditions } from './burnt.ts';
import { extractEmbedded } from './extract.ts';
import { failingAlone, failureSentence } from './failures.ts';
import { extractJob, TRIES } from './job-definitions.ts';
import { listCaptionRows } from './queries.ts';
import { markFailed, noteEmbedded } from './service.ts';
import { readSidecar } from './sidecar-files.ts';

export function handleCaptionJobs(app: App): void {
  app.queue.handle(extractJob, ({ videoId }, context) => makeReady(app, videoId, context));
}

/** Makes ready what is pending, each track alone: one that is damaged fails with a sentence, the others go on. */
async function makeReady(app: App, videoId: string, context: JobContext): Promise<void> {
  const stream = findStream(app, videoId);
  // Not understood yet, or gone: whoever probes it asks again.
  if (!stream) return;
  const { source } = stream;
  const rows = listCaptionRows(app.db.orm, videoId);
  // Films of before captions were kept.
  if (source.info.subtitles.length > 0 && !rows.some(({ origin }) => origin === 'embedded')) {
    app.db.write((tx) => noteEmbedded(app, tx, { videoId, sourceId: source.id, tracks: source.info.subtitles }));
  }
  const pending = () => listCaptionRows(app.db.orm, videoId).filter(({ state }) => state === 'pending');
  try {
    const embedded = pending().filter((row) => row.origin === 'embedded' && row.sourceId === source.id);
    if (embedded.length > 0) await extractEmbedded(app, source, embedded, context);
    for (const row of pending().filter(({ origin }) => origin === 'sidecar')) {
      context.signal.throwIfAborted();
      await failingAlone(app, row, context, () => readSidecar(app, row, context.signal));
    }
    await keepBurntRenditions(app, source, context.signal);
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (error instanceof FfmpegError) context.log(error.log);
    if (context.attempt < TRIES) throw error;
    const sentence = failureSentence(error);
    for (const row of pending()) markFailed(app, row, sentence);
    throw new PermanentJobError(sentence, { cause: error });
  }
}
