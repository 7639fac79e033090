import './start-page.css';
import { RotateCw, Unplug } from 'lucide';
import { problemText } from '../lib/api/client.ts';
import { t } from '../lib/i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Mark } from '../ui/mark.tsx';

/** The moment before the server has said what this instance is; or the news that it does not answer. */
export function StartPage({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  return (
    <main class="start-page">
      {problem ? (
        <Empty
          page
          icon={Unplug}
          title={t('start.failed')}
          actions={
            <Button variant="primary" icon={RotateCw} onClick={onRetry}>
              {t('action.retry')}
            </Button>
          }
        >
          {problemText(problem)}
        </Empty>
      ) : (
        <span class="start-page__mark" role="status" aria-label={t('loading')}>
          <Mark size={44} />
        </span>
      )}
    </main>
  );
}
