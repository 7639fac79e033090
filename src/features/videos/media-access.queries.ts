import { notFound } from '../../core/problem.ts';
import type { App } from '../../ports.ts';
import { findSessionUser, findUser } from '../accounts/queries.ts';
import { ANONYMOUS, type Viewer } from '../accounts/viewer.ts';
import { readMediaToken, type TokenHolder } from './media-urls.queries.ts';
import { mayWatch } from './permissions.queries.ts';
import { mediaLinkExpired } from './problems.ts';
import { findVideo, type VideoRow } from './queries.ts';

export const noSuchMedia = () => notFound('There is no such media, or this link to it has expired. Reload the page.');

/** What a media URL names: the video, and the account it was made for, where it was made for one. */
export interface Media {
  video: VideoRow;
  userId: string | null;
}

/**
 * The video of a media URL, if whoever holds the URL may (still) watch it. `token`: the part of the path that begins
 * with "~", where there is one. Asked for every segment, caption and picture.
 */
export function getMedia(app: App, { video: id, token }: { video?: string; token?: string }): Media {
  const video = id === undefined ? null : findVideo(app.db.orm, id);
  if (!video) throw noSuchMedia();
  if (token === undefined) {
    if (video.visibility !== 'public') throw noSuchMedia();
    return { video, userId: null };
  }
  const holder = readMediaToken(app, video.id, token.slice(1));
  const viewer = holder && viewerOf(app, holder);
  // What has run out is told only to those who may watch: they ask for a new one and go on.
  if (!viewer || !mayWatch(viewer, video)) throw noSuchMedia();
  if (holder.expired) {
    throw mediaLinkExpired('This link to the video has expired. Reload the page to get a new one.');
  }
  return { video, userId: holder.userId };
}

export const getMediaVideo = (app: App, params: { video?: string; token?: string }) => getMedia(app, params).video;

/** Null where the account is gone or the session has ended: their links go with them, whatever the video is. */
function viewerOf(app: App, { userId, sessionKey }: TokenHolder): Viewer | null {
  if (userId === null) return ANONYMOUS;
  const { orm } = app.db;
  const user =
    sessionKey === null ? findUser(orm, userId) : findSessionUser(orm, userId, sessionKey, app.clock.nowMs());
  return user && { user, sessionHash: null };
}

/**
 * How long media may be kept. What has a name of its own keeps its meaning for ever under its URL, for whoever has watched it
 * (`forEver`). Manifests may change, and so may the headers of encoded renditions (`header`), which are asked for again each
 * time. Public media may be kept by caches that many share, such as a CDN's, but for a minute only: then they ask whether it is
 * still public, and are told so without the bytes. See docs/decisions/media-links.md.
 */
export function mediaCache(
  { visibility }: Pick<VideoRow, 'visibility'>,
  kept: 'manifest' | 'header' | 'forEver',
): string {
  const isPublic = visibility === 'public';
  const shared = isPublic ? 'public' : 'private';
  if (kept === 'manifest') return `${shared}, max-age=10`;
  if (kept === 'header') return `${shared}, no-cache`;
  return `${shared}, max-age=31536000${isPublic ? `, s-maxage=${SHARED_SEC}` : ''}, immutable`;
}

const SHARED_SEC = 60;
