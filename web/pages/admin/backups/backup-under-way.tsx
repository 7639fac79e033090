import { CircleAlert } from 'lucide';
import type { JobWire } from '../../../../src/features/jobs/api.ts';
import { percentText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { jobProgress } from '../../../lib/live/follow.ts';
import { Banner } from '../../../ui/banner.tsx';
import { ProgressBar } from '../../../ui/progress.tsx';

/** How far the one is that is being made; why the last one failed. */
export function BackupUnderWay({ job }: { job: JobWire }) {
  const reason = job.error ?? '';
  if (job.state === 'failed' || (job.state === 'queued' && job.error !== null)) {
    const text =
      job.state === 'failed'
        ? t('backups.failed', { reason })
        : t('backups.retrying', { time: relativeText(job.runAfterMs), reason });
    return (
      <Banner icon={CircleAlert} tone="bad" data-testid="backup-failed">
        {text}
      </Banner>
    );
  }
  const percent = jobProgress.value.get(job.id)?.percent ?? job.percent ?? 0;
  const title = t(job.state === 'running' ? 'backups.running' : 'backups.queued');
  return (
    <section class="backups__card backups__under-way" aria-live="polite" data-testid="backup-under-way">
      <p>
        <strong>{title}</strong>
        {job.state === 'running' && <span>{t('backups.percent', { percent: percentText(percent) })}</span>}
      </p>
      <ProgressBar percent={job.state === 'running' ? percent : null} label={title} />
    </section>
  );
}
