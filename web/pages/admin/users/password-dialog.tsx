import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { editAccount } from '../../../lib/api/users.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { newPassword } from './new-password.ts';
import { PasswordShown } from './password-shown.tsx';

/** Gives an account a new password, made here, and shows it once. */
export function PasswordDialog({ account, onClose }: { account: AccountWire; onClose: () => void }) {
  const [password, setPassword] = useState<string | null>(null);
  const { id, username } = account;
  const form = useSubmit(async () => {
    const made = newPassword();
    await editAccount(id, { password: made });
    setPassword(made);
  });
  return (
    <AskDialog
      title={t('users.passwordTitle', { name: username })}
      onClose={onClose}
      data-testid="password-dialog"
      form={form}
      act={t('users.passwordMake')}
      actTestId="password-make"
      answer={password !== null && <PasswordShown name={username} password={password} />}
    >
      <p>{t('users.passwordText', { name: username })}</p>
    </AskDialog>
  );
}
