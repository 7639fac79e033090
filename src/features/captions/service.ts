import { and, eq, inArray, max } from 'drizzle-orm';
import { newId } from '../../core/ids.ts';
import type { CaptionName } from '../../media/captions/names.ts';
import type { SubtitleTrack } from '../../media/types.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import type { CaptionFormat } from './api.ts';
import { extractJob } from './job-definitions.ts';
import { type CaptionRow, captionFolder, listCaptionRows } from './queries.ts';
import { captions } from './schema.ts';

/** The only writer of captions. */

/** More tracks than this beside one film are an accident. */
const MOST_SIDECARS = 100;
const PICTURES: Record<string, CaptionFormat> = {
  hdmv_pgs_subtitle: 'pgs',
  dvd_subtitle: 'picture',
  dvb_subtitle: 'picture',
};
/** Text that a probe does not count as such, as it is carried in the picture. */
const MORE_TEXT = new Set(['eia_608']);

type NewRow = Omit<typeof captions.$inferInsert, 'id' | 'position' | 'createdAtMs'>;

/**
 * A source has been understood: its subtitle tracks are noted, and extracted in the background. Those of what it was before
 * are forgotten.
 */
export function noteEmbedded(
  app: App,
  tx: Tx,
  { videoId, sourceId, tracks }: { videoId: string; sourceId: string; tracks: readonly SubtitleTrack[] },
): void {
  const before = listCaptionRows(tx, videoId);
  dropRows(
    app,
    tx,
    before.filter((row) => row.origin === 'embedded'),
  );
  for (const track of tracks) {
    insertRow(app, tx, {
      videoId,
      sourceId,
      origin: 'embedded',
      streamIndex: track.index,
      codec: track.codec,
      language: track.language,
      title: track.title,
      isDefault: track.isDefault,
      isForced: track.isForced || /\bforced\b/i.test(track.title ?? ''),
      isSdh: /\b(?:sdh|cc|hearing impaired)\b/i.test(track.title ?? ''),
      ...stateOf(track),
    });
  }
  const waiting = before.some(({ state, format }) => state === 'pending' || format === 'picture');
  if (tracks.length > 0 || waiting) requestExtraction(app, tx, videoId);
}

function stateOf({ codec, isText }: SubtitleTrack): Pick<NewRow, 'format' | 'state' | 'failure'> {
  if (isText || MORE_TEXT.has(codec)) {
    return { format: codec === 'ass' || codec === 'ssa' ? 'ass' : 'vtt', state: 'pending' };
  }
  const format = PICTURES[codec];
  if (format) return { format, state: 'pending' };
  const failure = `Subtitles of this kind (${codec.replaceAll('_', ' ')}) cannot be shown.`;
  return { format: 'picture', state: 'failed', failure };
}

export interface FoundSidecar {
  path: string;
  sizeBytes: number;
  modifiedAtMs: number;
  name: CaptionName;
}

/** Follows the files beside a film: new ones are read, changed ones read again under another id, missing ones forgotten. */
export function followSidecars(
  app: App,
  tx: Tx,
  film: { videoId: string; sourceId: string },
  found: readonly FoundSidecar[],
): void {
  const known = listCaptionRows(tx, film.videoId).filter((row) => row.origin === 'sidecar');
  const wanted = found.slice(0, MOST_SIDECARS);
  const isSame = (row: CaptionRow, file: FoundSidecar) =>
    row.path === file.path &&
    row.sourceId === film.sourceId &&
    row.sizeBytes === file.sizeBytes &&
    row.modifiedAtMs === file.modifiedAtMs;
  const gone = known.filter((row) => !wanted.some((file) => isSame(row, file)));
  const added = wanted.filter((file) => !known.some((row) => isSame(row, file)));
  if (gone.length === 0 && added.length === 0) return;
  dropRows(app, tx, gone);
  for (const { path, sizeBytes, modifiedAtMs, name } of added) {
    const format = /\.idx$/i.test(path) ? 'picture' : 'vtt';
    const file = { path, sizeBytes, modifiedAtMs, format, state: 'pending' } as const;
    insertRow(app, tx, { ...film, origin: 'sidecar', ...file, ...name });
  }
  requestExtraction(app, tx, film.videoId);
  announce(app, film.videoId);
}

function requestExtraction(app: App, tx: Tx, videoId: string): void {
  // Not one at a time by key: what comes while one runs would be left waiting. One that finds nothing to do ends at once.
  app.queue.enqueue(tx, extractJob, { videoId }, { videoId });
}

/** Adds a track; returns its row. */
export function insertRow(app: App, tx: Tx, row: NewRow): CaptionRow {
  const last = tx
    .select({ position: max(captions.position) })
    .from(captions)
    .where(eq(captions.videoId, row.videoId))
    .get();
  const position = (last?.position ?? -1) + 1;
  const nowMs = app.clock.nowMs();
  return tx
    .insert(captions)
    .values({ ...row, id: newId(8), position, createdAtMs: nowMs })
    .returning()
    .get();
}

/** What became of a track; players hear of it. Nothing, where the track has been forgotten meanwhile. */
export function changeCaption(app: App, tx: Tx, row: CaptionRow, changes: Partial<CaptionRow>): boolean {
  const { changes: count } = tx.update(captions).set(changes).where(eq(captions.id, row.id)).run();
  if (count > 0) announce(app, row.videoId);
  return count > 0;
}

/** `failure`: a sentence for the owner. */
export function markFailed(app: App, row: CaptionRow, failure: string): void {
  app.db.write((tx) => changeCaption(app, tx, row, { state: 'failed', failure }));
}

/** Forgets tracks, and then their files. */
export function dropRows(app: App, tx: Tx, rows: readonly CaptionRow[]): void {
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  tx.delete(captions)
    .where(and(inArray(captions.id, ids)))
    .run();
  app.db.afterCommit(() => {
    for (const row of rows) {
      app.storage
        .deletePrefix(captionFolder(row))
        .catch((error) => app.log.warn({ error, caption: row.id }, 'Files of a caption could not be deleted.'));
    }
  });
}

export function announce(app: App, videoId: string): void {
  app.db.afterCommit(() => app.events.emit('video.changed', { videoId }));
}
