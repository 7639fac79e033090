import type { z } from 'zod';
import type { BackupList } from '../../../../src/features/backups/api.ts';
import { appPath } from '../../../lib/base.ts';
import { dateTimeText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { ButtonLink } from '../../../ui/button.tsx';

/** When backups are made without anybody asking, what is in them, and how many stay. */
export function BackupSchedule({ list }: { list: z.infer<typeof BackupList> }) {
  const { schedule, nextAtMs, keep, originals, folder } = list;
  return (
    <section aria-labelledby="backups-schedule">
      <h2 id="backups-schedule">{t('backups.schedule')}</h2>
      <div class="backups__card backups__facts" data-testid="backup-schedule">
        {nextAtMs === null ? (
          <p>{t('backups.off')}</p>
        ) : (
          <dl>
            <div>
              <dt>{t('backups.next')}</dt>
              <dd>
                {dateTimeText(nextAtMs)} ({relativeText(nextAtMs)})
              </dd>
            </div>
            <div>
              <dt>{t('backups.cron')}</dt>
              <dd>
                <code>{schedule}</code>
              </dd>
            </div>
            <div>
              <dt>{t('backups.contents')}</dt>
              <dd>{t(originals ? 'backups.contentsAll' : 'backups.contentsSmall')}</dd>
            </div>
          </dl>
        )}
        <dl>
          <div>
            <dt>{t('backups.keep')}</dt>
            <dd>{t('backups.keepText', { count: keep })}</dd>
          </div>
          <div>
            <dt>{t('backups.folder')}</dt>
            <dd>
              <code>{folder}</code>
            </dd>
          </div>
        </dl>
        <ButtonLink small href={`${appPath('/admin/settings')}?find=backup.`} data-testid="backup-settings">
          {t('backups.change')}
        </ButtonLink>
      </div>
    </section>
  );
}
