import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { renditions, sources, videos } from '../videos/schema.ts';
import type { CaptionFormat, CaptionOrigin, CaptionState } from './api.ts';

/** Subtitle tracks of videos: those inside a source, files beside it, and files that were added by hand. */
export const captions = sqliteTable(
  'captions',
  {
    /** Names its URLs: a caption whose content changes gets another id. */
    id: text('id').primaryKey(),
    videoId: text('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    /** Null for what was added by hand: that belongs to the video, whatever its source. */
    sourceId: text('source_id').references(() => sources.id, { onDelete: 'cascade' }),
    origin: text('origin').$type<CaptionOrigin>().notNull(),
    /** ffprobe's index of a stream inside the source, or inside an .idx file. */
    streamIndex: integer('stream_index'),
    /** ffmpeg's name of the codec of an embedded stream. */
    codec: text('codec'),
    /** Where a file beside its film lies; it is never written to. */
    path: text('path'),
    sizeBytes: integer('size_bytes'),
    modifiedAtMs: integer('modified_at_ms'),
    format: text('format').$type<CaptionFormat>().notNull(),
    language: text('language'),
    title: text('title'),
    isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
    isForced: integer('is_forced', { mode: 'boolean' }).notNull(),
    isSdh: integer('is_sdh', { mode: 'boolean' }).notNull(),
    state: text('state').$type<CaptionState>().notNull(),
    /** A sentence for the video's owner, while state is "failed". */
    failure: text('failure'),
    /** What the text was written in. */
    encoding: text('encoding'),
    /** Names of fonts it brings along, below `videos/<video>/captions/fonts/`. */
    fonts: text('fonts', { mode: 'json' }).$type<string[]>(),
    /** The rendition that has it drawn into the picture. */
    burntRenditionId: text('burnt_rendition_id').references(() => renditions.id, { onDelete: 'set null' }),
    position: integer('position').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    index('captions_video').on(table.videoId, table.position),
    index('captions_source').on(table.sourceId),
    index('captions_burnt').on(table.burntRenditionId),
    uniqueIndex('captions_path')
      .on(table.sourceId, table.path, table.streamIndex)
      .where(sql`${table.path} is not null`),
  ],
);
