import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { AccountFields, EMPTY_ACCOUNT } from '../../accounts/account-fields.tsx';
import { register } from '../../lib/api/accounts.ts';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { becomeUser, instance, user } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Gate } from '../../ui/gate.tsx';
import { safeNext } from '../sign-in/next.ts';

export function RegisterPage() {
  usePageTitle(t('register.title'));
  const { query, route } = useLocation();
  const [draft, setDraft] = useState(EMPTY_ACCOUNT);
  const form = useSubmit(async () => becomeUser((await register(draft)).user));
  const signedIn = Boolean(user.value);
  useEffect(() => {
    if (signedIn) route(appPath(safeNext(query.next)), true);
  }, [signedIn]);

  if (instance.value?.registration !== 'open') {
    return (
      <Gate title={t('register.closedTitle')} lead={t('register.closedText')}>
        <ButtonLink variant="primary" href={appPath('/sign-in')}>
          {t('signIn.title')}
        </ButtonLink>
      </Gate>
    );
  }
  return (
    <Gate title={t('register.title')} lead={t('register.lead', { name: instance.value.name })}>
      <form class="form" onSubmit={form.onSubmit} data-testid="register-form">
        <FormProblem problem={form.problem} />
        <AccountFields draft={draft} errors={form.errors} onChange={setDraft} />
        <Button variant="primary" type="submit" busy={form.busy} data-testid="register-submit">
          {t('register.title')}
        </Button>
      </form>
      <p class="gate__other">
        {t('register.haveAccount')}{' '}
        <a class="text-link" href={appPath('/sign-in')}>
          {t('signIn.title')}
        </a>
      </p>
    </Gate>
  );
}
