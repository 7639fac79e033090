import { fitOf } from '../../media/encode/burn-in.ts';
import { planBurnt } from '../../media/plan/burnt.ts';
import { sharedGrid } from '../../media/plan/plan.ts';
import type { BurnsIn } from '../../media/types.ts';
import type { App } from '../../ports.ts';
import type { StreamSource } from '../../streaming/source.ts';
import { addBurntRendition, dropRenditions } from '../videos/renditions.service.ts';
import { findStream } from '../videos/streams.queries.ts';
import { probeCaptions } from './extract.ts';
import { type CaptionRow, captionFolder, hasText, listCaptionRows } from './queries.ts';
import { changeCaption } from './service.ts';

/**
 * Gives each track of pictures a rendition of the film into which it is drawn, made when somebody chooses it, and takes away
 * those of tracks that are gone.
 */
export async function keepBurntRenditions(app: App, source: StreamSource, signal: AbortSignal): Promise<void> {
  const rows = listCaptionRows(app.db.orm, source.videoId);
  const orphans = (findStream(app, source.videoId)?.burnt ?? []).filter(
    ({ id }) => !rows.some(({ burntRenditionId }) => burntRenditionId === id),
  );
  if (orphans.length > 0) app.db.write((tx) => dropRenditions(app, tx, orphans));
  for (const row of rows) {
    if (row.state !== 'ready' || hasText(row) || row.burntRenditionId) continue;
    const burns = await burnsOf(app, source, row, signal);
    const spec = burns && planBurnt(source.info, burns, { grid: gridOf(source), settings: app.config.encoding });
    if (!spec) continue;
    app.db.write((tx) => {
      const burntRenditionId = addBurntRendition(app, tx, { videoId: row.videoId, sourceId: source.id, spec });
      changeCaption(app, tx, row, { burntRenditionId });
    });
  }
}

async function burnsOf(
  app: App,
  { info }: StreamSource,
  row: CaptionRow,
  signal: AbortSignal,
): Promise<BurnsIn | null> {
  const demuxer = row.format === 'pgs' ? 'sup' : 'matroska';
  const key = `${captionFolder(row)}pictures.${demuxer === 'sup' ? 'sup' : 'mks'}`;
  const path = app.storage.addressOf(key);
  const picture = info.video[0];
  if (!picture) return null;
  const { tracks } = await probeCaptions(app, { path, demuxer }, signal);
  return { key, demuxer, fit: fitOf(tracks[0] ?? { width: null, height: null }, picture) };
}

/** As the rest of the film is cut, so that sound and pictures of the other playlist still fit. */
function gridOf({ info, timeline }: StreamSource) {
  return sharedGrid(info, timeline.source);
}
