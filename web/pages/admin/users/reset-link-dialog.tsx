import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { makeResetLink } from '../../../lib/api/people.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { LinkShown } from './link-shown.tsx';

/** A link by which somebody chooses a new password: no admin ever knows it. */
export function ResetLinkDialog({ account, onClose }: { account: AccountWire; onClose: () => void }) {
  const [link, setLink] = useState<string | null>(null);
  const name = { name: account.username };
  const form = useSubmit(async () => setLink((await makeResetLink(account.id)).link));
  return (
    <AskDialog
      title={t('people.resetLinkTitle', name)}
      onClose={onClose}
      data-testid="reset-link-dialog"
      form={form}
      act={t('people.resetLinkMake')}
      actTestId="reset-link-make"
      answer={link !== null && <LinkShown lead={t('people.linkHand', name)} link={link} />}
    >
      <p>{t('people.resetLinkText', name)}</p>
    </AskDialog>
  );
}
