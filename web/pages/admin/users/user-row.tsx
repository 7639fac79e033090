import './user-row.css';
import { Ban, CircleCheck, EllipsisVertical, KeyRound, Link, LogOut, RotateCcw, Trash2 } from 'lucide';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { problemText } from '../../../lib/api/client.ts';
import { editAccount, endSessions, restoreAccount } from '../../../lib/api/users.ts';
import { bytesText, dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { user as me } from '../../../lib/session.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Menu, MenuHeading, MenuItem, MenuLine } from '../../../ui/menu.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { ROLES } from './roles.ts';

interface UserRowProps {
  account: AccountWire;
  onChange: () => void;
  onPassword: () => void;
  onResetLink: () => void;
  onRemove: () => void;
  isSelected: boolean;
  /** `range`: with all in between. */
  onSelect: (range: boolean) => void;
}

/** One account: who it is, what it may, when it was here last, what it takes; what can be done with it is in a menu. */
export function UserRow(props: UserRowProps) {
  const { account, onChange, isSelected, onSelect } = props;
  const { id, username, email, role, lastSeenAtMs, disabledAtMs, removedAtMs, videos, storageBytes, sessions } =
    account;
  const isMe = me.value?.id === id;
  return (
    <li class="user" data-testid="user-row" data-user-id={id} data-state={stateOf(account)}>
      <label class="user__select">
        <input
          type="checkbox"
          aria-label={t('bulk.select', { name: username })}
          checked={isSelected}
          disabled={isMe || removedAtMs !== null}
          onClick={(event) => onSelect(event.shiftKey)}
          data-testid="user-select"
        />
      </label>
      <Avatar name={username} size={40} />
      <div class="user__who">
        <p class="user__name">
          <strong>{username}</strong>
          {role !== 'member' && <Badge tone="accent">{t(`role.${role}`)}</Badge>}
          {isMe && <Badge>{t('users.you')}</Badge>}
          {disabledAtMs !== null && <Badge tone="warn">{t('users.state.disabled')}</Badge>}
          {removedAtMs !== null && <Badge tone="bad">{t('users.state.removed')}</Badge>}
        </p>
        <p class="user__facts">
          <bdi>{email}</bdi>
        </p>
      </div>
      <p class="user__facts user__takes">
        {videos > 0 ? t('users.videos', { count: videos, bytes: bytesText(storageBytes) }) : t('users.noVideos')}
      </p>
      <p class="user__facts user__seen">
        {removedAtMs !== null ? (
          <span title={dateTimeText(removedAtMs)}>{t('users.removed', { time: relativeText(removedAtMs) })}</span>
        ) : lastSeenAtMs === null ? (
          t('users.neverSeen')
        ) : (
          <span title={dateTimeText(lastSeenAtMs)}>{t('users.seen', { time: relativeText(lastSeenAtMs) })}</span>
        )}
        {sessions > 0 && ` · ${t('users.sessions', { count: sessions })}`}
      </p>
      {removedAtMs === null ? (
        <Actions {...props} isMe={isMe} />
      ) : (
        <Button small icon={RotateCcw} onClick={() => void bringBack(account, onChange)} data-testid="user-restore">
          {t('users.restore')}
        </Button>
      )}
    </li>
  );
}

const stateOf = ({ disabledAtMs, removedAtMs }: AccountWire) =>
  removedAtMs !== null ? 'removed' : disabledAtMs !== null ? 'disabled' : 'active';

/** Undo of a removal: the account and the videos that went with it. */
export async function bringBack({ id, username }: AccountWire, then: () => void): Promise<void> {
  try {
    await restoreAccount(id);
    showToast(t('users.restored', { name: username }));
  } catch (error) {
    showToast(problemText(error), { tone: 'bad' });
  }
  then();
}

function Actions({ account, isMe, onChange, onPassword, onResetLink, onRemove }: UserRowProps & { isMe: boolean }) {
  const { id, username, role, disabledAtMs } = account;
  const label = t('users.actions', { name: username });

  async function run(act: () => Promise<unknown>, done: string): Promise<void> {
    try {
      await act();
      showToast(done);
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
    onChange();
  }
  return (
    <Menu
      label={label}
      data-testid="user-menu"
      trigger={(wiring) => (
        <button type="button" class="icon-button" aria-label={label} {...wiring} data-testid="user-actions">
          <Icon node={EllipsisVertical} />
        </button>
      )}
    >
      <MenuHeading>{t('users.role')}</MenuHeading>
      {ROLES.map((value) => (
        <MenuItem
          key={value}
          checked={role === value}
          onChoose={() =>
            role === value
              ? undefined
              : void run(
                  () => editAccount(id, { role: value }),
                  t('users.roleChanged', { name: username, role: t(`role.${value}`) }),
                )
          }
          data-testid={`user-role-${value}`}
        >
          {t(`role.${value}`)}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem icon={KeyRound} onChoose={onPassword} data-testid="user-password">
        {t('users.resetPassword')}
      </MenuItem>
      <MenuItem icon={Link} onChoose={onResetLink} data-testid="user-reset-link">
        {t('people.resetLink')}
      </MenuItem>
      <MenuItem
        icon={LogOut}
        onChoose={() => void run(() => endSessions(id), t('users.signedOut', { name: username }))}
        data-testid="user-sign-out"
      >
        {t('users.endSessions')}
      </MenuItem>
      {!isMe && (
        <>
          <MenuItem
            icon={disabledAtMs === null ? Ban : CircleCheck}
            onChoose={() =>
              void run(
                () => editAccount(id, { disabled: disabledAtMs === null }),
                t(disabledAtMs === null ? 'users.disabledNow' : 'users.enabledNow', { name: username }),
              )
            }
            data-testid="user-disable"
          >
            {t(disabledAtMs === null ? 'users.disable' : 'users.enable')}
          </MenuItem>
          <MenuItem icon={Trash2} danger onChoose={onRemove} data-testid="user-remove">
            {t('users.remove')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
