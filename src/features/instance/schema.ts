import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The one-time setup link. At most one row is unused. */
export const setupTokens = sqliteTable('setup_tokens', {
  /** SHA-256 in hex. */
  tokenHash: text('token_hash').primaryKey(),
  createdAtMs: integer('created_at_ms').notNull(),
  usedAtMs: integer('used_at_ms'),
});
