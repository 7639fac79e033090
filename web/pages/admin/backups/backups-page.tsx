import './backups-page.css';
import { Archive, CircleAlert } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import type { BackupWire } from '../../../../src/features/backups/api.ts';
import { listBackups } from '../../../lib/api/backups.ts';
import { problemText } from '../../../lib/api/client.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { onLive } from '../../../lib/live/follow.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { BackupRow } from './backup-row.tsx';
import { BackupSchedule } from './backup-schedule.tsx';
import { BackupUnderWay } from './backup-under-way.tsx';
import { MakeBackupDialog } from './make-backup-dialog.tsx';
import { RemoveBackupDialog } from './remove-backup-dialog.tsx';
import { RestoreText } from './restore-text.tsx';

type Open = { what: 'make' } | { what: 'remove'; backup: BackupWire } | null;

/** Copies of everything: what there is, one more, when the next is made, and how one is put back. */
export function BackupsPage() {
  usePageTitle(t('backups.title'));
  const { data, error, refresh } = useResource('backups', listBackups);
  const [open, setOpen] = useState<Open>(null);
  useEffect(() => onLive(({ type }) => void ((type === 'job.changed' || type === 'jobs.changed') && refresh())), []);
  const list = data.value;
  const job = list?.job;
  // One that waits to be tried again gives way to another.
  const isBusy = job?.state === 'running' || (job?.state === 'queued' && job.error === null);

  function close(): void {
    setOpen(null);
    void refresh();
  }
  return (
    <div class="page backups">
      <header class="page__head">
        <div>
          <h1>{t('backups.title')}</h1>
          <p class="page__lead">{t('backups.lead')}</p>
        </div>
        <Button
          variant="primary"
          icon={Archive}
          disabled={!list || isBusy}
          onClick={() => setOpen({ what: 'make' })}
          data-testid="make-backup"
        >
          {t('backups.make')}
        </Button>
      </header>
      {error.value && !list ? (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(error.value)}
        </Banner>
      ) : null}
      {!list && !error.value && <Skeleton height="320px" />}
      {list && (
        <>
          {list.unreadable !== null && (
            <Banner icon={CircleAlert} tone="bad" data-testid="backups-unreadable">
              {t('backups.unreadable', { reason: list.unreadable })}
            </Banner>
          )}
          {list.job && <BackupUnderWay job={list.job} />}
          {list.items.length === 0 ? (
            !isBusy &&
            list.unreadable === null && (
              <Empty icon={Archive} title={t('backups.none')} data-testid="backups-none">
                {t('backups.noneText')}
              </Empty>
            )
          ) : (
            <section aria-labelledby="backups-list">
              <h2 id="backups-list">{t('backups.list')}</h2>
              <ul class="backups__card">
                {list.items.map((backup) => (
                  <BackupRow key={backup.name} backup={backup} onRemove={() => setOpen({ what: 'remove', backup })} />
                ))}
              </ul>
              <p class="backups__note">{t('backups.secret')}</p>
            </section>
          )}
          <div class="backups__columns">
            <BackupSchedule list={list} />
            <RestoreText list={list} />
          </div>
        </>
      )}
      {open?.what === 'make' && list && <MakeBackupDialog list={list} onClose={close} />}
      {open?.what === 'remove' && (
        <RemoveBackupDialog backup={open.backup} isLast={list?.items.length === 1} onClose={close} />
      )}
    </div>
  );
}
