import { basename } from 'node:path';
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { describeCaptions } from '../../media/captions/labels.ts';
import type { Orm } from '../../platform/db.ts';
import type { CaptionWire, OwnCaptionWire } from './api.ts';
import { captions } from './schema.ts';

export type CaptionRow = typeof captions.$inferSelect;

/** All captions of a video in the order of the menu. */
export function listCaptionRows(orm: Orm, videoId: string): CaptionRow[] {
  return orm.select().from(captions).where(eq(captions.videoId, videoId)).orderBy(asc(captions.position)).all();
}

export function findCaption(orm: Orm, videoId: string, id: string): CaptionRow | null {
  return (
    orm
      .select()
      .from(captions)
      .where(and(eq(captions.id, id), eq(captions.videoId, videoId)))
      .get() ?? null
  );
}

/** Sources that have caption files beside them, as far as is known: of all, or `among` a few. */
export function sourcesWithSidecars(orm: Orm, among: readonly string[] | null): ReadonlySet<string> {
  const rows = orm
    .selectDistinct({ sourceId: captions.sourceId })
    .from(captions)
    .where(
      and(
        among ? inArray(captions.sourceId, [...among]) : isNotNull(captions.sourceId),
        // Spelt out, not bound: only then may the partial index serve.
        sql`${captions.path} is not null`,
      ),
    )
    .all();
  return new Set(rows.map(({ sourceId }) => sourceId!));
}

/** A caption with what it is called: manifests, menus and the owner's list all say the same. */
export interface LabelledCaption {
  row: CaptionRow;
  label: string;
}

export function listLabelled(orm: Orm, videoId: string): LabelledCaption[] {
  const rows = listCaptionRows(orm, videoId);
  const labels = describeCaptions(rows);
  return rows.map((row, n) => ({ row, label: labels[n]! }));
}

export function listReady(orm: Orm, videoId: string): LabelledCaption[] {
  return listLabelled(orm, videoId).filter(({ row }) => row.state === 'ready');
}

/** Whether a caption exists as WebVTT. */
export const hasText = ({ format }: CaptionRow) => format === 'vtt' || format === 'ass';

/** `base`: the video's media URL for this viewer, without a slash at its end. */
export function captionWires(orm: Orm, videoId: string, base: string): CaptionWire[] {
  const extension = { vtt: 'vtt', ass: 'ass', pgs: 'sup', picture: null } as const;
  // Pictures can be shown once there is a place to draw them.
  const offered = listReady(orm, videoId).filter(({ row }) => row.format !== 'picture' || row.burntRenditionId);
  return offered.map(({ row, label }) => {
    const url = `${base}/captions/${row.id}`;
    const own = extension[row.format];
    return {
      id: row.id,
      language: row.language,
      label,
      kind: row.isSdh ? 'captions' : 'subtitles',
      format: row.format,
      forced: row.isForced,
      default: row.isDefault,
      url: own ? `${url}.${own}` : null,
      vtt: hasText(row) ? `${url}.vtt` : null,
      fonts: (row.fonts ?? []).map((name) => `${url}/fonts/${name}`),
      burnt: row.burntRenditionId ? `${base}/burnt-${row.id}.m3u8` : null,
    };
  });
}

export function ownCaptionWire({ row, label }: LabelledCaption): OwnCaptionWire {
  return {
    id: row.id,
    origin: row.origin,
    state: row.state,
    failure: row.failure,
    format: row.format,
    language: row.language,
    title: row.title,
    label,
    forced: row.isForced,
    sdh: row.isSdh,
    default: row.isDefault,
    encoding: row.encoding,
    filename: row.path ? basename(row.path) : null,
  };
}

/** Where a caption's files are kept. */
export function captionFolder({ videoId, id }: Pick<CaptionRow, 'videoId' | 'id'>): string {
  return `videos/${videoId}/captions/${id}/`;
}

/** Fonts are named by their content and shared by all captions of a video. */
export function fontKey(videoId: string, name: string): string {
  return `videos/${videoId}/captions/fonts/${name}`;
}
