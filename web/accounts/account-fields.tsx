import { t } from '../lib/i18n/translate.ts';
import { TextField } from '../ui/field.tsx';

export interface AccountDraft {
  username: string;
  email: string;
  password: string;
}

export const EMPTY_ACCOUNT: AccountDraft = { username: '', email: '', password: '' };

interface AccountFieldsProps {
  draft: AccountDraft;
  errors: Record<string, string>;
  onChange: (draft: AccountDraft) => void;
}

interface AccountFieldProps {
  value: string;
  error: string | undefined;
  onInput: (value: string) => void;
  'data-testid': string;
}

/** Username, e-mail and password of somebody new: the first admin, or anyone who registers. */
export function AccountFields({ draft, errors, onChange }: AccountFieldsProps) {
  return (
    <>
      <UsernameField
        value={draft.username}
        error={errors.username}
        onInput={(username) => onChange({ ...draft, username })}
        data-testid="field-username"
      />
      <EmailField
        value={draft.email}
        error={errors.email}
        onInput={(email) => onChange({ ...draft, email })}
        data-testid="field-email"
      />
      <NewPasswordField
        label={t('field.password')}
        name="password"
        value={draft.password}
        error={errors.password}
        onInput={(password) => onChange({ ...draft, password })}
        data-testid="field-password"
      />
    </>
  );
}

export function UsernameField({ onInput, ...props }: AccountFieldProps) {
  return (
    <TextField
      label={t('field.username')}
      name="username"
      autoComplete="username"
      autoCapitalize="none"
      spellcheck={false}
      required
      maxLength={40}
      onInput={(event) => onInput(event.currentTarget.value)}
      {...props}
    />
  );
}

export function EmailField({ onInput, ...props }: AccountFieldProps) {
  return (
    <TextField
      label={t('field.email')}
      name="email"
      type="email"
      autoComplete="email"
      required
      onInput={(event) => onInput(event.currentTarget.value)}
      {...props}
    />
  );
}

/** A password that is being chosen: browsers offer one, and keep it. */
export function NewPasswordField({ onInput, ...props }: AccountFieldProps & { label: string; name: string }) {
  return (
    <TextField
      type="password"
      autoComplete="new-password"
      required
      minLength={8}
      maxLength={256}
      hint={t('field.passwordHint')}
      onInput={(event) => onInput(event.currentTarget.value)}
      {...props}
    />
  );
}
