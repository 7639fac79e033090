import { Activity, Gauge, type IconNode, Library } from 'lucide';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';

export interface AdminTab {
  path: string;
  label: string;
  icon: IconNode;
}

/** The pages of the admin area, in the order of its bar: Overview, Users, Libraries, Jobs, Tasks, Settings, Logs. */
export function adminTabs(): AdminTab[] {
  return [
    { path: appPath('/admin'), label: t('admin.overview'), icon: Gauge },
    { path: appPath('/admin/libraries'), label: t('nav.libraries'), icon: Library },
    { path: appPath('/admin/jobs'), label: t('nav.jobs'), icon: Activity },
  ];
}
