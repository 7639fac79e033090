import './dock.css';
import { useLocation } from 'preact-iso';
import { t } from '../lib/i18n/translate.ts';
import { user } from '../lib/session.ts';
import { Icon } from '../ui/icon.tsx';
import { isWithin, navItems } from './nav-items.ts';

/** The bottom bar of phones. Visitors have one place to be, and need none. */
export function Dock() {
  const { path } = useLocation();
  if (!user.value) return null;
  return (
    <nav class="dock" aria-label={t('nav.main')}>
      {navItems().map((item) => (
        <a
          key={item.path}
          class="dock__link"
          href={item.path}
          aria-current={isWithin(path, item.path) ? 'page' : undefined}
        >
          <Icon node={item.icon} size={22} />
          <span>{item.label}</span>
        </a>
      ))}
    </nav>
  );
}
