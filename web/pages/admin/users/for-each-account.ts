import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { showToast } from '../../../ui/toast.tsx';

/**
 * Does something with each of these, one after the other, and says which refused and why. Returns those it was done
 * for.
 */
export async function forEachAccount(
  accounts: readonly AccountWire[],
  act: (account: AccountWire) => Promise<unknown>,
): Promise<AccountWire[]> {
  const done: AccountWire[] = [];
  const refused = new Map<string, string[]>();
  for (const account of accounts) {
    try {
      await act(account);
      done.push(account);
    } catch (error) {
      const reason = problemText(error);
      refused.set(reason, [...(refused.get(reason) ?? []), account.username]);
    }
  }
  for (const [reason, names] of refused) {
    showToast(t('bulk.refused', { names: names.join(', '), reason }), { tone: 'bad' });
  }
  return done;
}
