import { Compass } from 'lucide';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';

export function NotFoundPage() {
  usePageTitle(t('notFound.title'));
  return (
    <Empty
      page
      icon={Compass}
      title={t('notFound.title')}
      data-testid="not-found"
      actions={
        <ButtonLink variant="primary" href={appPath('/')}>
          {t('notFound.home')}
        </ButtonLink>
      }
    >
      {t('notFound.text')}
    </Empty>
  );
}
