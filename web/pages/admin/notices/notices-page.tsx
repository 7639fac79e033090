import './notices-page.css';
import { CircleAlert, CircleCheck } from 'lucide';
import { problemText } from '../../../lib/api/client.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { NoticeLines } from './notice-list.tsx';
import { Told } from './told.tsx';
import { useNotices } from './use-notices.ts';

export function NoticesPage() {
  usePageTitle(t('notices.title'));
  const { data, error } = useNotices();
  const notices = data.value;
  return (
    <div class="page notices">
      <header class="page__head">
        <div>
          <h1>{t('notices.title')}</h1>
          <p class="page__lead">{t('notices.lead')}</p>
        </div>
      </header>
      {error.value && !notices ? (
        <Banner icon={CircleAlert} tone="bad">
          {problemText(error.value)}
        </Banner>
      ) : null}
      <section aria-label={t('notices.open')} aria-busy={!notices}>
        {!notices && !error.value && <Skeleton height="140px" />}
        {notices?.open.length === 0 && (
          <Empty icon={CircleCheck} title={t('notices.noneTitle')} data-testid="notices-none">
            {t('notices.noneText')}
          </Empty>
        )}
        {notices && notices.open.length > 0 && (
          <>
            <h2>{t('notices.open')}</h2>
            <NoticeLines notices={notices.open} />
          </>
        )}
      </section>
      <Told />
      {notices && notices.past.length > 0 && (
        <section aria-labelledby="past-title">
          <h2 id="past-title">{t('notices.past')}</h2>
          <NoticeLines notices={notices.past} />
        </section>
      )}
    </div>
  );
}
