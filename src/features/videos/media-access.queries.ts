import { notFound } from '../../core/problem.ts';
import type { App } from '../../ports.ts';
import { findUser } from '../accounts/queries.ts';
import { ANONYMOUS, type Viewer } from '../accounts/viewer.ts';
import { readMediaToken } from './media-urls.queries.ts';
import { mayWatch } from './permissions.queries.ts';
import { findVideo, type VideoRow } from './queries.ts';

export const noSuchMedia = () => notFound('There is no such media, or this link to it has expired. Reload the page.');

/**
 * The video of a media URL, if whoever holds the URL may (still) watch it. `token`: the part of the path that begins
 * with "~", where there is one. Asked for every segment, caption and picture.
 */
export function getMediaVideo(app: App, { video: id, token }: { video?: string; token?: string }): VideoRow {
  const video = id === undefined ? null : findVideo(app.db.orm, id);
  if (!video) throw noSuchMedia();
  if (token === undefined) {
    if (video.visibility !== 'public') throw noSuchMedia();
    return video;
  }
  const holder = readMediaToken(app, video.id, token.slice(1));
  if (!holder || !mayWatch(viewerOf(app, holder.userId), video)) throw noSuchMedia();
  return video;
}

function viewerOf(app: App, userId: string | null): Viewer {
  const user = userId === null ? null : findUser(app.db.orm, userId);
  return user ? { user, sessionHash: null } : ANONYMOUS;
}

/** Manifests may change; what has a name of its own keeps its meaning for ever under its URL. */
export function mediaCache({ visibility }: Pick<VideoRow, 'visibility'>, kept: 'manifest' | 'forEver'): string {
  const shared = visibility === 'public' ? 'public' : 'private';
  return kept === 'manifest' ? `${shared}, max-age=10` : `${shared}, max-age=31536000, immutable`;
}
