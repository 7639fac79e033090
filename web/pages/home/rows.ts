import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import type { VideoWire } from '../../../src/features/videos/api.ts';

/** As many as the grid shows at a glance on a wide screen: with no more videos than that, rows only repeat them. */
const GRID_SUFFICES = 12;

type Library = Pick<LibraryWire, 'id' | 'name' | 'videoCount'>;

interface Listed {
  items: Pick<VideoWire, 'library'>[] | undefined;
  hasMore: boolean;
}

export interface HomeRows {
  recent: boolean;
  libraries: Library[];
}

/**
 * Which rows stand above the grid of everything, which has the newest first. A library's row says something where it is
 * not the only source; "Recently added" says something where such rows lie between it and the grid.
 */
export function homeRows({ items, hasMore }: Listed, libraries: Library[] | undefined): HomeRows {
  const none = { recent: false, libraries: [] };
  if (!items || !libraries || (!hasMore && items.length <= GRID_SUFFICES)) return none;
  const filled = libraries.filter((library) => library.videoCount > 0);
  const others = items.some((video) => video.library === null);
  if (filled.length + (others ? 1 : 0) < 2) return none;
  return { recent: true, libraries: filled };
}
