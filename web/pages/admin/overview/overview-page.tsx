import './overview-page.css';
import { useEffect } from 'preact/hooks';
import { problemText } from '../../../lib/api/client.ts';
import { fetchOverview } from '../../../lib/api/overview.ts';
import { isSettled, useResource } from '../../../lib/cache/resource.ts';
import { dateTimeText, durationText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { EncoderList } from '../../jobs/encoder-list.tsx';
import { useNotices } from '../notices/use-notices.ts';
import { useWaiting } from '../users/use-waiting.ts';
import { HealthList } from './health-list.tsx';
import { JobsSummary } from './jobs-summary.tsx';
import { NeedsYou } from './needs-you.tsx';
import { NowPlaying, usePlaying } from './now-playing.tsx';
import { PeopleWaiting } from './people-waiting.tsx';
import { LargestVideos, Storage } from './storage.tsx';

const REFRESH_MS = 15_000;

export function OverviewPage() {
  usePageTitle(t('admin.overview'));
  const { data, error, refresh } = useResource('overview', fetchOverview);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const overview = data.value;
  // What stands above comes first: nothing is pushed away from under a finger.
  const settled = [useNotices(), useWaiting(), usePlaying()].every(isSettled);
  return (
    <div class="page overview">
      <header class="page__head">
        <div>
          <h1>{t('admin.overview')}</h1>
          <p class="page__lead">{t('overview.lead')}</p>
        </div>
        {overview ? (
          <p class="overview__version" title={dateTimeText(overview.startedAtMs)} data-testid="overview-version">
            {t('overview.version', {
              version: overview.version,
              time: durationText(Date.now() - overview.startedAtMs),
            })}
          </p>
        ) : (
          <Skeleton width="200px" height="1.25em" />
        )}
      </header>
      {!settled && <Skeleton height="60vh" />}
      <div hidden={!settled}>
        <NeedsYou />
        <PeopleWaiting />
        <JobsSummary />
        <NowPlaying />
        <EncoderList />
      </div>
      {error.value && !overview ? <p role="alert">{problemText(error.value)}</p> : null}
      <div class="overview__columns" aria-busy={!overview} hidden={!settled}>
        {overview ? <HealthList health={overview.health} /> : <Skeleton height="260px" />}
        {overview ? <Storage disk={overview.disk} storage={overview.storage} /> : <Skeleton height="260px" />}
        {overview && <LargestVideos largest={overview.storage.largest} />}
      </div>
    </div>
  );
}
