import { and, desc, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import { preparedFor } from '../../platform/db.ts';
import { isActive, jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import { fillJob, probeJob } from './job-definitions.ts';
import { sources, videos } from './schema.ts';
import { markFailed, markProcessing, markReady, markUploading } from './service.ts';
import { awaitedJob, requestWork } from './work.service.ts';

const NEEDED_JOBS = [probeJob.name, fillJob.name];

/**
 * A job has ended: where it failed for good and its video cannot do without it, the video has failed too. A ladder that
 * somebody cancelled is filled on demand instead.
 */
export function followJob(app: App, jobId: string): void {
  const job = jobById(app.db.orm).get({ id: jobId });
  if (!job?.videoId || !NEEDED_JOBS.includes(job.name)) return;
  if (job.state !== 'failed' && job.state !== 'cancelled') return;
  const videoId = job.videoId;
  app.db.write((tx) => {
    const processing = and(eq(videos.id, videoId), eq(videos.state, 'processing'), isNull(videos.deletedAtMs));
    if (!tx.select({ id: videos.id }).from(videos).where(processing).get()) return;
    if (job.state === 'failed') {
      markFailed(app, tx, videoId, job.error ?? 'Something went wrong while this video was processed. Try again.');
    } else if (job.name === fillJob.name) markReady(app, tx, videoId);
    else markFailed(app, tx, videoId, 'Its processing was cancelled. An admin can start it again on the jobs page.');
  });
}

const jobById = preparedFor((orm) =>
  orm
    .select({ name: jobs.name, state: jobs.state, videoId: jobs.videoId, error: jobs.error })
    .from(jobs)
    .where(eq(jobs.id, sql.placeholder('id')))
    .prepare(),
);

/** Before its job is tried again: a failed video is processing once more, or uploading where it has no bytes yet. */
export function reopenVideo(app: App, videoId: string): void {
  app.db.write((tx) => {
    const failed = and(eq(videos.id, videoId), eq(videos.state, 'failed'), isNull(videos.deletedAtMs));
    if (!tx.select({ id: videos.id }).from(videos).where(failed).get()) return;
    const source = tx.select({ id: sources.id }).from(sources).where(eq(sources.videoId, videoId)).get();
    if (source) markProcessing(app, tx, videoId);
    else markUploading(app, tx, videoId);
  });
}

/**
 * At start: no video may wait for a job that does not exist. Each gets its job again, or the failure it missed. Those whose job
 * waits are passed over, of which there are as many as a first scan has found.
 */
export function recoverVideos(app: App): void {
  const needed = and(eq(jobs.videoId, videos.id), inArray(jobs.name, NEEDED_JOBS), isActive);
  const stranded = app.db.orm
    .select({ id: videos.id, playableAtMs: videos.playableAtMs })
    .from(videos)
    .where(
      and(
        eq(videos.state, 'processing'),
        isNull(videos.deletedAtMs),
        notExists(app.db.orm.select({ id: jobs.id }).from(jobs).where(needed)),
      ),
    )
    .all();
  for (const { id, playableAtMs } of stranded) {
    const latest = app.db.orm
      .select({ id: jobs.id, state: jobs.state })
      .from(jobs)
      .where(and(eq(jobs.videoId, id), inArray(jobs.name, NEEDED_JOBS)))
      .orderBy(desc(jobs.createdAtMs))
      .limit(1)
      .get();
    if (latest?.state === 'failed' || latest?.state === 'cancelled') followJob(app, latest.id);
    else app.db.write((tx) => requestWork(app, tx, awaitedJob({ playableAtMs }), { videoId: id }));
  }
}
