import { useState } from 'preact/hooks';
import type { Role } from '../../../../src/features/accounts/api.ts';
import { addAccount } from '../../../lib/api/users.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { newPassword } from './new-password.ts';
import { PasswordShown } from './password-shown.tsx';
import { ROLES } from './roles.ts';

/** Makes an account for somebody, with a password that is shown once. */
export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState<{ username: string; email: string; role: Role }>({
    username: '',
    email: '',
    role: 'member',
  });
  const [password, setPassword] = useState<string | null>(null);
  const form = useSubmit(async () => {
    const made = newPassword();
    await addAccount({ ...draft, password: made });
    setPassword(made);
  });
  return (
    <AskDialog
      title={password === null ? t('users.add') : t('users.added', { name: draft.username })}
      onClose={onClose}
      data-testid={password === null ? 'add-user-dialog' : 'user-added'}
      form={form}
      act={t('users.add')}
      actTestId="user-save"
      answer={password !== null && <PasswordShown name={draft.username} password={password} />}
      doneTestId="user-added-done"
    >
      <TextField
        label={t('field.username')}
        autoCapitalize="none"
        spellcheck={false}
        required
        maxLength={40}
        value={draft.username}
        error={form.errors.username}
        onInput={(event) => setDraft({ ...draft, username: event.currentTarget.value })}
        data-testid="user-name"
      />
      <TextField
        label={t('field.email')}
        type="email"
        required
        value={draft.email}
        error={form.errors.email}
        onInput={(event) => setDraft({ ...draft, email: event.currentTarget.value })}
        data-testid="user-email"
      />
      <SelectField
        label={t('users.role')}
        hint={t(`users.may.${draft.role}`)}
        value={draft.role}
        choices={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
        onChoose={(role) => setDraft({ ...draft, role })}
      />
    </AskDialog>
  );
}
