import type { Grid, MediaInfo, Rendition } from '../types.ts';
import { planAudio } from './audio.ts';
import type { SourceGrid } from './boundaries.ts';
import type { PlanInput } from './input.ts';
import { markDuplicates } from './labels.ts';
import { planVideo, primaryVideo } from './video.ts';

/**
 * All renditions of a source: video from best to smallest (copied before encoded at the same size), then one for each audio
 * track, the default first. The same input always gives the same list.
 */
export function planRenditions(input: PlanInput): Rendition[] {
  const { info, grids } = input;
  const grid = sharedGrid(info, grids.source ? grids : null);
  const track = primaryVideo(info.video);
  const video = track ? planVideo(track, grid, input) : [];
  return [...markDuplicates(video), ...planAudio(input, grid)].map((rendition) => {
    const cut = rendition.mode === 'copied' ? input.copy.get(rendition.trackIndex)?.cut : undefined;
    return cut ? { ...rendition, cut } : rendition;
  });
}

/**
 * The grid that all renditions of a source share, but for pictures that are copied on their own. Even where all is encoded, the
 * source's own key frames are the best places to cut: sessions start there quickest.
 */
export function sharedGrid({ video }: Pick<MediaInfo, 'video'>, source: Pick<SourceGrid, 'sparse'> | null): Grid {
  return video.length > 0 && source && !source.sparse ? 'source' : 'regular';
}
