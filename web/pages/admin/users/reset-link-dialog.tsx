import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { makeResetLink } from '../../../lib/api/people.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
import { LinkShown } from './link-shown.tsx';

/** A link by which somebody chooses a new password: no admin ever knows it. */
export function ResetLinkDialog({ account, onClose }: { account: AccountWire; onClose: () => void }) {
  const [link, setLink] = useState<string | null>(null);
  const name = { name: account.username };
  const form = useSubmit(async () => setLink((await makeResetLink(account.id)).link));
  return (
    <Dialog
      title={t('people.resetLinkTitle', name)}
      onClose={onClose}
      data-testid="reset-link-dialog"
      actions={
        link === null ? (
          <>
            <Button variant="quiet" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button variant="primary" busy={form.busy} onClick={() => form.onSubmit()} data-testid="reset-link-make">
              {t('people.resetLinkMake')}
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
      {link === null ? (
        <p>{t('people.resetLinkText', name)}</p>
      ) : (
        <LinkShown lead={t('people.linkHand', name)} link={link} />
      )}
    </Dialog>
  );
}
