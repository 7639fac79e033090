import { OctagonAlert, TriangleAlert } from 'lucide';
import { appPath } from '../../../lib/base.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Banner } from '../../../ui/banner.tsx';
import { ButtonLink } from '../../../ui/button.tsx';
import { useNotices } from '../notices/use-notices.ts';

/** The worst of what needs an admin, and how much more there is; nothing where all is well. */
export function NeedsYou() {
  const open = useNotices().data.value?.open ?? [];
  const [worst] = open;
  if (!worst) return null;
  const isBad = worst.state === 'problem';
  return (
    <div class="overview__notice">
      <Banner
        icon={isBad ? OctagonAlert : TriangleAlert}
        tone={isBad ? 'bad' : 'warn'}
        action={
          <ButtonLink small href={appPath('/admin/notices')}>
            {t('notices.all')}
          </ButtonLink>
        }
        data-testid="needs-you"
      >
        <strong>{worst.title}</strong>
        {open.length > 1 && ` · ${t('notices.more', { count: open.length - 1 })}`}
      </Banner>
    </div>
  );
}
