import './bulk-bar.css';
import { Ban, CircleCheck, LogOut, Shield, Trash2, X } from 'lucide';
import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { editAccount, endSessions } from '../../../lib/api/users.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { forEachAccount } from './for-each-account.ts';
import { ROLES } from './roles.ts';

interface BulkBarProps {
  accounts: AccountWire[];
  onChange: () => void;
  onRemove: () => void;
  onClear: () => void;
}

/** What can be done with all selected accounts at once. It stays in sight while there are any. */
export function BulkBar({ accounts, onChange, onRemove, onClear }: BulkBarProps) {
  const [busy, setBusy] = useState(false);

  async function run(act: (account: AccountWire) => Promise<unknown>): Promise<void> {
    // Buttons that were disabled meanwhile would lose the focus.
    if (busy) return;
    setBusy(true);
    const done = await forEachAccount(accounts, act);
    if (done.length > 0) showToast(t('bulk.done', { count: done.length }));
    setBusy(false);
    onChange();
  }
  return (
    <div
      class="bulk-bar"
      role="toolbar"
      aria-label={t('bulk.selected', { count: accounts.length })}
      aria-busy={busy}
      data-testid="bulk-bar"
    >
      <IconButton icon={X} label={t('bulk.clear')} onClick={onClear} data-testid="bulk-clear" />
      <strong role="status">{t('bulk.selected', { count: accounts.length })}</strong>
      <div class="bulk-bar__actions">
        <Menu
          label={t('users.role')}
          side="above"
          trigger={(wiring) => (
            <Button small icon={Shield} {...wiring} data-testid="bulk-role">
              {t('users.role')}
            </Button>
          )}
        >
          {ROLES.map((role) => (
            <MenuItem
              key={role}
              onChoose={() => void run(({ id }) => editAccount(id, { role }))}
              data-testid={`bulk-role-${role}`}
            >
              {t(`role.${role}`)}
            </MenuItem>
          ))}
        </Menu>
        <Button small icon={LogOut} onClick={() => void run(({ id }) => endSessions(id))} data-testid="bulk-sign-out">
          {t('account.signOut')}
        </Button>
        {accounts.some(({ disabledAtMs }) => disabledAtMs === null) && (
          <Button
            small
            icon={Ban}
            onClick={() => void run(({ id }) => editAccount(id, { disabled: true }))}
            data-testid="bulk-disable"
          >
            {t('users.disable')}
          </Button>
        )}
        {accounts.some(({ disabledAtMs }) => disabledAtMs !== null) && (
          <Button
            small
            icon={CircleCheck}
            onClick={() => void run(({ id }) => editAccount(id, { disabled: false }))}
            data-testid="bulk-enable"
          >
            {t('users.enable')}
          </Button>
        )}
        <Button small variant="danger" icon={Trash2} onClick={onRemove} data-testid="bulk-remove">
          {t('users.remove')}
        </Button>
      </div>
    </div>
  );
}
