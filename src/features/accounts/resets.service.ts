import { eq, lt } from 'drizzle-orm';
import { DAY_MS, HOUR_MS, type TimeMs } from '../../core/time.ts';
import type { Orm, Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { recordAct } from '../audit/service.ts';
import { hashPassword } from './passwords.service.ts';
import { accountDisabled, resetLinkExpired, resetLinkNotFound, resetLinkUsed, userNotFound } from './problems.ts';
import { viewerUser } from './queries.ts';
import { passwordResets, users } from './schema.ts';
import type { SignedIn } from './service.ts';
import { closeSessionsOf, hashToken, newToken, openSession } from './sessions.service.ts';
import { type AccountRow, getAccount } from './users.queries.ts';
import type { Actor } from './viewer.ts';

/** Links by which somebody chooses a new password, once, without the old one. */

/** How long it is still said of a link that it has run out or was used. */
const TOLD_MS = 30 * DAY_MS;

export interface ResetLink {
  /** Nobody can read it again. */
  token: string;
  expiresAtMs: TimeMs;
}

/** A new link for an account, which voids the one before: whoever hands it over sends it where that person alone reads it. */
export function makeResetLink(app: App, by: Actor, userId: string, hours: number): ResetLink {
  return app.db.write((tx) => {
    const { id, username, deletedAtMs } = getAccount(tx, userId);
    if (deletedAtMs !== null) throw userNotFound('This account has been removed. Restore it first.');
    const link = startReset(app, tx, id, hours * HOUR_MS);
    recordAct(app, tx, by, { act: 'user.resetLinkMade', target: { id, name: username } });
    return link;
  });
}

/** The link alone, for whatever sends it. */
function startReset(app: App, tx: Tx, userId: string, lifeMs: number): ResetLink {
  const token = newToken();
  const nowMs = app.clock.nowMs();
  const expiresAtMs = nowMs + lifeMs;
  forgetResets(tx, userId);
  tx.insert(passwordResets)
    .values({ userId, tokenHash: hashToken(token), createdAtMs: nowMs, expiresAtMs, usedAtMs: null })
    .run();
  return { token, expiresAtMs };
}

/** A password was changed in another way: what was sent before shall not undo that. */
export function forgetResets(tx: Tx, userId: string): void {
  tx.delete(passwordResets).where(eq(passwordResets.userId, userId)).run();
}

/** Whose link this is, and until when it holds. Throws what is wrong with it. */
export function getReset(app: App, token: string, orm: Orm = app.db.orm): { account: AccountRow; expiresAtMs: TimeMs } {
  const row = orm
    .select({ account: users, reset: passwordResets })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(eq(passwordResets.tokenHash, hashToken(token)))
    .get();
  const again = 'Ask an admin of this instance for another.';
  if (!row || row.account.deletedAtMs !== null) {
    throw resetLinkNotFound(`This link is not valid, or a newer one has taken its place. ${again}`);
  }
  const { account, reset } = row;
  if (reset.usedAtMs !== null) throw resetLinkUsed(`This link has been used already. ${again}`);
  if (reset.expiresAtMs <= app.clock.nowMs()) throw resetLinkExpired(`This link has run out. ${again}`);
  if (account.disabledAtMs !== null) throw accountDisabled('This account is disabled. Ask an admin of this instance.');
  return { account, expiresAtMs: reset.expiresAtMs };
}

/** Gives the account this password, ends all its sessions, and signs in. */
export async function resetPassword(
  app: App,
  { token, password }: { token: string; password: string },
  from: { address: string; userAgent: string | null },
): Promise<SignedIn> {
  getReset(app, token);
  const passwordHash = await hashPassword(password);
  return app.db.write((tx) => {
    const { account } = getReset(app, token, tx);
    const user = viewerUser(account);
    tx.update(users).set({ passwordHash }).where(eq(users.id, user.id)).run();
    tx.update(passwordResets).set({ usedAtMs: app.clock.nowMs() }).where(eq(passwordResets.userId, user.id)).run();
    closeSessionsOf(app, tx, user.id);
    const target = { id: user.id, name: user.username };
    recordAct(app, tx, { user, address: from.address }, { act: 'user.passwordReset', target });
    app.db.afterCommit(() => app.events.emit('user.changed', { userId: user.id }));
    return { user, token: openSession(app, tx, user.id, from.userAgent) };
  });
}

/** Periodic: forgets links that ran out long ago. */
export function sweepResets(app: App): void {
  const before = app.clock.nowMs() - TOLD_MS;
  app.db.write((tx) => tx.delete(passwordResets).where(lt(passwordResets.expiresAtMs, before)).run());
}
