import type { z } from 'zod';
import type { App } from '../../ports.ts';
import { recordAct } from '../audit/service.ts';
import { addUser } from './add-user.service.ts';
import type { LoginBody, SignUpBody } from './api.ts';
import type { AttemptKeys, Attempts } from './attempts.ts';
import { getInvite, takeInvite } from './invites.service.ts';
import { hashPassword, verifyNothing, verifyPassword } from './passwords.service.ts';
import {
  accountDisabled,
  accountWaiting,
  inviteNeeded,
  registrationClosed,
  registrationDeclined,
  wrongCredentials,
} from './problems.ts';
import { findUserByLogin, viewerUser } from './queries.ts';
import { findRegistrationByLogin, type RegistrationRow } from './registrations.queries.ts';
import { waitForAdmin } from './registrations.service.ts';
import { openSession } from './sessions.service.ts';
import { getAccount } from './users.queries.ts';
import type { ViewerUser } from './viewer.ts';

export interface SignedIn {
  user: ViewerUser;
  token: string;
}

/** From where somebody signs up or in. */
export interface From {
  address: string;
  userAgent: string | null;
}

/**
 * Signs up a member, as far as `accounts.registration` lets people in; null where they wait for an admin now. An invite is as
 * good as an admin's yes. Never makes an admin.
 */
export async function register(
  app: App,
  attempts: Attempts,
  { invite, password, ...names }: z.output<typeof SignUpBody>,
  from: From,
): Promise<SignedIn | null> {
  const { registration } = app.config.accounts;
  if (registration === 'closed') {
    throw registrationClosed('This instance does not take new accounts by itself. Ask its admin for one.');
  }
  // Each costs a hash, and guessing at invites is counted along.
  attempts.check({ address: from.address });
  attempts.failed({ address: from.address });
  if (invite !== undefined) getInvite(app, invite);
  else if (registration === 'invite') {
    throw inviteNeeded('This instance takes new accounts by invitation. Ask its admin for a link.');
  }
  const passwordHash = await hashPassword(password);
  return app.db.write((tx) => {
    if (invite === undefined && registration === 'approval') {
      waitForAdmin(app, tx, { ...names, passwordHash });
      return null;
    }
    const user = addUser(app, tx, { ...names, passwordHash, role: 'member' });
    if (invite !== undefined) takeInvite(app, tx, invite, { user, address: from.address });
    return { user, token: openSession(app, tx, user.id, from.userAgent) };
  });
}

/** Signs in. Neither the words nor the time taken tell whether the account exists. */
export async function signIn(
  app: App,
  attempts: Attempts,
  { login, password }: z.output<typeof LoginBody>,
  from: From,
): Promise<SignedIn> {
  const keys: AttemptKeys = { login, address: from.address };
  attempts.check(keys);
  attempts.failed(keys);
  const found = findUserByLogin(app.db.orm, login);
  const asked = found ? null : findRegistrationByLogin(app.db.orm, login);
  const hash = (found ?? asked)?.passwordHash;
  const right = hash === undefined ? await verifyNothing(password) : await verifyPassword(password, hash);
  if (found?.role === 'admin' && !right) {
    const by = { user: null, address: from.address };
    const target = { id: found.id, name: found.username };
    app.db.write((tx) => recordAct(app, tx, by, { act: 'admin.signInFailed', target }));
  }
  if (right) attempts.succeeded(keys);
  if (right && asked) throw notLetIn(asked);
  if (!found || !right) throw wrong();
  return app.db.write((tx) => {
    // Looked at again: what was changed while the password was checked ended all sessions but this one.
    const account = getAccount(tx, found.id);
    if (account.deletedAtMs !== null || account.passwordHash !== found.passwordHash) throw wrong();
    // Told only to who knows the password: nobody else learns that there is such an account.
    if (account.disabledAtMs !== null) {
      throw accountDisabled('This account is disabled. Ask an admin of this instance.');
    }
    return { user: viewerUser(account), token: openSession(app, tx, account.id, from.userAgent) };
  });
}

const wrong = () => wrongCredentials('The username or password is not right.');

const notLetIn = ({ declinedAtMs }: RegistrationRow) =>
  declinedAtMs === null
    ? accountWaiting('An admin of this instance has yet to say yes to your account. Try again later.')
    : registrationDeclined('An admin of this instance has declined your account. Ask them, or register anew.');
