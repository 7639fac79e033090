import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { editAccount } from '../../../lib/api/users.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
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
    <Dialog
      title={t('users.passwordTitle', { name: username })}
      onClose={onClose}
      data-testid="password-dialog"
      actions={
        password === null ? (
          <>
            <Button variant="quiet" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button variant="primary" busy={form.busy} onClick={() => form.onSubmit()} data-testid="password-make">
              {t('users.passwordMake')}
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={onClose}>
            {t('users.done')}
          </Button>
        )
      }
    >
      <FormProblem problem={form.problem} />
      {password === null ? (
        <p>{t('users.passwordText', { name: username })}</p>
      ) : (
        <PasswordShown name={username} password={password} />
      )}
    </Dialog>
  );
}
