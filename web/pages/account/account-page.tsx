import './account-page.css';
import { useState } from 'preact/hooks';
import { EmailField, NewPasswordField, UsernameField } from '../../accounts/account-fields.tsx';
import { changePassword, editMe } from '../../lib/api/me.ts';
import { refresh } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { user } from '../../lib/session.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { showToast } from '../../ui/toast.tsx';
import { DeviceList } from './device-list.tsx';

/** One's own account. */
export function AccountPage() {
  usePageTitle(t('account.title'));
  return (
    <div class="page account">
      <header class="page__head">
        <div>
          <h1>{t('account.title')}</h1>
          <p class="page__lead">{t('account.lead')}</p>
        </div>
      </header>
      <Profile />
      <NewPassword />
      <DeviceList />
    </div>
  );
}

function Profile() {
  const me = user.value!;
  const [draft, setDraft] = useState({ username: me.username, email: me.email });
  const [currentPassword, setCurrentPassword] = useState('');
  const changed = draft.username !== me.username || draft.email !== me.email;
  const form = useSubmit(async () => {
    const { user: next } = await editMe({ ...draft, currentPassword });
    user.value = next;
    setDraft({ username: next.username, email: next.email });
    setCurrentPassword('');
    showToast(t('account.profileSaved'));
  });
  return (
    <section class="account__part" aria-labelledby="account-profile">
      <h2 id="account-profile">{t('account.profile')}</h2>
      <form class="form" onSubmit={form.onSubmit} noValidate data-testid="profile-form">
        <FormProblem problem={form.problem} />
        <UsernameField
          value={draft.username}
          error={form.errors.username}
          onInput={(username) => setDraft({ ...draft, username })}
          data-testid="profile-username"
        />
        <EmailField
          value={draft.email}
          error={form.errors.email}
          onInput={(email) => setDraft({ ...draft, email })}
          data-testid="profile-email"
        />
        {changed && (
          <CurrentPassword
            value={currentPassword}
            error={form.errors.currentPassword}
            onInput={setCurrentPassword}
            data-testid="profile-password"
          />
        )}
        <div>
          <Button variant="primary" type="submit" busy={form.busy} disabled={!changed} data-testid="profile-save">
            {t('action.save')}
          </Button>
        </div>
      </form>
    </section>
  );
}

function NewPassword() {
  const [currentPassword, setCurrentPassword] = useState('');
  const [password, setPassword] = useState('');
  const form = useSubmit(async () => {
    const { ended } = await changePassword({ currentPassword, password });
    setCurrentPassword('');
    setPassword('');
    refresh('me/sessions');
    showToast(ended === 0 ? t('account.passwordChangedAlone') : t('account.passwordChanged', { count: ended }));
  });
  return (
    <section class="account__part" aria-labelledby="account-password">
      <h2 id="account-password">{t('account.password')}</h2>
      <form class="form" onSubmit={form.onSubmit} noValidate data-testid="password-form">
        <FormProblem problem={form.problem} />
        {/* For password stores, which keep it by its name. */}
        <input type="text" name="username" autoComplete="username" value={user.value!.username} readOnly hidden />
        <CurrentPassword
          value={currentPassword}
          error={form.errors.currentPassword}
          onInput={setCurrentPassword}
          data-testid="current-password"
        />
        <NewPasswordField
          label={t('account.newPassword')}
          name="new-password"
          value={password}
          error={form.errors.password}
          onInput={setPassword}
          data-testid="next-password"
        />
        <div>
          <Button variant="primary" type="submit" busy={form.busy} data-testid="password-save">
            {t('account.changePassword')}
          </Button>
        </div>
      </form>
    </section>
  );
}

interface CurrentPasswordProps {
  value: string;
  error: string | undefined;
  onInput: (value: string) => void;
  'data-testid': string;
}

function CurrentPassword({ onInput, ...field }: CurrentPasswordProps) {
  return (
    <TextField
      label={t('account.currentPassword')}
      name="current-password"
      type="password"
      autoComplete="current-password"
      required
      maxLength={256}
      hint={t('account.currentPasswordHint')}
      onInput={(event) => onInput(event.currentTarget.value)}
      {...field}
    />
  );
}
