import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { removeLibrary } from '../../lib/api/libraries.ts';
import { refresh } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { useSubmit } from '../../lib/use-submit.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormProblem } from '../../ui/form-problem.tsx';
import { showToast } from '../../ui/toast.tsx';

export function RemoveDialog({ library, onClose }: { library: LibraryWire; onClose: () => void }) {
  const form = useSubmit(async () => {
    await removeLibrary(library.id);
    showToast(t('libraries.removed', { name: library.name }));
    refresh('videos');
    onClose();
  });
  return (
    <Dialog
      title={t('libraries.removeTitle', { name: library.name })}
      onClose={onClose}
      data-testid="remove-library-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            variant="danger"
            busy={form.busy}
            onClick={() => form.onSubmit()}
            data-testid="remove-library-confirm"
          >
            {t('libraries.remove')}
          </Button>
        </>
      }
    >
      <FormProblem problem={form.problem} />
      <p>{t('libraries.removeText', { count: library.videoCount })}</p>
    </Dialog>
  );
}
