import './admin-area.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { isHere } from '../../shell/nav-items.ts';
import { Icon } from '../../ui/icon.tsx';
import { adminTabs } from './admin-tabs.ts';
import { useWaiting } from './users/use-waiting.ts';

/** What all pages of the admin area have around them: the bar that leads from one to the other. */
export function AdminArea({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const waiting = useWaiting().data.value?.waiting ?? 0;
  const list = useRef<HTMLUListElement>(null);
  // Links from before there was an admin area go on working.
  const here = path === appPath('/jobs') ? appPath('/admin/jobs') : path;
  useEffect(() => {
    // On a phone the bar is wider than the screen: where one is shall be seen. `scrollIntoView` would move the page, too.
    const row = list.current;
    const link = row?.querySelector<HTMLElement>('[aria-current]');
    if (row && link) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
  }, [here, waiting]);
  return (
    <>
      <nav class="admin-bar" aria-label={t('nav.admin')} data-testid="admin-bar">
        <ul ref={list}>
          {adminTabs({ waiting }).map((tab) => (
            <li key={tab.path}>
              <a
                class="admin-bar__link"
                href={tab.path}
                aria-current={isHere(here, tab.path) ? 'page' : undefined}
                data-testid="admin-tab"
              >
                <Icon node={tab.icon} size={17} />
                <span>{tab.label}</span>
                {tab.count ? (
                  <span
                    class="admin-bar__count"
                    title={t('people.waiting', { count: tab.count })}
                    data-testid="admin-tab-count"
                  >
                    {tab.count}
                  </span>
                ) : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </>
  );
}
