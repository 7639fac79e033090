import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What admins chose in the browser: below the file and the environment, above the defaults. */
export const settings = sqliteTable('settings', {
  /** The key of the configuration, such as "cache.segmentsGb". */
  name: text('name').primaryKey(),
  value: text('value', { mode: 'json' }).$type<unknown>().notNull(),
  changedAtMs: integer('changed_at_ms').notNull(),
});
