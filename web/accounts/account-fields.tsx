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

/** Username, e-mail and password of somebody new: the first admin, or anyone who registers. */
export function AccountFields({ draft, errors, onChange }: AccountFieldsProps) {
  return (
    <>
      <TextField
        label={t('field.username')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        required
        maxLength={40}
        value={draft.username}
        error={errors.username}
        onInput={(event) => onChange({ ...draft, username: event.currentTarget.value })}
        data-testid="field-username"
      />
      <TextField
        label={t('field.email')}
        name="email"
        type="email"
        autoComplete="email"
        required
        value={draft.email}
        error={errors.email}
        onInput={(event) => onChange({ ...draft, email: event.currentTarget.value })}
        data-testid="field-email"
      />
      <TextField
        label={t('field.password')}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        maxLength={256}
        value={draft.password}
        hint={t('field.passwordHint')}
        error={errors.password}
        onInput={(event) => onChange({ ...draft, password: event.currentTarget.value })}
        data-testid="field-password"
      />
    </>
  );
}
