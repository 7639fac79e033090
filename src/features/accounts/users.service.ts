import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { hashPassword } from './passwords.service.ts';
import { lastAdmin } from './problems.ts';
import { sessions, users } from './schema.ts';
import { addUser } from './service.ts';
import type { AddAccountBody, EditAccountBody } from './users.api.ts';
import { type AccountRow, getAccount, hasOtherAdmin } from './users.queries.ts';

/** What admins do with other people's accounts. */

/** Makes an account, whatever registration is set to; returns its id. Throws `account-taken`. */
export async function addAccount(app: App, body: z.output<typeof AddAccountBody>): Promise<string> {
  const { password, ...account } = body;
  const passwordHash = await hashPassword(password);
  return app.db.write((tx) => addUser(app, tx, { ...account, passwordHash }).id);
}

/** Changes role or password. A new password signs the account out everywhere. Throws `last-admin`. */
export async function editAccount(app: App, id: string, body: z.output<typeof EditAccountBody>): Promise<void> {
  getAccount(app.db.orm, id);
  const passwordHash = body.password === undefined ? null : await hashPassword(body.password);
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (body.role && body.role !== 'admin') keepAnAdmin(tx, account);
    if (body.role) tx.update(users).set({ role: body.role }).where(eq(users.id, id)).run();
    if (passwordHash === null) return;
    tx.update(users).set({ passwordHash }).where(eq(users.id, id)).run();
    closeSessionsOf(tx, id);
  });
}

/** Nobody can sign in with it any more; its videos stay, and `restoreAccount` brings it back. Throws `last-admin`. */
export function removeAccount(app: App, id: string): void {
  app.db.write((tx) => {
    const account = getAccount(tx, id);
    if (account.deletedAtMs !== null) return;
    keepAnAdmin(tx, account);
    tx.update(users).set({ deletedAtMs: app.clock.nowMs() }).where(eq(users.id, id)).run();
    closeSessionsOf(tx, id);
  });
}

/** Undo of `removeAccount`: its name and address were kept for it. */
export function restoreAccount(app: App, id: string): void {
  app.db.write((tx) => {
    getAccount(tx, id);
    tx.update(users).set({ deletedAtMs: null }).where(eq(users.id, id)).run();
  });
}

/** Signs an account out everywhere; returns how many sessions that ended. */
export function endSessions(app: App, id: string): number {
  return app.db.write((tx) => {
    getAccount(tx, id);
    return closeSessionsOf(tx, id);
  });
}

function closeSessionsOf(tx: Tx, userId: string): number {
  return tx.delete(sessions).where(eq(sessions.userId, userId)).run().changes;
}

/** Without an admin nobody could make one. */
function keepAnAdmin(tx: Tx, { id, role, deletedAtMs, username }: AccountRow): void {
  if (role !== 'admin' || deletedAtMs !== null || hasOtherAdmin(tx, id)) return;
  throw lastAdmin(`"${username}" is the only admin. Make somebody else an admin first.`);
}
