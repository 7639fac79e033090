import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** How periodic work went the last time, and how often an admin wants it. */
export const tasks = sqliteTable('tasks', {
  name: text('name').primaryKey(),
  /** Null: as often as it does by itself. */
  everyMs: integer('every_ms'),
  /** Once a day at this time of the server's clock, such as "03:00", instead; null: not so. */
  dailyAt: text('daily_at'),
  startedAtMs: integer('started_at_ms'),
  durationMs: integer('duration_ms'),
  /** Why the last run failed; null when it went well. */
  failure: text('failure'),
});
