import type { z } from 'zod';
import { newId } from '../../core/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { recordAct } from '../audit/service.ts';
import type { LoginBody, RegisterBody, Role } from './api.ts';
import type { AttemptKeys, Attempts } from './attempts.ts';
import { hashPassword, verifyNothing, verifyPassword } from './passwords.service.ts';
import { accountDisabled, accountTaken, registrationClosed, wrongCredentials } from './problems.ts';
import { findUserByLogin, isKeptByRemoved, viewerUser } from './queries.ts';
import { users } from './schema.ts';
import { openSession } from './sessions.service.ts';
import type { ViewerUser } from './viewer.ts';

export interface SignedIn {
  user: ViewerUser;
  token: string;
}

type NewAccount = z.output<typeof RegisterBody>;

/** Makes an account with a role. Throws `account-taken`. The only place that adds users. */
export function addUser(
  app: Pick<App, 'db' | 'clock' | 'events'>,
  tx: Tx,
  account: Omit<NewAccount, 'password'> & { passwordHash: string; role: Role },
): ViewerUser {
  const { username, email, passwordHash, role } = account;
  for (const [field, login] of [
    ['username', username],
    ['email', email],
  ] as const) {
    const taken = findUserByLogin(tx, login) ? 'already has' : isKeptByRemoved(tx, field, login) ? 'had' : null;
    if (taken === null) continue;
    const what = field === 'username' ? 'username' : 'e-mail address';
    throw accountTaken(`This ${what} ${taken} an account. Sign in, or choose another.`, {
      errors: [{ field, message: 'is taken' }],
    });
  }
  const row = {
    ...{ id: newId(), username, email, passwordHash, role, createdAtMs: app.clock.nowMs() },
    ...{ lastSeenAtMs: null, disabledAtMs: null, deletedAtMs: null },
  };
  tx.insert(users).values(row).run();
  app.db.afterCommit(() => app.events.emit('user.registered', { userId: row.id, atMs: row.createdAtMs }));
  return viewerUser(row);
}

/** Signs up a member, where the instance is open. Never makes an admin. */
export async function register(app: App, account: NewAccount, userAgent: string | null): Promise<SignedIn> {
  if (app.config.accounts.registration !== 'open') {
    throw registrationClosed('This instance does not take new accounts by itself. Ask its admin for one.');
  }
  const passwordHash = await hashPassword(account.password);
  return app.db.write((tx) => {
    const user = addUser(app, tx, { ...account, passwordHash, role: 'member' });
    return { user, token: openSession(app, tx, user.id, userAgent) };
  });
}

/** Signs in. Neither the words nor the time taken tell whether the account exists. */
export async function signIn(
  app: App,
  attempts: Attempts,
  { login, password }: z.output<typeof LoginBody>,
  from: { address: string; userAgent: string | null },
): Promise<SignedIn> {
  const keys: AttemptKeys = { login, address: from.address };
  attempts.check(keys);
  attempts.failed(keys);
  const found = findUserByLogin(app.db.orm, login);
  const right = found ? await verifyPassword(password, found.passwordHash) : await verifyNothing(password);
  if (found?.role === 'admin' && !right) {
    const by = { user: null, address: from.address };
    const target = { id: found.id, name: found.username };
    app.db.write((tx) => recordAct(app, tx, by, { act: 'admin.signInFailed', target }));
  }
  if (!found || !right) throw wrongCredentials('The username or password is not right.');
  attempts.succeeded(keys);
  // Told only to who knows the password: nobody else learns that there is such an account.
  if (found.disabledAtMs !== null) throw accountDisabled('This account is disabled. Ask an admin of this instance.');
  const token = app.db.write((tx) => openSession(app, tx, found.id, from.userAgent));
  return { user: viewerUser(found), token };
}
