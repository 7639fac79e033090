import { and, eq, gt } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { difference, recordAct } from '../audit/service.ts';
import type { Attempts } from './attempts.ts';
import type { EditMeBody, NewPasswordBody, OwnSessionWire } from './me.api.ts';
import { refuseTaken } from './names.service.ts';
import { hashPassword, verifyPassword } from './passwords.service.ts';
import { sessionNotFound, wrongPassword } from './problems.ts';
import { viewerUser } from './queries.ts';
import { forgetResets } from './resets.service.ts';
import { sessions, users } from './schema.ts';
import { closeSession, closeSessionsOf } from './sessions.service.ts';
import { type AccountRow, getAccount } from './users.queries.ts';
import type { Actor, Viewer, ViewerUser } from './viewer.ts';

/** What people do with their own account. Whoever finds a screen left open must know the password for most of it. */

/** Who is signed in, with what, and from where. */
export interface Self {
  user: ViewerUser;
  sessionHash: string | null;
  address: string;
}

/** Changes name or address. Throws `wrong-password` and `account-taken`. */
export async function editMe(
  app: App,
  attempts: Attempts,
  me: Self,
  { currentPassword, ...names }: z.output<typeof EditMeBody>,
): Promise<ViewerUser> {
  const knownHash = await checkPassword(app, attempts, me, currentPassword);
  const { id } = me.user;
  return app.db.write((tx) => {
    const { username, email } = getUnchanged(tx, id, knownHash);
    refuseTaken(tx, names, id);
    const changes = difference<typeof names>({ username, email }, names);
    tx.update(users).set(names).where(eq(users.id, id)).run();
    const target = { id, name: names.username ?? username };
    recordAct(app, tx, byOf(me), { act: 'user.changed', target, changes });
    app.db.afterCommit(() => app.events.emit('user.changed', { userId: id }));
    return viewerUser(getAccount(tx, id));
  });
}

/** Chooses a new password; all other sessions end. Throws `wrong-password`. */
export async function changePassword(
  app: App,
  attempts: Attempts,
  me: Self,
  { currentPassword, password }: z.output<typeof NewPasswordBody>,
): Promise<{ ended: number }> {
  const knownHash = await checkPassword(app, attempts, me, currentPassword);
  const passwordHash = await hashPassword(password);
  const { id } = me.user;
  return app.db.write((tx) => {
    const { username } = getUnchanged(tx, id, knownHash);
    tx.update(users).set({ passwordHash }).where(eq(users.id, id)).run();
    forgetResets(tx, id);
    const changes = { password: { after: 'a new one' } };
    recordAct(app, tx, byOf(me), { act: 'user.changed', target: { id, name: username }, changes });
    app.db.afterCommit(() => app.events.emit('user.changed', { userId: id }));
    return { ended: closeSessionsOf(app, tx, id, me.sessionHash) };
  });
}

/** Where one is signed in, the newest use first. */
export function listOwnSessions(app: App, { user, sessionHash }: Viewer): OwnSessionWire[] {
  const live = and(eq(sessions.userId, user!.id), gt(sessions.expiresAtMs, app.clock.nowMs()));
  const rows = app.db.orm.select().from(sessions).where(live).all();
  const seenAtMs = (row: (typeof rows)[number]) => row.lastSeenAtMs ?? row.createdAtMs;
  rows.sort((a, b) => seenAtMs(b) - seenAtMs(a));
  return rows.slice(0, MOST).map(({ tokenHash, userAgent, createdAtMs, lastSeenAtMs }) => ({
    id: idOf(tokenHash),
    userAgent,
    createdAtMs,
    lastSeenAtMs,
    current: tokenHash === sessionHash,
  }));
}

/** Signs one device out. Throws `session-not-found`. */
export function endOwnSession(app: App, { user }: Viewer, id: string): void {
  const own = eq(sessions.userId, user!.id);
  const hashes = app.db.orm.select({ hash: sessions.tokenHash }).from(sessions).where(own).all();
  const found = hashes.find(({ hash }) => idOf(hash) === id);
  if (!found) throw sessionNotFound('This session has ended already.');
  closeSession(app, found.hash);
}

/** Signs all other devices out; returns how many. */
export function endOtherSessions(app: App, { user, sessionHash }: Viewer): number {
  return app.db.write((tx) => closeSessionsOf(app, tx, user!.id, sessionHash));
}

/** More are of no use on a page; "all others" ends them all the same. */
const MOST = 500;

/** A part of the hash: it names the session, and nobody can make the token of it. */
const idOf = (tokenHash: string) => tokenHash.slice(0, 24);

const byOf = ({ user, address }: Self): Actor => ({ user, address });

/** Returns the hash it was right for: what waits afterwards looks whether that is still the one. */
async function checkPassword(app: App, attempts: Attempts, { user, address }: Self, password: string): Promise<string> {
  // Counted beside sign-ins by this name, which are somebody else's guesses and must not lock out who is in.
  const keys = { login: `own ${user.id}`, address };
  attempts.check(keys);
  attempts.failed(keys);
  const { passwordHash } = getAccount(app.db.orm, user.id);
  if (!(await verifyPassword(password, passwordHash))) throw notTheCurrent();
  attempts.succeeded(keys);
  return passwordHash;
}

/** The account, if it is as it was when its password was checked: somebody may have taken it back meanwhile. */
function getUnchanged(tx: Tx, id: string, knownHash: string): AccountRow {
  const account = getAccount(tx, id);
  const isUsable = account.deletedAtMs === null && account.disabledAtMs === null;
  if (!isUsable || account.passwordHash !== knownHash) throw notTheCurrent();
  return account;
}

const notTheCurrent = () =>
  wrongPassword('Your current password is not right.', {
    errors: [{ field: 'currentPassword', message: 'is not right' }],
  });
