import './welcome.css';
import { Film, FolderPlus, type IconNode, Upload, Users } from 'lucide';
import { absoluteUrl, appPath } from '../../lib/base.ts';
import { copyText } from '../../lib/clipboard.ts';
import { t } from '../../lib/i18n/translate.ts';
import { instance, isAdmin, mayUpload, user } from '../../lib/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Mark } from '../../ui/mark.tsx';

/** Home with nothing to show yet: what each kind of person can do about it. */
export function Welcome({ hasLibraries }: { hasLibraries: boolean }) {
  if (user.value === null) return <Visitor />;
  if (isAdmin.value) return <FirstSteps hasLibraries={hasLibraries} />;
  return (
    <Empty
      page
      icon={Film}
      title={t('welcome.memberTitle')}
      data-testid="welcome"
      actions={
        mayUpload() && (
          <ButtonLink variant="primary" icon={Upload} href={appPath('/upload')}>
            {t('nav.upload')}
          </ButtonLink>
        )
      }
    >
      {t(mayUpload() ? 'welcome.memberMayUpload' : 'welcome.memberText')}
    </Empty>
  );
}

function Visitor() {
  const { registration } = instance.value ?? {};
  const open = registration === 'open' || registration === 'approval';
  return (
    <div class="welcome welcome--visitor" data-testid="welcome">
      <Mark size={52} />
      <h1>{instance.value?.name}</h1>
      <p>{t('welcome.visitorText')}</p>
      <div class="welcome__actions">
        <ButtonLink variant="primary" href={appPath('/sign-in')}>
          {t('signIn.title')}
        </ButtonLink>
        {open && <ButtonLink href={appPath('/register')}>{t('register.title')}</ButtonLink>}
      </div>
    </div>
  );
}

const STEP_3 = {
  open: 'welcome.step3Open',
  approval: 'welcome.step3Approval',
  invite: 'welcome.step3Invite',
  closed: 'welcome.step3Closed',
} as const;

function FirstSteps({ hasLibraries }: { hasLibraries: boolean }) {
  const { registration } = instance.value ?? {};
  const letsPeopleIn = registration === 'open' || registration === 'approval';
  return (
    <div class="welcome" data-testid="welcome">
      <h1>{t('welcome.adminTitle', { name: user.value?.username ?? '' })}</h1>
      <p>{t('welcome.adminText')}</p>
      <ol class="welcome__steps">
        <Step
          icon={FolderPlus}
          title={t('welcome.step1')}
          text={t(hasLibraries ? 'welcome.step1Done' : 'welcome.step1Text')}
        >
          <ButtonLink variant="primary" href={appPath(hasLibraries ? '/libraries' : '/libraries?add')}>
            {t(hasLibraries ? 'welcome.step1See' : 'libraries.add')}
          </ButtonLink>
        </Step>
        <Step icon={Upload} title={t('welcome.step2')} text={t('welcome.step2Text')}>
          <ButtonLink href={appPath('/upload')}>{t('nav.upload')}</ButtonLink>
        </Step>
        <Step icon={Users} title={t('welcome.step3')} text={t(STEP_3[registration ?? 'closed'])}>
          {letsPeopleIn ? (
            <Button onClick={() => void copyText(absoluteUrl('/register'))}>{t('welcome.copyAddress')}</Button>
          ) : (
            <ButtonLink href={appPath('/admin/users')}>{t('users.title')}</ButtonLink>
          )}
        </Step>
      </ol>
    </div>
  );
}

interface StepProps {
  icon: IconNode;
  title: string;
  text: string;
  children: preact.ComponentChildren;
}

function Step({ icon, title, text, children }: StepProps) {
  return (
    <li class="welcome__step">
      <span class="welcome__icon">
        <Icon node={icon} size={24} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      <div>{children}</div>
    </li>
  );
}
