import type { BackupWire } from '../../../../src/features/backups/api.ts';
import { removeBackup } from '../../../lib/api/backups.ts';
import { dateTimeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
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
    <Dialog
      title={t('backups.removeTitle')}
      onClose={onClose}
      data-testid="remove-backup-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button variant="danger" busy={form.busy} onClick={() => form.onSubmit()} data-testid="backup-remove-confirm">
            {t('backups.remove')}
          </Button>
        </>
      }
    >
      <div class="form">
        <FormProblem problem={form.problem} />
        <p>
          {t('backups.removeText', { time: dateTimeText(takenAtMs) })} {isLast && t('backups.removeLast')}
        </p>
      </div>
    </Dialog>
  );
}
