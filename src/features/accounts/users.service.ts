import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { difference, recordAct } from '../audit/service.ts';
import { hideVideosOf, showVideosOf } from '../videos/service.ts';
import { addUser } from './add-user.service.ts';
import { hashPassword } from './passwords.service.ts';
import { lastAdmin, ownAccount } from './problems.ts';
import { forgetResets } from './resets.service.ts';
import { users } from './schema.ts';
import { closeSessionsOf, hangUp } from './sessions.service.ts';
import type { AddAccountBody, EditAccountBody, RemoveAccountQuery } from './users.api.ts';
import { type AccountRow, getAccount, hasOtherAdmin } from './users.queries.ts';
import type { Actor } from './viewer.ts';

/** What admins do with other people's accounts. */

/** Makes an account, whatever registration is set to; returns its id. Throws `account-taken`. */
export async function addAccount(app: App, by: Actor, body: z.output<typeof AddAccountBody>): Promise<string> {
  const { password, ...account } = body;
  const passwordHash = await hashPassword(password);
  return app.db.write((tx) => {
    const { id, username, role } = addUser(app, tx, { ...account, passwordHash });
    recordAct(app, tx, by, { act: 'user.added', target: { id, name: username }, changes: difference({}, { role }) });
    return id;
  });
}

/**
 * Changes role or password, or lets nobody in with it. A new password and being disabled sign the account out everywhere; the
 * links to media of a disabled one end, too. Throws `last-admin`, and `own-account` where admins would lock themselves out.
 */
export async function editAccount(
  app: App,
  by: Actor,
  id: string,
  body: z.output<typeof EditAccountBody>,
): Promise<void> {
  getAccount(app.db.orm, id);
  const passwordHash = body.password === undefined ? null : await hashPassword(body.password);
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    const before = { role: account.role, disabled: account.disabledAtMs !== null };
    const changes = difference(before, { role: body.role, disabled: body.disabled });
    // Only that there is a new one: passwords are nobody's to read.
    if (passwordHash !== null) changes['password'] = { after: 'a new one' };
    recordAct(app, tx, by, { act: 'user.changed', target: nameOf(account), changes });
    const { role = before.role, disabled = before.disabled } = body;
    if (disabled || role !== 'admin') keepAnAdmin(tx, account);
    if (disabled && !before.disabled) refuseOwn(by, id, 'disable');
    const disabledAtMs = disabled ? (account.disabledAtMs ?? app.clock.nowMs()) : null;
    tx.update(users)
      .set({ role, disabledAtMs, ...(passwordHash === null ? {} : { passwordHash }) })
      .where(eq(users.id, id))
      .run();
    if (passwordHash !== null) forgetResets(tx, id);
    if (passwordHash !== null || disabled) closeSessionsOf(app, tx, id);
    // Open sockets were let in as who somebody was then.
    else if (role !== before.role) hangUp(app, ({ userId }) => userId === id);
    announce(app, id);
  });
}

/**
 * Nobody can sign in with it any more, and `restoreAccount` brings it back. Its videos stay where they are, or go with it.
 * Throws `last-admin` and `own-account`.
 */
export function removeAccount(
  app: App,
  by: Actor,
  id: string,
  { videos }: z.output<typeof RemoveAccountQuery> = { videos: 'keep' },
): void {
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (account.deletedAtMs !== null) return;
    keepAnAdmin(tx, account);
    refuseOwn(by, id, 'remove');
    const deletedAtMs = app.clock.nowMs();
    tx.update(users).set({ deletedAtMs }).where(eq(users.id, id)).run();
    if (videos === 'remove') hideVideosOf(app, tx, id, deletedAtMs);
    closeSessionsOf(app, tx, id);
    const changes: ReturnType<typeof difference> = videos === 'remove' ? { videos: { after: 'removed with it' } } : {};
    recordAct(app, tx, by, { act: 'user.removed', target: nameOf(account), changes });
    announce(app, id);
  });
}

/** Undo of `removeAccount`: its name and address were kept for it, and videos that went with it come back. */
export function restoreAccount(app: App, by: Actor, id: string): void {
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (account.deletedAtMs === null) return;
    tx.update(users).set({ deletedAtMs: null }).where(eq(users.id, id)).run();
    showVideosOf(app, tx, id, account.deletedAtMs);
    recordAct(app, tx, by, { act: 'user.restored', target: nameOf(account) });
    announce(app, id);
  });
}

/** Signs an account out everywhere; returns how many sessions that ended. */
export function endSessions(app: App, by: Actor, id: string): number {
  return app.db.write((tx) => {
    const account = getAccount(tx, id);
    const ended = closeSessionsOf(app, tx, id);
    recordAct(app, tx, by, { act: 'user.signedOut', target: nameOf(account) });
    announce(app, id);
    return ended;
  });
}

const nameOf = ({ id, username }: AccountRow) => ({ id, name: username });

function announce(app: App, userId: string): void {
  app.db.afterCommit(() => app.events.emit('user.changed', { userId }));
}

/** Admins who lock themselves out cannot undo it. */
function refuseOwn({ user }: Actor, id: string, what: 'disable' | 'remove'): void {
  if (user?.id !== id) return;
  throw ownAccount(`This is your own account. Ask another admin to ${what} it.`);
}

/** Without an admin nobody could make one. */
function keepAnAdmin(tx: Tx, { id, role, deletedAtMs, disabledAtMs, username }: AccountRow): void {
  if (role !== 'admin' || deletedAtMs !== null || disabledAtMs !== null || hasOtherAdmin(tx, id)) return;
  throw lastAdmin(`"${username}" is the only admin. Make somebody else an admin first.`);
}
