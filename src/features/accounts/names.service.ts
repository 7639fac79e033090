import type { Orm } from '../../platform/db.ts';
import { accountTaken } from './problems.ts';
import { findUserByLogin, isKeptByRemoved } from './queries.ts';
import { findWaiting } from './registrations.queries.ts';

/**
 * Throws `account-taken` where somebody else has this name or address: an account, one that was removed and may come
 * back, or somebody who waits for one. `mine`: the id of the account they are for, where there is one.
 */
export function refuseTaken(orm: Orm, names: { username?: string; email?: string }, mine?: string): void {
  for (const field of ['username', 'email'] as const) {
    const login = names[field];
    if (login === undefined) continue;
    const what = field === 'username' ? 'username' : 'e-mail address';
    const reason = takenBecause(orm, field, login, mine);
    if (reason) throw accountTaken(`This ${what} ${reason}.`, { errors: [{ field, message: 'is taken' }] });
  }
}

function takenBecause(orm: Orm, field: 'username' | 'email', login: string, mine?: string): string | null {
  const found = findUserByLogin(orm, login);
  if (found && found.id !== mine) return 'already has an account. Sign in, or choose another';
  if (isKeptByRemoved(orm, field, login)) return 'had an account. Sign in, or choose another';
  return findWaiting(orm, login) ? 'waits for an admin already. Choose another' : null;
}
