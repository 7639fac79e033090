import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from '../accounts/schema.ts';

/** Who this instance is to push services: one row, made when somebody first wants to know. Subscriptions are worth nothing without it. */
export const pushKeys = sqliteTable('push_keys', {
  /** The uncompressed point, in base64url. */
  publicKey: text('public_key').primaryKey(),
  privateKey: text('private_key').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
});

/** Browsers that want to be told. */
export const pushSubscriptions = sqliteTable(
  'push_subscriptions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Where its push service takes messages: whoever knows it and our key can write to it. */
    endpoint: text('endpoint').notNull(),
    p256dh: text('p256dh').notNull(),
    auth: text('auth').notNull(),
    /** The site it was made on, such as "https://video.example": our address to push services where no other is known. */
    site: text('site').notNull(),
    userAgent: text('user_agent'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('push_subscriptions_endpoint').on(table.endpoint),
    index('push_subscriptions_user').on(table.userId, table.createdAtMs, table.id),
  ],
);
