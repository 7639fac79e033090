import { createHash, randomBytes } from 'node:crypto';
import { and, eq, lt, ne } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
import type { LiveConnection } from '../../platform/live.ts';
import type { App } from '../../ports.ts';
import { findSession } from './queries.ts';
import { sessions, users } from './schema.ts';
import { ANONYMOUS, type Viewer } from './viewer.ts';

/**
 * Sessions: a random token of 160 bits that only the viewer has; we keep its SHA-256. Cookie and bearer alike. A session
 * that is used lives on: its end moves when a day of it has passed.
 */

const SEEN_EVERY_MS = 5 * MINUTE_MS;

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** For what only its holder has: 160 bits, fit for an address. */
export const newToken = () => randomBytes(20).toString('base64url');

/** Opens a session; returns the token to hand out. */
export function openSession(app: App, tx: Tx, userId: string, userAgent: string | null): string {
  const token = newToken();
  const nowMs = app.clock.nowMs();
  const expiresAtMs = nowMs + sessionMs(app);
  tx.insert(sessions)
    .values({
      tokenHash: hashToken(token),
      userId,
      createdAtMs: nowMs,
      expiresAtMs,
      userAgent: userAgent?.slice(0, 300),
    })
    .run();
  return token;
}

/** The viewer behind a token; anonymous when it is unknown or has run out. */
export function viewerOf(app: App, token: string | undefined): Viewer {
  if (!token || token.length > 200) return ANONYMOUS;
  const sessionHash = hashToken(token);
  const nowMs = app.clock.nowMs();
  const session = findSession(app.db.orm, sessionHash, nowMs);
  if (!session) return ANONYMOUS;
  const expiresAtMs = nowMs + sessionMs(app);
  if (expiresAtMs - session.expiresAtMs > DAY_MS) {
    app.db.write((tx) => tx.update(sessions).set({ expiresAtMs }).where(eq(sessions.tokenHash, sessionHash)).run());
  }
  noteSeen(app, session.user.id, sessionHash, session.lastSeenAtMs);
  return { user: session.user, sessionHash };
}

/** One write in five minutes is enough to tell who is about. */
function noteSeen(app: App, userId: string, sessionHash: string, lastSeenAtMs: number | null): void {
  const nowMs = app.clock.nowMs();
  if (lastSeenAtMs !== null && nowMs - lastSeenAtMs < SEEN_EVERY_MS) return;
  app.db.write((tx) => {
    tx.update(users).set({ lastSeenAtMs: nowMs }).where(eq(users.id, userId)).run();
    tx.update(sessions).set({ lastSeenAtMs: nowMs }).where(eq(sessions.tokenHash, sessionHash)).run();
  });
}

/** Ends one session, and what was opened with it: sockets at once, links to media at their next request. */
export function closeSession(app: App, sessionHash: string): void {
  app.db.write((tx) => {
    tx.delete(sessions).where(eq(sessions.tokenHash, sessionHash)).run();
    hangUp(app, (connection) => connection.sessionHash === sessionHash);
  });
}

/** Ends all sessions of an account but one, where that is to stay; returns how many. */
export function closeSessionsOf(app: App, tx: Tx, userId: string, but: string | null = null): number {
  hangUp(app, (connection) => connection.userId === userId && (but === null || connection.sessionHash !== but));
  const ended = and(eq(sessions.userId, userId), but === null ? undefined : ne(sessions.tokenHash, but));
  return tx.delete(sessions).where(ended).run().changes;
}

/** Within a transaction: once it is committed, these connections end. Browsers come back as who they are then. */
export function hangUp(app: App, which: (connection: LiveConnection) => boolean): void {
  app.db.afterCommit(() => app.live.disconnect(which, 'Your account has changed.'));
}

/** Periodic: forgets sessions that have run out. */
export function sweepSessions(app: App): void {
  app.db.write((tx) => {
    const ended = tx
      .delete(sessions)
      .where(lt(sessions.expiresAtMs, app.clock.nowMs()))
      .returning({ hash: sessions.tokenHash })
      .all();
    const hashes = new Set(ended.map(({ hash }) => hash));
    hangUp(app, ({ sessionHash }) => sessionHash !== null && hashes.has(sessionHash));
  });
}

function sessionMs({ config }: App): number {
  return config.accounts.sessionDays * DAY_MS;
}
