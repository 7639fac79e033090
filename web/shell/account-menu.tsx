import './account-menu.css';
import { CircleUser, Clapperboard, LogOut, Monitor, Moon, Sun, SunMoon } from 'lucide';
import { useLocation } from 'preact-iso';
import { problemText } from '../lib/api/client.ts';
import { appPath } from '../lib/base.ts';
import { t } from '../lib/i18n/translate.ts';
import { leave, user } from '../lib/session.ts';
import { chooseTheme, type Theme, theme } from '../lib/theme.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuHeading, MenuItem, MenuLine } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';

const THEMES = [
  ['system', Monitor],
  ['light', Sun],
  ['dark', Moon],
] as const;

/** Who one is, how it looks, and the way out. Visitors get the look alone. */
export function AccountMenu() {
  const { route } = useLocation();
  const who = user.value;

  async function signOut(): Promise<void> {
    try {
      await leave();
      route(appPath('/'));
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
  }

  return (
    <Menu
      label={t('account.menu')}
      data-testid="account-menu"
      trigger={(wiring) => (
        <button
          type="button"
          class="account-button"
          aria-label={t('account.menu')}
          {...wiring}
          data-testid="account-button"
        >
          {who ? <Avatar name={who.username} size={34} /> : <Icon node={SunMoon} />}
        </button>
      )}
    >
      {who && (
        <>
          <div class="account-who">
            <strong>{who.username}</strong>
            <span>{t(`role.${who.role}`)}</span>
          </div>
          {who.channel && (
            <MenuItem icon={Clapperboard} href={appPath(`/channel/${who.channel.handle}`)} data-testid="channel-link">
              {t('channel.yours')}
            </MenuItem>
          )}
          <MenuItem icon={CircleUser} href={appPath('/account')} data-testid="account-link">
            {t('account.title')}
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuHeading>{t('theme.title')}</MenuHeading>
      {THEMES.map(([value, icon]) => (
        <MenuItem
          key={value}
          icon={icon}
          checked={theme.value === value}
          onChoose={() => chooseTheme(value as Theme)}
          data-testid={`theme-${value}`}
        >
          {t(`theme.${value}`)}
        </MenuItem>
      ))}
      {who && (
        <>
          <MenuLine />
          <MenuItem icon={LogOut} onChoose={signOut} data-testid="sign-out">
            {t('account.signOut')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
