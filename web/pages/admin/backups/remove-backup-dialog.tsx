import type { BackupWire } from '../../../../src/features/backups/api.ts';
import { removeBackup } from '../../../lib/api/backups.ts';
import { dateTimeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { showToast } from '../../../ui/toast.tsx';

interface RemoveBackupProps {
  backup: BackupWire;
  isLast: boolean;
  onClose: () => void;
}

/** What is deleted here is gone. */
export function RemoveBackupDialog({ backup: { name, takenAtMs }, isLast, onClose }: RemoveBackupProps) {
  const form = useSubmit(async () => {
    await removeBackup(name);
    showToast(t('backups.removed'));
    onClose();
  });
  return (
    <AskDialog
      title={t('backups.removeTitle')}
      onClose={onClose}
      data-testid="remove-backup-dialog"
      form={form}
      act={t('backups.remove')}
      danger
      actTestId="backup-remove-confirm"
    >
      <p>
        {t('backups.removeText', { time: dateTimeText(takenAtMs) })} {isLast && t('backups.removeLast')}
      </p>
    </AskDialog>
  );
}
