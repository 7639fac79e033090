import {
  Activity,
  Archive,
  BellRing,
  Gauge,
  type IconNode,
  Library,
  ListTree,
  ScrollText,
  SlidersHorizontal,
  Timer,
  Users,
} from 'lucide';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';

export interface AdminTab {
  path: string;
  label: string;
  icon: IconNode;
  /** What waits for an admin there. */
  count?: number;
}

/** The pages of the admin area, in the order of its bar: Overview, Notices, Users, Libraries, Jobs, Tasks, Backups, Settings, Logs. */
export function adminTabs({ waiting }: { waiting: number }): AdminTab[] {
  return [
    { path: appPath('/admin'), label: t('admin.overview'), icon: Gauge },
    { path: appPath('/admin/notices'), label: t('notices.title'), icon: BellRing },
    { path: appPath('/admin/users'), label: t('users.title'), icon: Users, count: waiting },
    { path: appPath('/admin/libraries'), label: t('nav.libraries'), icon: Library },
    { path: appPath('/admin/jobs'), label: t('nav.jobs'), icon: Activity },
    { path: appPath('/admin/tasks'), label: t('tasks.title'), icon: Timer },
    { path: appPath('/admin/backups'), label: t('backups.title'), icon: Archive },
    { path: appPath('/admin/settings'), label: t('settings.title'), icon: SlidersHorizontal },
    { path: appPath('/admin/logs'), label: t('logs.title'), icon: ScrollText },
    { path: appPath('/admin/audit'), label: t('audit.title'), icon: ListTree },
  ];
}
