import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Role } from './api.ts';

export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    username: text('username').notNull(),
    email: text('email').notNull(),
    /** argon2id in PHC string form. */
    passwordHash: text('password_hash').notNull(),
    role: text('role').$type<Role>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** When it asked for something last, to within minutes. */
    lastSeenAtMs: integer('last_seen_at_ms'),
    /** Since when an admin lets nobody in with it. */
    disabledAtMs: integer('disabled_at_ms'),
    deletedAtMs: integer('deleted_at_ms'),
  },
  (table) => [
    uniqueIndex('users_username').on(sql`lower(${table.username})`),
    uniqueIndex('users_email').on(sql`lower(${table.email})`),
  ],
);

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the token, in hex: the token itself is only ever with the viewer. */
    tokenHash: text('token_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    userAgent: text('user_agent'),
    /** When it asked for something last, to within minutes. */
    lastSeenAtMs: integer('last_seen_at_ms'),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAtMs)],
);

/**
 * People who have registered where an admin says yes: no account yet. Who was declined is kept for a while, to be told so;
 * name and address are free again.
 */
export const registrations = sqliteTable(
  'registrations',
  {
    /** Becomes the account's when it is approved. */
    id: text('id').primaryKey(),
    username: text('username').notNull(),
    email: text('email').notNull(),
    passwordHash: text('password_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    declinedAtMs: integer('declined_at_ms'),
  },
  (table) => [
    index('registrations_username').on(sql`lower(${table.username})`),
    index('registrations_email').on(sql`lower(${table.email})`),
    index('registrations_waiting').on(table.declinedAtMs, table.createdAtMs, table.id),
  ],
);

/** Links by which people make themselves an account where one is needed for that. */
export const invites = sqliteTable(
  'invites',
  {
    id: text('id').primaryKey(),
    /** SHA-256 of the token, in hex: the token itself is only in the link. */
    tokenHash: text('token_hash').notNull(),
    note: text('note').notNull(),
    /** How many may come by it; null for any number. */
    maxUses: integer('max_uses'),
    uses: integer('uses').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** The name of who made it, as it was then. */
    createdBy: text('created_by').notNull(),
    /** Null where it does not run out. */
    expiresAtMs: integer('expires_at_ms'),
    revokedAtMs: integer('revoked_at_ms'),
  },
  (table) => [
    uniqueIndex('invites_token').on(table.tokenHash),
    index('invites_created').on(table.createdAtMs, table.id),
  ],
);

/** Links by which somebody chooses a new password, once. One for each account: a new one voids the last. */
export const passwordResets = sqliteTable(
  'password_resets',
  {
    userId: text('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of the token, in hex. */
    tokenHash: text('token_hash').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    usedAtMs: integer('used_at_ms'),
  },
  (table) => [uniqueIndex('password_resets_token').on(table.tokenHash)],
);
