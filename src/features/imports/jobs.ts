import { SECOND_MS } from '../../core/time.ts';
import { hopeless } from '../../platform/download/failure.ts';
import { PermanentJobError } from '../../platform/queue.define.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { createUploadFiles, type UploadFiles } from '../uploads/files.service.ts';
import { finishUpload, storedBytes } from '../uploads/service.ts';
import { findVideo } from '../videos/queries.ts';
import { changeVideo } from '../videos/service.ts';
import { fetchOnce } from './fetch.ts';
import { fetchJob, TRIES } from './job-definitions.ts';
import { findImport, type ImportRow } from './queries.ts';
import { openLink } from './sealed-link.ts';
import { changeImport, forgetImport } from './service.ts';

/** Between two requests, while bytes arrive: a server that has just broken off may be about to start anew. */
const PAUSE_MS = SECOND_MS;

export function handleImportJobs(app: App): void {
  const files = createUploadFiles(app);
  app.queue.handle(fetchJob, ({ videoId }, context) => fetchLink(app, files, videoId, context));
}

/** Fetches a link to its end, then goes the way of a finished upload. Done again, also after a crash, it goes on. */
async function fetchLink(app: App, files: UploadFiles, videoId: string, context: JobContext): Promise<void> {
  const row = findImport(app.db.orm, videoId);
  const video = findVideo(app.db.orm, videoId);
  if (!row || !video) return;
  if (video.state !== 'uploading') return forgetImport(app, videoId);
  const link = URL.parse(openLink(app, videoId, row.sealedLink) ?? '');
  if (!link) {
    throw hopeless("The link cannot be read any more, as this instance's secret has changed. Paste the link anew.");
  }
  const startedAtMs = app.clock.nowMs();
  const stored = await storedBytes(app, files, videoId);
  if (stored === null) await fetchAll(app, files, row, link, context);
  const sizeBytes = stored ?? (await files.receivedBytes(videoId)) ?? 0;
  app.db.write((tx) => changeVideo(app, tx, videoId, { sizeBytes, receivedBytes: sizeBytes }));
  const fetched = findVideo(app.db.orm, videoId);
  if (!fetched) return;
  await finishUpload(app, files, fetched);
  forgetImport(app, videoId);
  app.log.info({ videoId, host: row.host, sizeBytes, ms: app.clock.nowMs() - startedAtMs }, 'Fetched a file.');
}

/** As many requests as it takes. While each brings something new it goes on at once; else the queue tries again later. */
async function fetchAll(app: App, files: UploadFiles, row: ImportRow, link: URL, context: JobContext): Promise<void> {
  const { videoId } = row;
  let most = (await files.receivedBytes(videoId)) ?? 0;
  for (;;) {
    const now = findImport(app.db.orm, videoId);
    if (!now) throw hopeless('The link is not kept any more. Paste it anew.');
    try {
      return await fetchOnce(app, files, now, link, context);
    } catch (error) {
      if (context.signal.aborted || isPermanent(error)) throw error;
      context.log(`${(error as Error).message}\n`);
      const received = (await files.receivedBytes(videoId)) ?? 0;
      if (received <= most) throw givingUp(app, now, error);
      most = received;
      if (now.failures > 0) app.db.write((tx) => changeImport(tx, videoId, { failures: 0 }));
    }
    await app.clock.sleep(PAUSE_MS, context.signal);
  }
}

/** The same error, or one that says it was the last time. */
function givingUp(app: App, { videoId, failures }: ImportRow, error: unknown): unknown {
  app.db.write((tx) => changeImport(tx, videoId, { failures: failures + 1 }));
  if (failures + 1 < TRIES) return error;
  return new PermanentJobError(`${sentenceOf(error)} It was tried ${TRIES} times.`, { cause: error });
}

const isPermanent = (error: unknown) => (error as { permanent?: unknown } | null)?.permanent === true;
/** Problems say it in `detail`. */
const sentenceOf = (error: unknown) => (error as { detail?: string }).detail ?? (error as Error).message;
