import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from '../accounts/schema.ts';
import type { NoticeFacts, NoticeKind, NoticeState } from './api.ts';

/**
 * What is wrong or was: one row for each condition from when it was first seen. A row that was never raised says that it may have
 * passed by itself, and goes when it has.
 */
export const notices = sqliteTable(
  'notices',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<NoticeKind>().notNull(),
    /** Which of several, such as a library's id; empty where there is one alone. */
    subject: text('subject').notNull(),
    state: text('state').$type<NoticeState>().notNull(),
    facts: text('facts', { mode: 'json' }).$type<NoticeFacts>().notNull(),
    seenAtMs: integer('seen_at_ms').notNull(),
    /** Since when it has been well; it may come back. */
    goneAtMs: integer('gone_at_ms'),
    raisedAtMs: integer('raised_at_ms'),
    /** When admins were told last. */
    toldAtMs: integer('told_at_ms'),
    clearedAtMs: integer('cleared_at_ms'),
  },
  (table) => [
    uniqueIndex('notices_open').on(table.kind, table.subject).where(sql`${table.clearedAtMs} is null`),
    index('notices_cleared').on(table.clearedAtMs, table.id),
  ],
);

/** What an admin chose; without a row, mail is wanted. */
export const noticePreferences = sqliteTable('notice_preferences', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  mail: integer('mail', { mode: 'boolean' }).notNull(),
});
