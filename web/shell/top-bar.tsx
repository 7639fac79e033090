import './top-bar.css';
import { Upload } from 'lucide';
import { useLocation } from 'preact-iso';
import { appPath, withoutBase } from '../lib/base.ts';
import { t } from '../lib/i18n/translate.ts';
import { instance, mayUpload, user } from '../lib/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { Mark } from '../ui/mark.tsx';
import { AccountMenu } from './account-menu.tsx';
import { UploadPulse } from './upload-pulse.tsx';

export function TopBar() {
  const { url } = useLocation();
  return (
    <header class="top-bar">
      <a
        class="top-bar__home"
        href={appPath('/')}
        aria-label={t('shell.home', { name: instance.value?.name ?? 'Kinora' })}
      >
        <Mark />
        <span class="top-bar__word" dir="auto">
          {instance.value?.name || 'Kinora'}
        </span>
      </a>
      <div class="top-bar__end">
        <UploadPulse />
        {mayUpload() && (
          <ButtonLink href={appPath('/upload')} icon={Upload} data-testid="upload-button">
            {t('nav.upload')}
          </ButtonLink>
        )}
        {user.value === null && (
          <ButtonLink
            variant="primary"
            href={appPath(`/sign-in?next=${encodeURIComponent(withoutBase(url))}`)}
            data-testid="sign-in-link"
          >
            {t('signIn.title')}
          </ButtonLink>
        )}
        <AccountMenu />
      </div>
    </header>
  );
}
