import { House, type IconNode, Library, SlidersHorizontal, Upload } from 'lucide';
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
  if (isAdmin.value) {
    items.push({ path: appPath('/admin'), label: t('nav.admin'), icon: SlidersHorizontal });
  }
  return items;
}

export function isHere(here: string, path: string): boolean {
  return here.replace(/\/$/, '') === path.replace(/\/$/, '');
}

/** Whether a place of the main navigation is where one is: the admin area has pages of its own below it. */
export function isWithin(here: string, path: string): boolean {
  if (path !== appPath('/admin')) return isHere(here, path);
  return here === appPath('/jobs') || isHere(here, path) || here.startsWith(`${path}/`);
}
