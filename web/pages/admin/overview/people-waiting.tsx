import { UserCheck } from 'lucide';
import { appPath } from '../../../lib/base.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { Banner } from '../../../ui/banner.tsx';
import { ButtonLink } from '../../../ui/button.tsx';
import { useWaiting } from '../users/use-waiting.ts';

/** People who wait for an account, where there are any: somebody has to look at them. */
export function PeopleWaiting() {
  const count = useWaiting().data.value?.waiting ?? 0;
  if (count === 0) return null;
  return (
    <div class="overview__notice">
      <Banner
        icon={UserCheck}
        action={
          <ButtonLink small href={appPath('/admin/users')}>
            {t('people.waitingLook')}
          </ButtonLink>
        }
        data-testid="people-waiting"
      >
        {t('people.waiting', { count })}
      </Banner>
    </div>
  );
}
