import './jobs-summary.css';
import { listLanes } from '../../../lib/api/jobs.ts';
import { appPath } from '../../../lib/base.ts';
import { useResource } from '../../../lib/cache/resource.ts';
import { t } from '../../../lib/i18n/translate.ts';

const STATES = ['running', 'queued', 'failed'] as const;

/** How many jobs run, wait and have failed; each number leads to them. */
export function JobsSummary() {
  const lanes = useResource('jobs/lanes', listLanes).data.value?.items;
  const count = (state: (typeof STATES)[number]) => lanes?.reduce((sum, lane) => sum + lane[state], 0);
  return (
    <ul class="jobs-summary" aria-label={t('nav.jobs')} aria-busy={!lanes}>
      {STATES.map((state) => (
        <li key={state}>
          <a href={appPath(`/admin/jobs?state=${state}`)} data-state={state} data-testid={`jobs-${state}`}>
            <strong>{count(state) ?? '–'}</strong>
            <span>{t(`overview.jobs.${state}`)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
