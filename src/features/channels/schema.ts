import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { users } from '../accounts/schema.ts';

/** Where somebody's videos are published. Every account has one. */
export const channels = sqliteTable(
  'channels',
  {
    id: text('id').primaryKey(),
    /** Its name in addresses, as it was typed; no two differ by case alone. */
    handle: text('handle').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    ownerId: text('owner_id').references(() => users.id, { onDelete: 'set null' }),
    createdAtMs: integer('created_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (table) => [
    uniqueIndex('channels_handle').on(sql`lower(${table.handle})`),
    index('channels_owner').on(table.ownerId, table.createdAtMs, table.id),
  ],
);
