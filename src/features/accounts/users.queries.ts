import { and, asc, count, eq, gt, inArray, isNotNull, isNull, ne, sql, sum } from 'drizzle-orm';
import type { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import type { Page } from '../../core/wire.ts';
import type { Orm } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { videos } from '../videos/schema.ts';
import { userNotFound } from './problems.ts';
import { sessions, users } from './schema.ts';
import type { AccountWire, ListAccountsQuery } from './users.api.ts';

export type AccountRow = typeof users.$inferSelect;

const lowered = sql<string>`lower(${users.username})`;

/** Lists accounts by name, those in use or those that have been removed. */
export function listAccounts(app: App, query: z.output<typeof ListAccountsQuery>): Page<AccountWire> {
  const { cursor, limit, search, role, disabled, removed } = query;
  const after = cursor ? String(decodeCursor(cursor, ['string'])[0]) : '';
  const part = search?.toLowerCase();
  const rows = app.db.orm
    .select()
    .from(users)
    .where(
      and(
        gt(lowered, after),
        removed === 'true' ? isNotNull(users.deletedAtMs) : isNull(users.deletedAtMs),
        role ? eq(users.role, role) : undefined,
        disabled === undefined
          ? undefined
          : disabled === 'true'
            ? isNotNull(users.disabledAtMs)
            : isNull(users.disabledAtMs),
        part ? sql`(instr(${lowered}, ${part}) or instr(lower(${users.email}), ${part}))` : undefined,
      ),
    )
    .orderBy(asc(lowered))
    .limit(limit + 1)
    .all();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: accountWires(app, items),
    nextCursor: rows.length > limit && last ? encodeCursor([last.username.toLowerCase()]) : null,
  };
}

/** An account by its id, removed or not. Throws `user-not-found`. */
export function getAccount(orm: Orm, id: string): AccountRow {
  const row = orm.select().from(users).where(eq(users.id, id)).get();
  if (!row) throw userNotFound('There is no such account.');
  return row;
}

export function accountWire(app: App, id: string): AccountWire {
  return accountWires(app, [getAccount(app.db.orm, id)])[0]!;
}

/** Whether somebody else can still do what only admins may. */
export function hasOtherAdmin(orm: Orm, id: string): boolean {
  const others = and(eq(users.role, 'admin'), isNull(users.deletedAtMs), isNull(users.disabledAtMs), ne(users.id, id));
  return orm.select({ id: users.id }).from(users).where(others).get() !== undefined;
}

function accountWires(app: App, rows: AccountRow[]): AccountWire[] {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const live = and(inArray(sessions.userId, ids), gt(sessions.expiresAtMs, app.clock.nowMs()));
  const counted = app.db.orm
    .select({ userId: sessions.userId, n: sql<number>`count(*)` })
    .from(sessions)
    .where(live)
    .groupBy(sessions.userId)
    .all();
  const sessionsOf = new Map(counted.map(({ userId, n }) => [userId, n]));
  const owned = app.db.orm
    .select({ userId: videos.ownerId, n: count(), bytes: sum(videos.sizeBytes).mapWith(Number) })
    .from(videos)
    .where(and(inArray(videos.ownerId, ids), isNull(videos.deletedAtMs)))
    .groupBy(videos.ownerId)
    .all();
  const videosOf = new Map(owned.map((row) => [row.userId, row]));
  return rows.map(({ id, username, email, role, createdAtMs, lastSeenAtMs, disabledAtMs, deletedAtMs }) => ({
    id,
    username,
    email,
    role,
    createdAtMs,
    lastSeenAtMs,
    disabledAtMs,
    removedAtMs: deletedAtMs,
    sessions: sessionsOf.get(id) ?? 0,
    videos: videosOf.get(id)?.n ?? 0,
    storageBytes: videosOf.get(id)?.bytes ?? 0,
  }));
}
