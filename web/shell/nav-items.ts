import { Activity, House, type IconNode, Library, Upload } from 'lucide';
import { appPath } from '../lib/base.ts';
import { t } from '../lib/i18n/translate.ts';
import { isAdmin, mayUpload } from '../lib/session.ts';

export interface NavItem {
  path: string;
  label: string;
  icon: IconNode;
}

/** Where this person can go, in order. */
export function navItems(): NavItem[] {
  const items: NavItem[] = [
    { path: appPath('/'), label: t('nav.home'), icon: House },
    { path: appPath('/libraries'), label: t('nav.libraries'), icon: Library },
  ];
  if (mayUpload()) items.push({ path: appPath('/upload'), label: t('nav.uploads'), icon: Upload });
  if (isAdmin.value) items.push({ path: appPath('/jobs'), label: t('nav.jobs'), icon: Activity });
  return items;
}

export function isHere(here: string, path: string): boolean {
  return here.replace(/\/$/, '') === path.replace(/\/$/, '');
}
