import { and, eq, inArray, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { DAY_MS } from '../../core/time.ts';
import { titleFromFilename } from '../../media/probe/titles.ts';
import { preparedFor, type Tx } from '../../platform/db.ts';
import { filenameOfUrl } from '../../platform/download/filename.ts';
import { jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import type { Actor, Viewer } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import { getUploader } from '../uploads/service.ts';
import { findVideo } from '../videos/queries.ts';
import { videos } from '../videos/schema.ts';
import { addVideo, getEditable, markFailed, markUploading } from '../videos/service.ts';
import type { ImportBody } from './api.ts';
import { fetchJob } from './job-definitions.ts';
import { importLinkInvalid, importNotRetryable, importsDisabled, tooManyImports } from './problems.ts';
import { countImports, findFetchJob, findImport } from './queries.ts';
import { imports } from './schema.ts';
import { sealLink } from './sealed-link.ts';

/** Links are cheap to paste: more of them at once than this are no use to anybody. */
const MOST_UNDER_WAY = 100;
const CANCELLED = 'An admin cancelled this. It can be tried again.';

/** Begins to fetch a link: the video exists from here on, with state "uploading"; a job does the rest. Returns its id. */
export function startImport(app: App, viewer: Viewer, body: z.output<typeof ImportBody>): string {
  const ownerId = getUploader(app, viewer);
  refuseDisabled(app);
  if (countImports(app, ownerId) >= MOST_UNDER_WAY) {
    throw tooManyImports(`At most ${MOST_UNDER_WAY} links are fetched for one account. Wait until some have arrived.`);
  }
  const link = readLink(body.url);
  const filename = filenameOfUrl(link) ?? link.hostname;
  return app.db.write((tx) => {
    const videoId = addVideo(app, tx, {
      title: body.title ?? titleFromFilename(filename),
      filename,
      sizeBytes: 0,
      origin: 'import',
      state: 'uploading',
      visibility: body.visibility ?? app.config.uploads.defaultVisibility,
      ownerId,
    });
    tx.insert(imports)
      .values({
        videoId,
        host: link.host,
        sealedLink: sealLink(app, videoId, link.href),
        createdAtMs: app.clock.nowMs(),
      })
      .run();
    enqueueFetch(app, tx, videoId);
    return videoId;
  });
}

/** Throws `import-link-invalid` for what cannot be a link to a file. Where it leads is looked at when it is fetched. */
function readLink(text: string): URL {
  const link = URL.parse(text);
  const refuse = (message: string) => importLinkInvalid(message, { errors: [{ field: 'url', message }] });
  if (!link) throw refuse('That is not a link. Paste the whole address, with https:// in front.');
  if (!/^https?:$/.test(link.protocol)) throw refuse('Only links that begin with http:// or https:// can be fetched.');
  link.hash = '';
  return link;
}

function refuseDisabled(app: App): void {
  if (!app.config.imports.enabled)
    throw importsDisabled('This instance does not fetch links. Upload the file instead.');
}

function enqueueFetch(app: App, tx: Tx, videoId: string): void {
  app.queue.enqueue(tx, fetchJob, { videoId }, { videoId, dedupeKey: `fetch ${videoId}` });
}

/** Once more, with what has arrived so far. Throws `import-not-retryable`. */
export function retryImport(app: App, viewer: Viewer, by: Actor, videoId: string): void {
  const video = getEditable(app, viewer, videoId);
  refuseDisabled(app);
  const row = findImport(app.db.orm, videoId);
  if (video.state === 'uploading' && row) {
    hurryImport(app, videoId);
    return;
  }
  if (video.state !== 'failed' || !row) {
    throw importNotRetryable(
      'There is no link any more that could be fetched for this video. Delete it, and paste the link anew.',
    );
  }
  app.db.write((tx) => {
    markUploading(app, tx, videoId);
    changeImport(tx, videoId, { failures: 0 });
    enqueueFetch(app, tx, videoId);
    if (video.ownerId !== by.user?.id) {
      recordAct(app, tx, by, { act: 'job.retried', target: { id: videoId, name: `${fetchJob.name}: ${video.title}` } });
    }
  });
}

/** One that waits to be tried again is tried at once. */
function hurryImport(app: App, videoId: string): void {
  const job = findFetchJob(app.db.orm, videoId);
  if (job?.state === 'queued') app.queue.retry(job.id);
}

export function changeImport(tx: Tx, videoId: string, changes: Partial<typeof imports.$inferInsert>): void {
  tx.update(imports).set(changes).where(eq(imports.videoId, videoId)).run();
}

/** It has been fetched: its link is kept no longer. */
export function forgetImport(app: App, videoId: string): void {
  app.db.write((tx) => tx.delete(imports).where(eq(imports.videoId, videoId)).run());
}

/** A job has changed: its owner is told, and where it failed for good or was cancelled, its video says so. */
export function followImport(app: App, jobId: string): void {
  const job = fetchById(app.db.orm).get({ id: jobId });
  if (!job?.videoId) return;
  const { videoId } = job;
  // Jobs are for admins: whoever pasted the link hears of it by its video.
  app.events.emit('video.changed', { videoId });
  if (job.state !== 'failed' && job.state !== 'cancelled') return;
  app.db.write((tx) => {
    // One that was tried again meanwhile is another job's.
    if (findVideo(tx, videoId)?.state !== 'uploading' || findFetchJob(tx, videoId)?.id !== jobId) return;
    markFailed(app, tx, videoId, job.state === 'cancelled' ? CANCELLED : (job.error ?? 'It could not be fetched.'));
  });
}

const fetchById = preparedFor((orm) =>
  orm
    .select({ state: jobs.state, videoId: jobs.videoId, error: jobs.error })
    .from(jobs)
    .where(and(eq(jobs.id, sql.placeholder('id')), eq(jobs.name, fetchJob.name)))
    .prepare(),
);

/** A link that waits for a job which does not exist gets one again: after a deletion was undone. */
export function resumeImport(app: App, videoId: string): void {
  if (findVideo(app.db.orm, videoId)?.state !== 'uploading' || !findImport(app.db.orm, videoId)) return;
  app.db.write((tx) => enqueueFetch(app, tx, videoId));
}

/** At start: each link that is not there yet has its job, or the failure it missed. */
export function recoverImports(app: App): void {
  const waiting = app.db.orm
    .select({ id: videos.id })
    .from(imports)
    .innerJoin(videos, eq(videos.id, imports.videoId))
    .where(and(eq(videos.state, 'uploading'), isNull(videos.deletedAtMs)))
    .all();
  for (const { id } of waiting) {
    const job = findFetchJob(app.db.orm, id);
    if (job?.state === 'failed' || job?.state === 'cancelled') followImport(app, job.id);
    else resumeImport(app, id);
  }
}

/** Periodic: forgets links that have been fetched, and those that failed and nobody has tried again for `uploads.expireDays`. */
export function sweepImports(app: App): void {
  const abandonedMs = app.clock.nowMs() - app.config.uploads.expireDays * DAY_MS;
  const useless = or(
    notInArray(videos.state, ['uploading', 'failed']),
    and(eq(videos.state, 'failed'), lt(videos.updatedAtMs, abandonedMs)),
  );
  app.db.write((tx) => {
    const ids = tx
      .select({ id: imports.videoId })
      .from(imports)
      .innerJoin(videos, eq(videos.id, imports.videoId))
      .where(useless);
    tx.delete(imports).where(inArray(imports.videoId, ids)).run();
  });
}
