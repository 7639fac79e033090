import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { addLibrary, editLibrary } from '../../lib/api/libraries.ts';
import { t } from '../../lib/i18n/translate.ts';
import { LibraryForm } from '../../libraries/library-form.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { showToast } from '../../ui/toast.tsx';

export function LibraryDialog({ library, onClose }: { library?: LibraryWire; onClose: () => void }) {
  return (
    <Dialog
      title={t(library ? 'libraries.editTitle' : 'libraries.addTitle')}
      onClose={onClose}
      wide
      data-testid="library-dialog"
    >
      <LibraryForm
        id="library-form"
        start={library}
        onSave={async (draft) => {
          if (library) await editLibrary(library.id, { name: draft.name, folders: draft.folders });
          else await addLibrary(draft);
          showToast(library ? t('saved') : t('libraries.added', { name: draft.name }));
          onClose();
        }}
      >
        {(busy, ready) => (
          <div class="form__foot">
            <Button variant="quiet" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button variant="primary" type="submit" busy={busy} disabled={!ready} data-testid="library-save">
              {t(library ? 'action.save' : 'libraries.add')}
            </Button>
          </div>
        )}
      </LibraryForm>
    </Dialog>
  );
}
