import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Orm } from '../../platform/db.ts';
import { jobs } from '../../platform/queue.schema.ts';
import type { App } from '../../ports.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { mayEdit } from '../videos/permissions.queries.ts';
import { findVideo, type VideoRow, videoWire } from '../videos/queries.ts';
import { videos } from '../videos/schema.ts';
import type { ImportReply, ImportWire } from './api.ts';
import { fetchJob } from './job-definitions.ts';
import { importNotFound } from './problems.ts';
import { imports } from './schema.ts';

export type ImportRow = typeof imports.$inferSelect;

/** More than anybody has under way: what is above is found by its video. */
const MOST_LISTED = 100;

export function findImport(orm: Orm, videoId: string): ImportRow | null {
  return orm.select().from(imports).where(eq(imports.videoId, videoId)).get() ?? null;
}

/** The viewer's links that have not been fetched yet, the newest first. */
export function listImports(app: App, viewer: Viewer): ImportReply[] {
  return app.db.orm
    .select({ row: imports, video: videos })
    .from(videos)
    .innerJoin(imports, eq(imports.videoId, videos.id))
    .where(and(eq(videos.ownerId, viewer.user?.id ?? ''), isNull(videos.deletedAtMs), isUnfetched()))
    .orderBy(desc(videos.createdAtMs), desc(videos.id))
    .limit(MOST_LISTED)
    .all()
    .map(({ row, video }) => ({ video: videoWire(app, viewer, video.id), import: toWire(app, row, video) }));
}

const isUnfetched = () => inArray(videos.state, ['uploading', 'failed']);

/** How many links of an account are waiting or being fetched. */
export function countImports(app: App, ownerId: string): number {
  const own = and(eq(videos.ownerId, ownerId), isNull(videos.deletedAtMs), eq(videos.state, 'uploading'));
  const row = app.db.orm
    .select({ count: sql<number>`count(*)` })
    .from(videos)
    .innerJoin(imports, eq(imports.videoId, videos.id))
    .where(own)
    .get();
  return row?.count ?? 0;
}

/** A link of a video that the viewer may change. Throws `import-not-found` once it has been fetched. */
export function getImport(app: App, viewer: Viewer, videoId: string): ImportReply {
  const video = findVideo(app.db.orm, videoId);
  const row = findImport(app.db.orm, videoId);
  if (!video || !row || !mayEdit(viewer, video) || (video.state !== 'uploading' && video.state !== 'failed')) {
    throw importNotFound('No link of yours is being fetched for this video.');
  }
  return { video: videoWire(app, viewer, videoId), import: toWire(app, row, video) };
}

/** The latest job of a link, however it ended. */
export function findFetchJob(orm: Orm, videoId: string): typeof jobs.$inferSelect | null {
  const its = and(eq(jobs.videoId, videoId), eq(jobs.name, fetchJob.name));
  return orm.select().from(jobs).where(its).orderBy(desc(jobs.createdAtMs), desc(jobs.id)).limit(1).get() ?? null;
}

/** Lanes say why they pause in figures that are for admins. */
function heldNote(app: App): string | null {
  const isHeld = app.queue.counts().some(({ lane, held }) => lane === fetchJob.lane && held !== null);
  return isHeld ? "The server's disk is nearly full. This goes on when there is room." : null;
}

function toWire(app: App, row: ImportRow, video: VideoRow): ImportWire {
  const job = findFetchJob(app.db.orm, row.videoId);
  const failed = video.state === 'failed';
  const fetching = !failed && job?.state === 'running';
  const isLater = !failed && job?.state === 'queued' && job.runAfterMs > app.clock.nowMs();
  return {
    host: row.host,
    state: failed ? 'failed' : fetching ? 'fetching' : 'waiting',
    note: failed ? video.failure : isLater ? job.error : fetching ? null : heldNote(app),
    nextTryAtMs: isLater ? job.runAfterMs : null,
    receivedBytes: video.receivedBytes ?? 0,
    sizeBytes: row.totalBytes,
  };
}
