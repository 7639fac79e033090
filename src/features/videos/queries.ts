import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import type { Page } from '../../core/wire.ts';
import { type Orm, preparedFor } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { users } from '../accounts/schema.ts';
import type { Viewer } from '../accounts/viewer.ts';
import { channels } from '../channels/schema.ts';
import { watchProgress } from '../history/schema.ts';
import { libraries } from '../libraries/schema.ts';
import type { ListVideosQuery, VideoWire } from './api.ts';
import { mediaBase } from './media-urls.queries.ts';
import { listedFor, mayEdit, mayWatch } from './permissions.queries.ts';
import { videoNotFound } from './problems.ts';
import { sources, videos } from './schema.ts';

export type VideoRow = typeof videos.$inferSelect;

export function findVideo(orm: Orm, id: string): VideoRow | null {
  return videoById(orm).get({ id }) ?? null;
}

const videoById = preparedFor((orm) =>
  orm
    .select()
    .from(videos)
    .where(and(eq(videos.id, sql.placeholder('id')), isNull(videos.deletedAtMs)))
    .prepare(),
);

/** The video, if this viewer may watch it. Others read the same as for one that does not exist. */
export function getWatchable(app: App, viewer: Viewer, id: string): VideoRow {
  const video = findVideo(app.db.orm, id);
  if (!video || !mayWatch(viewer, video)) {
    throw videoNotFound('There is no such video, or it is not shared with you. Signing in may help.');
  }
  return video;
}

/** What a list row is made of, in one query: the video, its library, its channel, its owner, and how far this viewer got. */
function selectVideos(orm: Orm, viewer: Viewer) {
  return orm
    .select({
      video: videos,
      library: { id: libraries.id, name: libraries.name },
      channel: { id: channels.id, handle: channels.handle, name: channels.name },
      owner: { id: users.id, username: users.username },
      progress: {
        positionMs: watchProgress.positionMs,
        finished: watchProgress.finished,
        updatedAtMs: watchProgress.updatedAtMs,
      },
      missing: sql<number>`(select max(${sources.missing}) from ${sources} where ${sources.videoId} = ${videos.id})`,
    })
    .from(videos)
    .leftJoin(libraries, eq(libraries.id, videos.libraryId))
    .leftJoin(channels, eq(channels.id, videos.channelId))
    .leftJoin(users, eq(users.id, videos.ownerId))
    .leftJoin(
      watchProgress,
      and(eq(watchProgress.videoId, videos.id), eq(watchProgress.userId, viewer.user?.id ?? '')),
    );
}

type SelectedRow = ReturnType<ReturnType<typeof selectVideos>['all']>[number];

/** Lists what a viewer may find, newest first. */
export function listVideos(app: App, viewer: Viewer, query: z.output<typeof ListVideosQuery>): Page<VideoWire> {
  const { cursor, limit, library, channel, owner, origin, state } = query;
  const ownerId = owner === 'me' ? (viewer.user?.id ?? '') : owner;
  const where = [
    listedFor(viewer),
    library ? eq(videos.libraryId, library) : undefined,
    channel ? eq(videos.channelId, channel) : undefined,
    ownerId === undefined ? undefined : eq(videos.ownerId, ownerId),
    origin ? eq(videos.origin, origin) : undefined,
    state ? eq(videos.state, state) : undefined,
  ];
  const rows = selectVideos(app.db.orm, viewer)
    .where(and(isNull(videos.deletedAtMs), afterCursor(cursor), ...where))
    .orderBy(desc(videos.createdAtMs), desc(videos.id))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit).map((row) => toWire(app, viewer, row));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.createdAtMs, last.id]) : null };
}

/** Keyset pagination: also on the first page, so that the same index serves every page. */
function afterCursor(cursor: string | undefined): SQL {
  const [createdAtMs, id] = cursor ? decodeCursor(cursor, ['number', 'string']) : [Number.MAX_SAFE_INTEGER, ''];
  return sql`(${videos.createdAtMs}, ${videos.id}) < (${createdAtMs}, ${id})`;
}

/** What this viewer began and did not finish, the latest first. */
export function listContinueWatching(app: App, viewer: Viewer, limit: number): VideoWire[] {
  if (!viewer.user) return [];
  return selectVideos(app.db.orm, viewer)
    .where(
      and(
        eq(watchProgress.userId, viewer.user.id),
        // Spelt out, not bound: only then may the partial index serve.
        sql`${watchProgress.finished} = 0`,
        isNull(videos.deletedAtMs),
        listedFor(viewer),
      ),
    )
    .orderBy(desc(watchProgress.updatedAtMs))
    .limit(limit)
    .all()
    .map((row) => toWire(app, viewer, row));
}

/** The wire shape of one video as this viewer sees it. */
export function videoWire(app: App, viewer: Viewer, id: string): VideoWire {
  const row = selectVideos(app.db.orm, viewer).where(eq(videos.id, id)).get();
  if (!row) throw videoNotFound('There is no such video.');
  return toWire(app, viewer, row);
}

function toWire(
  app: App,
  viewer: Viewer,
  { video, library, channel, owner, progress, missing }: SelectedRow,
): VideoWire {
  const editable = mayEdit(viewer, video);
  const base = video.imageSet ? mediaBase(app, viewer, video).url : null;
  return {
    id: video.id,
    title: video.title,
    description: video.description,
    origin: video.origin,
    state: video.state,
    playable: video.playableAtMs !== null && video.state !== 'failed',
    failure: video.failure,
    visibility: video.visibility,
    durationMs: video.durationMs,
    width: video.width,
    height: video.height,
    hasPicture: video.hasPicture,
    filename: editable || video.libraryId ? video.filename : '',
    sizeBytes: video.sizeBytes,
    receivedBytes: video.state === 'uploading' ? (video.receivedBytes ?? 0) : null,
    offline: missing === 1,
    library,
    channel,
    owner,
    posterUrl: base ? `${base}/images/${video.posterSet ?? video.imageSet}/poster` : null,
    progress,
    encodePercent: video.encodePercent,
    may: { edit: editable, remove: editable },
    createdAtMs: video.createdAtMs,
  };
}
