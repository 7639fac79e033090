import { createHash, randomBytes } from 'node:crypto';
import { eq, lt } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '../../core/time.ts';
import type { Tx } from '../../platform/db.ts';
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

/** Opens a session; returns the token to hand out. */
export function openSession(app: App, tx: Tx, userId: string, userAgent: string | null): string {
  const token = randomBytes(20).toString('base64url');
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
  noteSeen(app, session.user.id, session.lastSeenAtMs);
  return { user: session.user, sessionHash };
}

/** One write in five minutes is enough to tell who is about. */
function noteSeen(app: App, userId: string, lastSeenAtMs: number | null): void {
  const nowMs = app.clock.nowMs();
  if (lastSeenAtMs !== null && nowMs - lastSeenAtMs < SEEN_EVERY_MS) return;
  app.db.write((tx) => tx.update(users).set({ lastSeenAtMs: nowMs }).where(eq(users.id, userId)).run());
}

export function closeSession(app: App, sessionHash: string): void {
  app.db.write((tx) => tx.delete(sessions).where(eq(sessions.tokenHash, sessionHash)).run());
}

/** Periodic: forgets sessions that have run out. */
export function sweepSessions(app: App): void {
  app.db.write((tx) => tx.delete(sessions).where(lt(sessions.expiresAtMs, app.clock.nowMs())).run());
}

function sessionMs({ config }: App): number {
  return config.accounts.sessionDays * DAY_MS;
}
