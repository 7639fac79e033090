import './users-page.css';
import { UserPlus, Users } from 'lucide';
import { useEffect, useState } from 'preact/hooks';

import type { Role } from '../../../../src/features/accounts/api.ts';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { type AccountFilter, listAccounts } from '../../../lib/api/users.ts';
import { usePaged } from '../../../lib/cache/paged.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { AddUserDialog } from './add-user-dialog.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { RemoveUserDialog } from './remove-user-dialog.tsx';
import { ROLES } from './roles.ts';
import { UserRow } from './user-row.tsx';

type Open = { what: 'add' } | { what: 'password' | 'remove'; account: AccountWire } | null;

const STATES = ['all', 'active', 'disabled', 'removed'] as const;
type State = (typeof STATES)[number];
const BY_STATE: Record<State, AccountFilter> = {
  all: {},
  active: { disabled: 'false' },
  disabled: { disabled: 'true' },
  removed: { removed: 'true' },
};

export function UsersPage() {
  usePageTitle(t('users.title'));
  const [typed, setTyped] = useState('');
  const [filter, setFilter] = useState<{ search: string; role: Role | 'all'; state: State }>({
    search: '',
    role: 'all',
    state: 'all',
  });
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => {
    const timer = setTimeout(() => setFilter((before) => ({ ...before, search: typed.trim() })), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const { search, role, state } = filter;
  const list = usePaged(`users:${state}:${role}:${search}`, (cursor) =>
    listAccounts({ ...BY_STATE[state], search: search || undefined, role: role === 'all' ? undefined : role }, cursor),
  );
  const { items, error } = list;

  function close(): void {
    setOpen(null);
    void list.refresh();
  }
  return (
    <div class="page users">
      <header class="page__head">
        <div>
          <h1>{t('users.title')}</h1>
          <p class="page__lead">{t('users.lead')}</p>
        </div>
        <Button variant="primary" icon={UserPlus} onClick={() => setOpen({ what: 'add' })} data-testid="add-user">
          {t('users.add')}
        </Button>
      </header>
      <search class="users__filters">
        <TextField
          label={t('users.search')}
          value={typed}
          spellcheck={false}
          autoCapitalize="none"
          onInput={(event) => setTyped(event.currentTarget.value)}
          data-testid="user-search"
        />
        <SelectField
          label={t('users.role')}
          name="role"
          value={role}
          choices={[
            { value: 'all' as const, label: t('jobs.all') },
            ...ROLES.map((value) => ({ value, label: t(`role.${value}`) })),
          ]}
          onChoose={(value) => setFilter({ ...filter, role: value })}
        />
        <SelectField
          label={t('users.state')}
          name="state"
          value={state}
          choices={STATES.map((value) => ({ value, label: t(`users.state.${value}`) }))}
          onChoose={(value) => setFilter({ ...filter, state: value })}
        />
      </search>
      {error && !items ? <p role="alert">{problemText(error)}</p> : null}
      {items?.length === 0 ? (
        <Empty icon={Users} title={t('users.noneTitle')}>
          {t(state === 'removed' ? 'users.noneRemoved' : 'users.noneText')}
        </Empty>
      ) : (
        <ul class="users__list" aria-label={t('users.title')} aria-busy={!items}>
          {items?.map((account) => (
            <UserRow
              key={account.id}
              account={account}
              onChange={() => void list.refresh()}
              onPassword={() => setOpen({ what: 'password', account })}
              onRemove={() => setOpen({ what: 'remove', account })}
            />
          )) ?? [1, 2, 3].map((row) => <Skeleton key={row} height="76px" />)}
        </ul>
      )}
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(error)} onMore={list.loadMore} />
      {open?.what === 'add' && <AddUserDialog onClose={close} />}
      {open?.what === 'password' && <PasswordDialog account={open.account} onClose={close} />}
      {open?.what === 'remove' && <RemoveUserDialog account={open.account} onClose={close} />}
    </div>
  );
}
