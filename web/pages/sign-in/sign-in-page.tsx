import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { signIn } from '../../lib/api/accounts.ts';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { becomeUser, instance, user } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Gate } from '../../ui/gate.tsx';
import { safeNext } from './next.ts';

export function SignInPage() {
  usePageTitle(t('signIn.title'));
  const { query, route } = useLocation();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const policy = instance.value?.registration;
  const next = safeNext(query.next);
  const form = useSubmit(async () => becomeUser((await signIn({ login, password })).user));

  // Also for those who come here signed in already.
  const signedIn = Boolean(user.value);
  useEffect(() => {
    if (signedIn) route(appPath(next), true);
  }, [signedIn]);

  return (
    <Gate title={t('signIn.welcome', { name: instance.value?.name ?? 'Kinora' })}>
      <form class="form" onSubmit={form.onSubmit} data-testid="sign-in-form">
        <FormProblem problem={form.problem} />
        <TextField
          label={t('field.login')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellcheck={false}
          required
          value={login}
          error={form.errors.login}
          onInput={(event) => setLogin(event.currentTarget.value)}
          data-testid="field-login"
        />
        <TextField
          label={t('field.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          error={form.errors.password}
          onInput={(event) => setPassword(event.currentTarget.value)}
          data-testid="field-password"
        />
        <Button variant="primary" type="submit" busy={form.busy} data-testid="sign-in-submit">
          {t('signIn.title')}
        </Button>
      </form>
      <p class="gate__other">
        {policy === 'open' || policy === 'approval' ? (
          <>
            {t('signIn.noAccount')}{' '}
            <a class="text-link" href={appPath(`/register?next=${encodeURIComponent(next)}`)}>
              {t('register.title')}
            </a>
          </>
        ) : (
          t(policy === 'invite' ? 'signIn.askInvite' : 'signIn.askAdmin')
        )}
      </p>
    </Gate>
  );
}
