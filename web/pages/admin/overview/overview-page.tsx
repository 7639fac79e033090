import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { EncoderList } from '../../jobs/encoder-list.tsx';
import { JobsSummary } from './jobs-summary.tsx';

export function OverviewPage() {
  usePageTitle(t('admin.overview'));
  return (
    <div class="page">
      <header class="page__head">
        <div>
          <h1>{t('admin.overview')}</h1>
          <p class="page__lead">{t('overview.lead')}</p>
        </div>
      </header>
      <JobsSummary />
      <EncoderList />
    </div>
  );
}
