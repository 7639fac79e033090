import { and, eq, inArray, isNotNull, ne, or, type SQL } from 'drizzle-orm';
import { isAdmin, type Viewer } from '../accounts/viewer.ts';
import { videos } from './schema.ts';

type VideoFacts = Pick<typeof videos.$inferSelect, 'visibility' | 'ownerId'>;

/** Whether this viewer may watch a video they have the address of. */
export function mayWatch(viewer: Viewer, video: VideoFacts): boolean {
  if (video.visibility === 'public' || video.visibility === 'unlisted') return true;
  if (!viewer.user) return false;
  return video.visibility === 'internal' || isOwner(viewer, video) || isAdmin(viewer);
}

export function mayEdit(viewer: Viewer, video: VideoFacts): boolean {
  return isOwner(viewer, video) || isAdmin(viewer);
}

function isOwner(viewer: Viewer, video: VideoFacts): boolean {
  return viewer.user !== null && video.ownerId === viewer.user.id;
}

/** What a viewer finds in lists: what is meant for them and can be played, and everything of their own. */
export function listedFor(viewer: Viewer): SQL | undefined {
  const offered = and(isNotNull(videos.playableAtMs), ne(videos.state, 'failed'));
  if (!viewer.user) return and(eq(videos.visibility, 'public'), offered);
  const open = and(inArray(videos.visibility, ['public', 'internal']), isAdmin(viewer) ? undefined : offered);
  return or(open, eq(videos.ownerId, viewer.user.id));
}
