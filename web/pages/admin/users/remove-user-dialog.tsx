import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { removeAccount } from '../../../lib/api/users.ts';
import { refresh } from '../../../lib/cache/resource.ts';
import { bytesText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { bringBack } from './user-row.tsx';

/** Says what happens to an account and its videos before it is removed; it can be undone. */
export function RemoveUserDialog({ account, onClose }: { account: AccountWire; onClose: () => void }) {
  const [videos, setVideos] = useState<'keep' | 'remove'>('keep');
  const { id, username } = account;
  const form = useSubmit(async () => {
    await removeAccount(id, videos);
    showToast(t('users.removedNow', { name: username }), {
      action: { label: t('action.undo'), run: () => void bringBack(account, () => refresh('users')) },
    });
    onClose();
  });
  return (
    <Dialog
      title={t('users.removeTitle', { name: username })}
      onClose={onClose}
      data-testid="remove-user-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button variant="danger" busy={form.busy} onClick={() => form.onSubmit()} data-testid="remove-user-confirm">
            {t('users.remove')}
          </Button>
        </>
      }
    >
      <div class="form">
        <FormProblem problem={form.problem} />
        <p>{t('users.removeText')}</p>
        {account.videos > 0 && (
          <SelectField
            label={t('users.theirVideos', { count: account.videos, bytes: bytesText(account.storageBytes) })}
            name="videos"
            hint={t(`users.videos.${videos}Text`)}
            value={videos}
            choices={(['keep', 'remove'] as const).map((value) => ({ value, label: t(`users.videos.${value}`) }))}
            onChoose={setVideos}
          />
        )}
      </div>
    </Dialog>
  );
}
