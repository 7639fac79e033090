import type { Page } from '../core/wire.ts';
import type { AccountWire } from '../features/accounts/users.api.ts';
import type { ConfigFlags } from '../platform/config/load.ts';
import { notThere } from './exit.ts';
import { type Instance, withInstance } from './instance.ts';

/** Does something with the account of this name or e-mail address; `removed`: among those that were removed. */
export function withUser<T>(
  flags: ConfigFlags,
  name: string,
  work: (instance: Instance, account: AccountWire) => Promise<T>,
  removed = false,
): Promise<T> {
  return withInstance(flags, async (instance) => work(instance, await userNamed(instance, name, removed)));
}

/** By username or e-mail address, in any case. */
async function userNamed(instance: Instance, name: string, removed: boolean): Promise<AccountWire> {
  const query = new URLSearchParams({ search: name, limit: '100', removed: String(removed) });
  const { items } = await instance.call<Page<AccountWire>>('GET', `/api/users?${query}`);
  const same = (login: string) => login.toLowerCase() === name.toLowerCase();
  const found = items.find(({ username, email }) => same(username) || same(email));
  if (found) return found;
  throw notThere(`There is no ${removed ? 'removed ' : ''}account "${name}". "kinora user list" names them.`);
}
