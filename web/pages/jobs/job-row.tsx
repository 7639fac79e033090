import { Ban, ChevronDown, ChevronUp, RotateCw } from 'lucide';
import { useState } from 'preact/hooks';
import type { JobState, JobWire } from '../../../src/features/jobs/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { cancelJob, retryJob } from '../../lib/api/jobs.ts';
import { appPath } from '../../lib/base.ts';
import { dateTimeText, durationText, percentText, relativeText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { jobProgress } from '../../lib/live/follow.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { showToast } from '../../ui/toast.tsx';

const TONE: Record<JobState, Tone> = {
  queued: 'plain',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
};

/** One job: a row of the table on wide screens, a card on phones; its error and log unfold below. */
export function JobRow({ job, onChange }: { job: JobWire; onChange: () => void }) {
  const [open, setOpen] = useState(false);
  const more = job.error !== null || job.log !== null;

  async function run(action: (id: string) => Promise<unknown>): Promise<void> {
    try {
      await action(job.id);
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
    onChange();
  }
  return (
    <tbody class="job" data-testid="job-row" data-job-id={job.id} data-state={job.state}>
      <tr>
        <td class="job__what">
          {job.video ? (
            <a href={appPath(`/watch/${job.video.id}`)} dir="auto">
              {job.video.title}
            </a>
          ) : (
            <strong>{t(`lane.${job.lane}`)}</strong>
          )}
          <small>
            <code>{job.name}</code>
          </small>
        </td>
        <td>
          <Badge tone={TONE[job.state]}>{t(`jobState.${job.state}`)}</Badge>
          {job.attempts > 1 && <small>{t('jobs.attempt', { attempt: job.attempts, most: job.maxAttempts })}</small>}
        </td>
        <td class="job__progress">
          <JobProgress job={job} />
        </td>
        <td title={dateTimeText(job.createdAtMs)}>
          <JobTime job={job} />
        </td>
        <td class="job__actions">
          {more && (
            <IconButton
              icon={open ? ChevronUp : ChevronDown}
              label={t(open ? 'jobs.hideLog' : 'jobs.showLog')}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              data-testid="job-details"
            />
          )}
          {(job.state === 'failed' || job.state === 'cancelled') && (
            <Button small icon={RotateCw} onClick={() => void run(retryJob)} data-testid="job-retry">
              {t('action.retry')}
            </Button>
          )}
          {(job.state === 'queued' || job.state === 'running') && (
            <Button small variant="quiet" icon={Ban} onClick={() => void run(cancelJob)} data-testid="job-cancel">
              {t('action.cancel')}
            </Button>
          )}
        </td>
      </tr>
      {more && (job.error || open) && (
        <tr class="job__more">
          <td colSpan={5}>
            {job.error && <p class="job__error">{job.error}</p>}
            {open && job.log && <pre class="job__log">{job.log}</pre>}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function JobProgress({ job }: { job: JobWire }) {
  if (job.state !== 'running') return null;
  const live = jobProgress.value.get(job.id);
  const percent = live?.percent ?? job.percent;
  const etaMs = live?.etaMs ?? job.etaMs;
  return (
    <>
      <ProgressBar percent={percent} label={t('jobs.progress')} />
      <small>
        {percent !== null && percentText(percent)}
        {etaMs !== null && ` · ${t('upload.eta', { time: durationText(etaMs) })}`}
      </small>
    </>
  );
}

function JobTime({ job }: { job: JobWire }) {
  if (job.state === 'queued' && job.attempts > 0 && job.runAfterMs > Date.now()) {
    return <>{t('jobs.again', { time: relativeText(job.runAfterMs) })}</>;
  }
  if (job.finishedAtMs !== null && job.startedAtMs !== null) {
    return (
      <>
        {relativeText(job.finishedAtMs)}
        <small>{t('jobs.took', { time: durationText(job.finishedAtMs - job.startedAtMs) })}</small>
      </>
    );
  }
  return <>{relativeText(job.startedAtMs ?? job.createdAtMs)}</>;
}
