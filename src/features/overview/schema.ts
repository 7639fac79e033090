import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What takes how much, as it was counted last: a request reads it here and never walks the disk. */
export const storageUsage = sqliteTable(
  'storage_usage',
  {
    /**
     * `files`: ours, by what they are for. `library`: those of a library, which stay where they are. `origin`, `channel`:
     * originals by where they came from, and by where they are published.
     */
    of: text('of').$type<'files' | 'library' | 'origin' | 'channel'>().notNull(),
    /** What they are for (`FileKind`), the library's id, the origin, or the channel's id (empty: all others). */
    key: text('key').notNull(),
    bytes: integer('bytes').notNull(),
    files: integer('files').notNull(),
    countedAtMs: integer('counted_at_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.of, table.key] })],
);

/** How full the disk was, one row a day: what the forecast goes by. */
export const diskDays = sqliteTable('disk_days', {
  /** Midnight UTC. */
  dayMs: integer('day_ms').primaryKey(),
  freeBytes: integer('free_bytes').notNull(),
  totalBytes: integer('total_bytes').notNull(),
});
