import { and, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { type Orm, preparedFor } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { channelRef, findChannelOf } from '../channels/queries.ts';
import type { UserWire } from './api.ts';
import { sessions, users } from './schema.ts';
import type { ViewerUser } from './viewer.ts';

type UserRow = typeof users.$inferSelect;

/** Finds an account by username or e-mail address, whatever the case. */
export function findUserByLogin(orm: Orm, login: string): UserRow | null {
  const lowered = login.toLowerCase();
  const named = or(eq(sql`lower(${users.username})`, lowered), eq(sql`lower(${users.email})`, lowered));
  return (
    orm
      .select()
      .from(users)
      .where(and(named, isNull(users.deletedAtMs)))
      .get() ?? null
  );
}

/** Whether an account that has been removed keeps this name or address: it may come back. */
export function isKeptByRemoved(orm: Orm, field: 'username' | 'email', login: string): boolean {
  const kept = and(eq(sql`lower(${users[field]})`, login.toLowerCase()), isNotNull(users.deletedAtMs));
  return orm.select({ id: users.id }).from(users).where(kept).get() !== undefined;
}

/** An account that may be used: neither removed nor disabled. */
export function findUser(orm: Orm, id: string): ViewerUser | null {
  const row = userById(orm).get({ id });
  return row ? viewerUser(row) : null;
}

const userById = preparedFor((orm) =>
  orm
    .select()
    .from(users)
    .where(and(eq(users.id, sql.placeholder('id')), isNull(users.deletedAtMs), isNull(users.disabledAtMs)))
    .prepare(),
);

/** How links to media name a session: the first 64 bits of its hash, which is no secret. */
export const sessionKeyOf = (sessionHash: string) => sessionHash.slice(0, 16);

/** The account of a live session, by its key. Links to media that were made with it work as long as it is found. */
export function findSessionUser(orm: Orm, userId: string, sessionKey: string, nowMs: number): ViewerUser | null {
  const row = userBySessionKey(orm).get({ userId, from: sessionKey, until: `${sessionKey}g`, nowMs });
  return row ? viewerUser(row.user) : null;
}

const userBySessionKey = preparedFor((orm) =>
  orm
    .select({ user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        // Hashes are in hex: "g" comes after all of them. This way the primary key is all that is looked at.
        gt(sessions.tokenHash, sql.placeholder('from')),
        lt(sessions.tokenHash, sql.placeholder('until')),
        eq(sessions.userId, sql.placeholder('userId')),
        gt(sessions.expiresAtMs, sql.placeholder('nowMs')),
        isNull(users.deletedAtMs),
        isNull(users.disabledAtMs),
      ),
    )
    .prepare(),
);

export function hasAdmin(orm: Orm): boolean {
  return (
    orm
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.role, 'admin'), isNull(users.deletedAtMs)))
      .get() !== undefined
  );
}

/** The user of a live session, and when that session ends. */
export function findSession(
  orm: Orm,
  tokenHash: string,
  nowMs: number,
): { user: ViewerUser; expiresAtMs: number; lastSeenAtMs: number | null } | null {
  const row = orm
    .select({ user: users, expiresAtMs: sessions.expiresAtMs, lastSeenAtMs: sessions.lastSeenAtMs })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.tokenHash, tokenHash),
        gt(sessions.expiresAtMs, nowMs),
        isNull(users.deletedAtMs),
        isNull(users.disabledAtMs),
      ),
    )
    .get();
  if (!row) return null;
  return { user: viewerUser(row.user), expiresAtMs: row.expiresAtMs, lastSeenAtMs: row.lastSeenAtMs };
}

export function viewerUser({ id, username, email, role, createdAtMs }: UserRow): ViewerUser {
  return { id, username, email, role, createdAtMs };
}

export function userWire(app: App, user: ViewerUser): UserWire {
  const channel = findChannelOf(app.db.orm, user.id);
  return { ...user, mayUpload: mayUpload(app, user), channel: channel && channelRef(channel) };
}

export function mayUpload({ config }: App, { role }: Pick<ViewerUser, 'role'>): boolean {
  return role !== 'member' || config.accounts.membersMayUpload;
}
