import './users-page.css';
import { MailPlus, UserCheck, UserPlus, Users } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { Role } from '../../../../src/features/accounts/api.ts';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { type AccountFilter, listAccounts } from '../../../lib/api/users.ts';
import { usePaged } from '../../../lib/cache/paged.ts';
import { isSettled } from '../../../lib/cache/resource.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { instance, user as me } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { LoadMore } from '../../../ui/load-more.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { AddUserDialog } from './add-user-dialog.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { InviteList } from './invite-list.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { RemoveUserDialog } from './remove-user-dialog.tsx';
import { ResetLinkDialog } from './reset-link-dialog.tsx';
import { ROLES } from './roles.ts';
import { useSelection } from './use-selection.ts';
import { useWaiting } from './use-waiting.ts';
import { UserRow } from './user-row.tsx';
import { WaitingList } from './waiting-list.tsx';

type Open =
  | { what: 'add' | 'invite' }
  | { what: 'password' | 'resetLink'; account: AccountWire }
  | { what: 'remove'; accounts: AccountWire[] }
  | null;

const STATES = ['all', 'waiting', 'active', 'disabled', 'removed'] as const;
type State = (typeof STATES)[number];
const BY_STATE: Record<State, AccountFilter> = {
  all: {},
  waiting: {},
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
  const onlyWaiting = state === 'waiting';
  const list = usePaged(onlyWaiting ? null : `users:${state}:${role}:${search}`, (cursor) =>
    listAccounts({ ...BY_STATE[state], search: search || undefined, role: role === 'all' ? undefined : role }, cursor),
  );
  const { error } = list;
  const held = useWaiting();
  // After those who wait, who stand above: nothing is pushed away from under a finger.
  const items = isSettled(held) ? list.items : undefined;
  const waiting = held.data.value?.items.filter((person) => isFound(person, search));
  const free = items?.filter(({ id, removedAtMs }) => removedAtMs === null && id !== me.value?.id) ?? [];
  const selection = useSelection(free.map(({ id }) => id));
  const selected = free.filter(({ id }) => selection.ids.has(id));
  const mayInvite = instance.value?.registration !== 'closed' && instance.value?.registration !== 'open';

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
        <div class="page__actions">
          {mayInvite && (
            <Button icon={MailPlus} onClick={() => setOpen({ what: 'invite' })} data-testid="invite-people">
              {t('invites.make')}
            </Button>
          )}
          <Button variant="primary" icon={UserPlus} onClick={() => setOpen({ what: 'add' })} data-testid="add-user">
            {t('users.add')}
          </Button>
        </div>
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
      {waiting && waiting.length > 0 && state !== 'removed' && <WaitingList items={waiting} />}
      {onlyWaiting && waiting?.length === 0 && <Empty icon={UserCheck} title={t('people.waitingNone')} />}
      {error && !items ? <p role="alert">{problemText(error)}</p> : null}
      {!onlyWaiting && free.length > 1 && (
        <label class="users__all">
          <input
            type="checkbox"
            checked={selected.length === free.length}
            indeterminate={selected.length > 0 && selected.length < free.length}
            onChange={(event) => selection.all(event.currentTarget.checked)}
            data-testid="user-select-all"
          />
          {t('bulk.selectAll')}
        </label>
      )}
      {onlyWaiting ? null : items?.length === 0 ? (
        <Empty icon={Users} title={t('users.noneTitle')}>
          {t(state === 'removed' ? 'users.noneRemoved' : 'users.noneText')}
        </Empty>
      ) : (
        <ul
          key={items ? 'list' : isSettled(held) ? 'below' : 'alone'}
          class="users__list"
          aria-label={t('users.title')}
          aria-busy={!items}
        >
          {items?.map((account) => (
            <UserRow
              key={account.id}
              account={account}
              onChange={() => void list.refresh()}
              onPassword={() => setOpen({ what: 'password', account })}
              onResetLink={() => setOpen({ what: 'resetLink', account })}
              onRemove={() => setOpen({ what: 'remove', accounts: [account] })}
              isSelected={selection.ids.has(account.id)}
              onSelect={(range) => selection.toggle(account.id, range)}
            />
          )) ?? [1, 2, 3].map((row) => <Skeleton key={row} height="76px" />)}
        </ul>
      )}
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(error)} onMore={list.loadMore} />
      {selected.length > 0 && (
        <BulkBar
          accounts={selected}
          onChange={() => void list.refresh()}
          onRemove={() => setOpen({ what: 'remove', accounts: selected })}
          onClear={selection.clear}
        />
      )}
      <InviteList />
      {open?.what === 'invite' && <InviteDialog onClose={close} />}
      {open?.what === 'resetLink' && <ResetLinkDialog account={open.account} onClose={close} />}
      {open?.what === 'add' && <AddUserDialog onClose={close} />}
      {open?.what === 'password' && <PasswordDialog account={open.account} onClose={close} />}
      {open?.what === 'remove' && <RemoveUserDialog accounts={open.accounts} onClose={close} />}
    </div>
  );
}

const isFound = ({ username, email }: { username: string; email: string }, search: string) =>
  [username, email].some((text) => text.toLowerCase().includes(search.toLowerCase()));
