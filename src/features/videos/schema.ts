import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Loudness } from '../../media/sound/loudness.ts';
import type { MediaInfo, Rendition } from '../../media/types.ts';
import type { Timeline } from '../../streaming/source.ts';
import { users } from '../accounts/schema.ts';
import { channels } from '../channels/schema.ts';
import { libraries } from '../libraries/schema.ts';
import type { Origin, VideoState, Visibility } from './api.ts';

export const videos = sqliteTable(
  'videos',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    origin: text('origin').$type<Origin>().notNull(),
    state: text('state').$type<VideoState>().notNull(),
    /** A sentence its owner can act on, while state is "failed". */
    failure: text('failure'),
    visibility: text('visibility').$type<Visibility>().notNull(),
    ownerId: text('owner_id').references(() => users.id, { onDelete: 'set null' }),
    /** Where it is published; a library's videos are in none. */
    channelId: text('channel_id').references(() => channels.id, { onDelete: 'set null' }),
    libraryId: text('library_id').references(() => libraries.id, { onDelete: 'set null' }),
    filename: text('filename').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    /** Bytes an upload has so far; written now and then, the upload itself knows exactly. */
    receivedBytes: integer('received_bytes'),
    durationMs: integer('duration_ms'),
    width: integer('width'),
    height: integer('height'),
    hasPicture: integer('has_picture', { mode: 'boolean' }),
    /** Random name of the current set of pictures: URLs of pictures never change their meaning. */
    imageSet: text('image_set'),
    storyboardSheets: integer('storyboard_sheets').notNull().default(0),
    /** Frames in the set one can choose a poster from, and the one that is shown unless somebody chose. */
    posterChoices: integer('poster_choices').notNull().default(0),
    posterBest: integer('poster_best').notNull().default(0),
    /** A poster that was chosen or sent lies in a set of its own, which outlives the other. Null: the best of the choices. */
    posterSet: text('poster_set'),
    /** Which of the choices it is; null for one that was sent, or was chosen from an earlier set. */
    posterChoice: integer('poster_choice'),
    /** Where the waveform of sound alone is: a set of its own, as it is made apart. */
    waveformSet: text('waveform_set'),
    encodePercent: integer('encode_percent'),
    playableAtMs: integer('playable_at_ms'),
    readyAtMs: integer('ready_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
    /** Soft delete: hidden at once, swept with its files a while later. */
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    index('videos_newest').on(table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`),
    index('videos_visible').on(table.visibility, table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`),
    index('videos_owner').on(table.ownerId, table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`),
    index('videos_channel').on(table.channelId, table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`),
    // These hold all that sums ask for, `deleted_at_ms` as well: SQLite reads that from the row otherwise, though it is the
    // index's own condition.
    index('videos_owner_size')
      .on(table.ownerId, table.sizeBytes, table.deletedAtMs)
      .where(sql`${table.deletedAtMs} is null`),
    index('videos_channel_size')
      .on(table.channelId, table.sizeBytes, table.deletedAtMs)
      .where(sql`${table.deletedAtMs} is null`),
    index('videos_library_size')
      .on(table.libraryId, table.sizeBytes, table.deletedAtMs)
      .where(sql`${table.deletedAtMs} is null`),
    // The largest of all, and what each origin takes. It does not begin with the origin: lists of one origin would be sorted
    // instead of read in their order.
    index('videos_size')
      .on(table.sizeBytes, table.id, table.origin, table.deletedAtMs)
      .where(sql`${table.deletedAtMs} is null`),
    index('videos_library').on(table.libraryId, table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`),
    index('videos_state').on(table.state, table.createdAtMs).where(sql`${table.deletedAtMs} is null`),
    index('videos_deleted').on(table.deletedAtMs).where(sql`${table.deletedAtMs} is not null`),
  ],
);

export const sources = sqliteTable(
  'sources',
  {
    id: text('id').primaryKey(),
    videoId: text('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    /** `stored`: `location` is a storage key. `inPlace`: it is a path in a library folder, never written to. */
    kind: text('kind').$type<'stored' | 'inPlace'>().notNull(),
    location: text('location').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    modifiedAtMs: integer('modified_at_ms').notNull(),
    /** 1 while a file in place cannot be found or read: back at once when it returns. */
    missing: integer('missing', { mode: 'boolean' }).notNull().default(false),
    /** Where the clock of the file jumps: a copy in storage in which it does not, and which is played instead. */
    repairedKey: text('repaired_key'),
    info: text('info', { mode: 'json' }).$type<MediaInfo>(),
    timeline: text('timeline', { mode: 'json' }).$type<Timeline>(),
    /** The `STREAM_FORMAT` it was inspected under; older ones are inspected anew. */
    format: integer('format').notNull().default(1),
    /** How loud each audio track is, by ffprobe's stream index; null until it has been measured. */
    loudness: text('loudness', { mode: 'json' }).$type<Record<number, Loudness>>(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    index('sources_video').on(table.videoId),
    index('sources_missing').on(table.id).where(sql`${table.missing} = 1`),
    index('sources_format').on(table.format).where(sql`${table.timeline} is not null`),
    uniqueIndex('sources_in_place').on(table.location).where(sql`${table.kind} = 'inPlace'`),
  ],
);

/** Where the segments of a copied track are in its file (`streaming/packager/track-index.ts`). What is not kept is found out again. */
export const trackIndexes = sqliteTable(
  'track_indexes',
  {
    sourceId: text('source_id')
      .notNull()
      .references(() => sources.id, { onDelete: 'cascade' }),
    /** ffprobe's stream index. */
    trackIndex: integer('track_index').notNull(),
    bytes: blob('bytes', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.sourceId, table.trackIndex] })],
);

export const renditions = sqliteTable(
  'renditions',
  {
    id: text('id').primaryKey(),
    videoId: text('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    sourceId: text('source_id')
      .notNull()
      .references(() => sources.id, { onDelete: 'cascade' }),
    position: integer('position').notNull(),
    spec: text('spec', { mode: 'json' }).$type<Rendition>().notNull(),
    /** `eager`: kept for ever once made. `lazy`: in the cache, least recently watched out first. */
    policy: text('policy').$type<'eager' | 'lazy'>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    index('renditions_video').on(table.videoId, table.position),
    index('renditions_source').on(table.sourceId),
    index('renditions_policy').on(table.policy),
  ],
);
