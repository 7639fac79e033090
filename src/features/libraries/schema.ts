import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const libraries = sqliteTable(
  'libraries',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind').$type<'movies' | 'shows' | 'home'>().notNull(),
    /** 1 where the YAML file declares it; such a library follows the file and is not edited in the browser. */
    fromConfig: integer('from_config', { mode: 'boolean' }).notNull(),
    scannedAtMs: integer('scanned_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [index('libraries_live').on(table.createdAtMs, table.id).where(sql`${table.deletedAtMs} is null`)],
);

export const libraryFolders = sqliteTable(
  'library_folders',
  {
    id: text('id').primaryKey(),
    libraryId: text('library_id')
      .notNull()
      .references(() => libraries.id, { onDelete: 'cascade' }),
    path: text('path').notNull(),
    /** 0 while the folder is missing or empty though it held videos: nothing is deleted then. */
    online: integer('online', { mode: 'boolean' }).notNull(),
  },
  (table) => [uniqueIndex('library_folders_path').on(table.libraryId, table.path)],
);
