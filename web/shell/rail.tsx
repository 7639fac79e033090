import './rail.css';
import { Clapperboard, Film, House, type IconNode, Tv } from 'lucide';
import { useLocation } from 'preact-iso';
import type { z } from 'zod';
import type { LibraryKind } from '../../src/features/libraries/api.ts';
import { appPath } from '../lib/base.ts';
import { isSettled } from '../lib/cache/resource.ts';
import { t } from '../lib/i18n/translate.ts';
import { user } from '../lib/session.ts';
import { useLibraryList } from '../libraries/use-libraries.ts';
import { Icon } from '../ui/icon.tsx';
import { isHere, isWithin, navItems } from './nav-items.ts';

/** The place of the libraries among the places of `navItems`. */
const LIBRARIES_AT = 1;

export const KIND_ICON: Record<z.infer<typeof LibraryKind>, IconNode> = { movies: Film, shows: Tv, home: Clapperboard };

export function Rail() {
  const { path } = useLocation();
  const list = useLibraryList();
  const libraries = list.data.value?.items;
  // What stands below the libraries comes with them, so that nobody presses what has just moved away.
  const shown = navItems().slice(0, isSettled(list) ? undefined : LIBRARIES_AT + 1);
  if (user.value === null) return <VisitorRail path={path} />;
  return (
    <nav class="rail" aria-label={t('nav.main')}>
      <ul>
        {shown.map((item, index) => (
          <li key={item.path}>
            <RailLink {...item} here={isWithin(path, item.path)} />
            {index === LIBRARIES_AT && (
              <ul class="rail__libraries">
                {libraries?.map((library) => {
                  const target = appPath(`/library/${library.id}`);
                  return (
                    <li key={library.id}>
                      <RailLink
                        path={target}
                        label={library.name}
                        icon={KIND_ICON[library.kind]}
                        here={isHere(path, target)}
                        small
                      />
                    </li>
                  );
                })}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}

function VisitorRail({ path }: { path: string }) {
  return (
    <nav class="rail" aria-label={t('nav.main')}>
      <RailLink path={appPath('/')} label={t('nav.home')} icon={House} here={isHere(path, appPath('/'))} />
    </nav>
  );
}

interface RailLinkProps {
  path: string;
  label: string;
  icon: IconNode;
  here: boolean;
  small?: boolean;
}

function RailLink({ path, label, icon, here, small }: RailLinkProps) {
  return (
    <a
      class={small ? 'rail__link rail__link--small' : 'rail__link'}
      href={path}
      aria-current={here ? 'page' : undefined}
      title={label}
    >
      <Icon node={icon} size={small ? 17 : 20} />
      <span dir="auto">{label}</span>
    </a>
  );
}
