import './jobs-page.css';
import { CircleCheck } from 'lucide';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { z } from 'zod';
import type { JobState, Lane, LaneWire as LaneSchema } from '../../../src/features/jobs/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { type JobFilter, listJobs, listLanes } from '../../lib/api/jobs.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { Empty } from '../../ui/empty.tsx';
import { SelectField } from '../../ui/field.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EncoderList } from './encoder-list.tsx';
import { JobRow } from './job-row.tsx';
import { WorkerList } from './worker-list.tsx';

const STATES: JobState[] = ['running', 'queued', 'failed', 'done', 'cancelled'];
const LANES: Lane[] = ['probe', 'encode', 'scan', 'image', 'caption', 'mail', 'backup', 'import'];

export function JobsPage() {
  usePageTitle(t('nav.jobs'));
  const { query } = useLocation();
  const [filter, setFilter] = useState<JobFilter>({ state: STATES.find((state) => state === query['state']) });
  const lanes = useResource('jobs/lanes', listLanes);
  const list = usePaged(`jobs:${filter.state ?? ''}:${filter.lane ?? ''}`, (cursor) => listJobs(filter, cursor));
  return (
    <div class="page">
      <header class="page__head">
        <div>
          <h1>{t('nav.jobs')}</h1>
          <p class="page__lead">{t('jobs.lead')}</p>
        </div>
      </header>
      <ul class="lanes" aria-label={t('jobs.lanes')} aria-busy={!lanes.data.value}>
        {lanes.data.value?.items.map((lane) => (
          <LaneCard
            key={lane.lane}
            lane={lane}
            chosen={filter.lane === lane.lane}
            onChoose={() => setFilter({ ...filter, lane: filter.lane === lane.lane ? undefined : lane.lane })}
          />
        )) ?? LANES.map((lane) => <Skeleton key={lane} height="100px" />)}
      </ul>
      <EncoderList />
      <WorkerList />
      <div class="job-filters">
        <SelectField
          label={t('jobs.state')}
          value={filter.state ?? 'all'}
          choices={[
            { value: 'all', label: t('jobs.all') },
            ...STATES.map((value) => ({ value, label: t(`jobState.${value}`) })),
          ]}
          onChoose={(value) => setFilter({ ...filter, state: value === 'all' ? undefined : value })}
        />
        <SelectField
          label={t('jobs.lane')}
          value={filter.lane ?? 'all'}
          choices={[
            { value: 'all', label: t('jobs.all') },
            ...LANES.map((value) => ({ value, label: t(`lane.${value}`) })),
          ]}
          onChoose={(value) => setFilter({ ...filter, lane: value === 'all' ? undefined : value })}
        />
      </div>
      {list.error && !list.items ? <p role="alert">{problemText(list.error)}</p> : null}
      {list.items?.length === 0 ? (
        <Empty icon={CircleCheck} title={t('jobs.noneTitle')}>
          {t('jobs.noneText')}
        </Empty>
      ) : (
        <table class="jobs" data-testid="jobs-table" aria-busy={!list.items}>
          <thead>
            <tr>
              <th scope="col">{t('jobs.what')}</th>
              <th scope="col">{t('jobs.state')}</th>
              <th scope="col">{t('jobs.progress')}</th>
              <th scope="col">{t('jobs.when')}</th>
              <th scope="col">
                <span class="visually-hidden">{t('jobs.actions')}</span>
              </th>
            </tr>
          </thead>
          {list.items?.map((job) => (
            <JobRow key={job.id} job={job} onChange={() => void Promise.all([list.refresh(), lanes.refresh()])} />
          ))}
        </table>
      )}
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(list.error)} onMore={list.loadMore} />
    </div>
  );
}

interface LaneCardProps {
  lane: z.infer<typeof LaneSchema>;
  chosen: boolean;
  onChoose: () => void;
}

function LaneCard({ lane, chosen, onChoose }: LaneCardProps) {
  return (
    <li>
      <button type="button" class="lane" aria-pressed={chosen} onClick={onChoose} data-testid="lane-card">
        <span class="lane__name">{t(`lane.${lane.lane}`)}</span>
        <span class="lane__running">
          <strong>{lane.running}</strong> {t('jobs.ofAtOnce', { concurrency: lane.concurrency })}
        </span>
        <span class="lane__rest">
          {t('jobs.queued', { count: lane.queued })}
          {lane.held && <b title={lane.held}>{t('jobs.held')}</b>}
          {lane.failed > 0 && <em>{t('jobs.failed', { count: lane.failed })}</em>}
        </span>
      </button>
    </li>
  );
}
