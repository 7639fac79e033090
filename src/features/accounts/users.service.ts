import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { difference, recordAct } from '../audit/service.ts';
import { hashPassword } from './passwords.service.ts';
import { lastAdmin } from './problems.ts';
import { sessions, users } from './schema.ts';
import { addUser } from './service.ts';
import type { AddAccountBody, EditAccountBody } from './users.api.ts';
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

/** Changes role or password. A new password signs the account out everywhere. Throws `last-admin`. */
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
    const changes = difference({ role: account.role }, { role: body.role });
    // Only that there is a new one: passwords are nobody's to read.
    if (passwordHash !== null) changes['password'] = { after: 'a new one' };
    recordAct(app, tx, by, { act: 'user.changed', target: nameOf(account), changes });
    if (body.role && body.role !== 'admin') keepAnAdmin(tx, account);
    if (body.role) tx.update(users).set({ role: body.role }).where(eq(users.id, id)).run();
    if (passwordHash === null) return;
    tx.update(users).set({ passwordHash }).where(eq(users.id, id)).run();
    closeSessionsOf(tx, id);
  });
}

/** Nobody can sign in with it any more; its videos stay, and `restoreAccount` brings it back. Throws `last-admin`. */
export function removeAccount(app: App, by: Actor, id: string): void {
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (account.deletedAtMs !== null) return;
    keepAnAdmin(tx, account);
    tx.update(users).set({ deletedAtMs: app.clock.nowMs() }).where(eq(users.id, id)).run();
    closeSessionsOf(tx, id);
    recordAct(app, tx, by, { act: 'user.removed', target: nameOf(account) });
  });
}

/** Undo of `removeAccount`: its name and address were kept for it. */
export function restoreAccount(app: App, by: Actor, id: string): void {
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (account.deletedAtMs === null) return;
    tx.update(users).set({ deletedAtMs: null }).where(eq(users.id, id)).run();
    recordAct(app, tx, by, { act: 'user.restored', target: nameOf(account) });
  });
}

/** Signs an account out everywhere; returns how many sessions that ended. */
export function endSessions(app: App, by: Actor, id: string): number {
  return app.db.write((tx) => {
    const account = getAccount(tx, id);
    const ended = closeSessionsOf(tx, id);
    recordAct(app, tx, by, { act: 'user.signedOut', target: nameOf(account) });
    return ended;
  });
}

const nameOf = ({ id, username }: AccountRow) => ({ id, name: username });

function closeSessionsOf(tx: Tx, userId: string): number {
  return tx.delete(sessions).where(eq(sessions.userId, userId)).run().changes;
}

/** Without an admin nobody could make one. */
function keepAnAdmin(tx: Tx, { id, role, deletedAtMs, username }: AccountRow): void {
  if (role !== 'admin' || deletedAtMs !== null || hasOtherAdmin(tx, id)) return;
  throw lastAdmin(`"${username}" is the only admin. Make somebody else an admin first.`);
}
