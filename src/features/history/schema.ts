import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { users } from '../accounts/schema.ts';
import { videos } from '../videos/schema.ts';

export const watchProgress = sqliteTable(
  'watch_progress',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    videoId: text('video_id')
      .notNull()
      .references(() => videos.id, { onDelete: 'cascade' }),
    positionMs: integer('position_ms').notNull(),
    finished: integer('finished', { mode: 'boolean' }).notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.videoId] }),
    index('watch_progress_continue').on(table.userId, table.updatedAtMs).where(sql`${table.finished} = 0`),
    index('watch_progress_video').on(table.videoId),
  ],
);
