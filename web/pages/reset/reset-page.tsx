import { useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso';
import { NewPasswordField } from '../../accounts/account-fields.tsx';
import { problemText } from '../../lib/api/client.ts';
import { checkReset, resetPassword } from '../../lib/api/me.ts';
import { appPath } from '../../lib/base.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { becomeUser } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { Gate } from '../../ui/gate.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

/** Where a link from an admin leads: a new password, once. */
export function ResetPage() {
  usePageTitle(t('reset.title'));
  const { params } = useRoute();
  const token = params['token'] ?? '';
  const { data, error } = useResource(`reset/${token}`, () => checkReset(token));
  if (error.value) {
    return (
      <Gate title={t('reset.bad')} lead={<span data-testid="reset-bad">{problemText(error.value)}</span>}>
        <ButtonLink variant="primary" href={appPath('/sign-in')}>
          {t('signIn.title')}
        </ButtonLink>
      </Gate>
    );
  }
  const username = data.value?.username;
  return (
    <Gate
      title={t('reset.title')}
      lead={username === undefined ? <Skeleton height="24px" /> : t('reset.lead', { name: username })}
    >
      {username !== undefined && <ResetForm token={token} username={username} />}
    </Gate>
  );
}

function ResetForm({ token, username }: { token: string; username: string }) {
  const { route } = useLocation();
  const [password, setPassword] = useState('');
  const form = useSubmit(async () => {
    becomeUser((await resetPassword({ token, password })).user);
    route(appPath('/'), true);
  });
  return (
    <form class="form" onSubmit={form.onSubmit} data-testid="reset-form">
      <FormProblem problem={form.problem} />
      {/* For password stores, which keep it by its name. */}
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <NewPasswordField
        label={t('account.newPassword')}
        name="password"
        value={password}
        error={form.errors.password}
        onInput={setPassword}
        data-testid="field-password"
      />
      <Button variant="primary" type="submit" busy={form.busy} data-testid="reset-submit">
        {t('reset.submit')}
      </Button>
    </form>
  );
}
