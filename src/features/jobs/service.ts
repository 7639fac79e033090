import { defineProblem } from '../../core/problem.ts';
import type { App } from '../../ports.ts';
import type { Actor } from '../accounts/viewer.ts';
import { recordAct } from '../audit/service.ts';
import { reopenVideo } from '../videos/recovery.service.ts';
import type { JobWire } from './api.ts';
import { getJob } from './queries.ts';

const jobNotRetryable = defineProblem('job-not-retryable', 409);
const jobNotCancellable = defineProblem('job-not-cancellable', 409);

/** Starts a failed or cancelled job afresh. Throws `job-not-retryable`. */
export function retryJob(app: App, by: Actor, id: string): void {
  const job = getJob(app, id);
  app.db.write((tx) => {
    if (!app.queue.retry(id)) throw jobNotRetryable('This job is running or done: there is nothing to try again.');
    if (job.video) reopenVideo(app, job.video.id);
    recordAct(app, tx, by, { act: 'job.retried', target: nameOf(job) });
  });
}

/** Stops a job. Throws `job-not-cancellable`. */
export function cancelJob(app: App, by: Actor, id: string): void {
  const job = getJob(app, id);
  app.db.write((tx) => {
    if (!app.queue.cancel(id)) throw jobNotCancellable('This job has ended already.');
    recordAct(app, tx, by, { act: 'job.cancelled', target: nameOf(job) });
  });
}

function nameOf({ id, name, video }: JobWire) {
  return { id, name: video ? `${name}: ${video.title}` : name };
}
