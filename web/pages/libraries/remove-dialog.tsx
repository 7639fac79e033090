import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { removeLibrary } from '../../lib/api/libraries.ts';
import { refresh } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { AskDialog } from '../../ui/ask-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';

export function RemoveDialog({ library, onClose }: { library: LibraryWire; onClose: () => void }) {
  const form = useSubmit(async () => {
    await removeLibrary(library.id);
    showToast(t('libraries.removed', { name: library.name }));
    refresh('videos');
    onClose();
  });
  return (
    <AskDialog
      title={t('libraries.removeTitle', { name: library.name })}
      onClose={onClose}
      data-testid="remove-library-dialog"
      form={form}
      act={t('libraries.remove')}
      danger
      actTestId="remove-library-confirm"
    >
      <p>{t('libraries.removeText', { count: library.videoCount })}</p>
    </AskDialog>
  );
}
