import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { BackupList } from '../../../../src/features/backups/api.ts';
import { makeBackup } from '../../../lib/api/backups.ts';
import { bytesText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { useSubmit } from '../../../lib/use-submit.ts';
import { AskDialog } from '../../../ui/ask-dialog.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { showToast } from '../../../ui/toast.tsx';

interface MakeBackupProps {
  list: z.infer<typeof BackupList>;
  onClose: () => void;
}

/** What is to be in it, before it is begun. */
export function MakeBackupDialog({ list, onClose }: MakeBackupProps) {
  const [originals, setOriginals] = useState(list.originals);
  const form = useSubmit(async () => {
    await makeBackup(originals);
    showToast(t('backups.begun'));
    onClose();
  });
  const size =
    list.originalsBytes === null ? '' : t('backups.originalsSize', { bytes: bytesText(list.originalsBytes) });
  return (
    <AskDialog
      title={t('backups.makeTitle')}
      onClose={onClose}
      data-testid="make-backup-dialog"
      form={form}
      act={t('backups.begin')}
      actTestId="backup-begin"
    >
      <p>{t('backups.makeText', { count: list.keep })}</p>
      <p class="backups__choice">
        <label for="backup-originals">
          <strong>{t('backups.withOriginals')}</strong>
          <span>
            {t('backups.withOriginalsText')} {size}
          </span>
        </label>
        <Switch id="backup-originals" checked={originals} onSwitch={setOriginals} data-testid="backup-originals" />
      </p>
    </AskDialog>
  );
}
