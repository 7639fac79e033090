import { useState } from 'preact/hooks';
import type { AccountWire } from '../../../../src/features/accounts/users.api.ts';
import { removeAccount, restoreAccount } from '../../../lib/api/users.ts';
import { refresh } from '../../../lib/cache/resource.ts';
import { bytesText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { forEachAccount } from './for-each-account.ts';
import { bringBack } from './user-row.tsx';

/** Says what happens to accounts and their videos before they are removed; it can be undone. */
export function RemoveUserDialog({ accounts, onClose }: { accounts: AccountWire[]; onClose: () => void }) {
  const [what, setWhat] = useState<'keep' | 'remove'>('keep');
  const videos = accounts.reduce((sum, account) => sum + account.videos, 0);
  const storageBytes = accounts.reduce((sum, account) => sum + account.storageBytes, 0);
  const [only] = accounts;
  const form = useSubmit(async () => {
    if (accounts.length === 1 && only) {
      await removeAccount(only.id, what);
      offerUndo(t('users.removedNow', { name: only.username }), accounts);
    } else {
      const removed = await forEachAccount(accounts, ({ id }) => removeAccount(id, what));
      if (removed.length > 0) offerUndo(t('bulk.removed', { count: removed.length }), removed);
    }
    onClose();
  });
  return (
    <AskDialog
      title={
        accounts.length === 1 && only
          ? t('users.removeTitle', { name: only.username })
          : t('bulk.removeTitle', { count: accounts.length })
      }
      onClose={onClose}
      data-testid="remove-user-dialog"
      form={form}
      act={t('users.remove')}
      danger
      actTestId="remove-user-confirm"
    >
      {accounts.length > 1 && <p>{accounts.map(({ username }) => username).join(', ')}</p>}
      <p>{t('users.removeText')}</p>
      {videos > 0 && (
        <SelectField
          label={t('users.theirVideos', { count: videos, bytes: bytesText(storageBytes) })}
          name="videos"
          hint={t(`users.videos.${what}Text`)}
          value={what}
          choices={(['keep', 'remove'] as const).map((value) => ({ value, label: t(`users.videos.${value}`) }))}
          onChoose={setWhat}
        />
      )}
    </AskDialog>
  );
}

function offerUndo(text: string, removed: AccountWire[]): void {
  showToast(text, { action: { label: t('action.undo'), run: () => void undo(removed) } });
}

async function undo(removed: AccountWire[]): Promise<void> {
  const [only] = removed;
  if (removed.length === 1 && only) return bringBack(only, () => refresh('users'));
  const back = await forEachAccount(removed, ({ id }) => restoreAccount(id));
  if (back.length > 0) showToast(t('bulk.restored', { count: back.length }));
  refresh('users');
}
