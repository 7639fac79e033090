import type { Tx } from '../../platform/db.ts';
import type { JobDefinition } from '../../platform/queue.define.ts';
import type { EnqueueOptions } from '../../platform/queue.port.ts';
import type { App } from '../../ports.ts';
import { fillJob, probeJob } from './job-definitions.ts';
import type { VideoRow } from './queries.ts';

/** The priority of what nobody waits for. */
export const BEHIND_EVERYTHING = -10;

/** Asks for work on one video, unless the same is waiting or under way. */
export function requestWork<P extends { videoId: string }>(
  app: App,
  tx: Tx,
  job: JobDefinition<P>,
  payload: P,
  options: Pick<EnqueueOptions, 'priority'> = {},
): void {
  const { videoId } = payload;
  app.queue.enqueue(tx, job, payload, { ...options, videoId, dedupeKey: `${verbOf(job)} ${videoId}` });
}

/** `videos.probe` is `probe`: such keys are in the database, with jobs that wait. */
const verbOf = ({ name }: { name: string }) => name.slice(name.indexOf('.') + 1);

/** What a video that is processing waits for: to be understood, or for its ladder. */
export const awaitedJob = ({ playableAtMs }: Pick<VideoRow, 'playableAtMs'>) =>
  playableAtMs === null ? probeJob : fillJob;
