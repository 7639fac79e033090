import { useState } from 'preact/hooks';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { editVideo } from '../lib/api/videos.ts';
import { rememberVideos } from '../lib/cache/videos.ts';
import { t } from '../lib/i18n/translate.ts';
import { useSubmit } from '../lib/use-submit.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormProblem } from '../ui/form-problem.tsx';
import { showToast } from '../ui/toast.tsx';
import { EditFields, type VideoDraft } from './edit-form.tsx';

export function EditDialog({ video, onClose }: { video: VideoWire; onClose: () => void }) {
  const [draft, setDraft] = useState<VideoDraft>({
    title: video.title,
    description: video.description,
    visibility: video.visibility,
  });
  const form = useSubmit(async () => {
    rememberVideos((await editVideo(video.id, draft)).video);
    showToast(t('saved'));
    onClose();
  });
  return (
    <Dialog
      title={t('edit.title')}
      onClose={onClose}
      wide
      data-testid="edit-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button variant="primary" type="submit" form="edit-video" busy={form.busy} data-testid="edit-save">
            {t('action.save')}
          </Button>
        </>
      }
    >
      <form id="edit-video" class="form" onSubmit={form.onSubmit}>
        <FormProblem problem={form.problem} />
        <EditFields draft={draft} errors={form.errors} onChange={(change) => setDraft({ ...draft, ...change })} />
      </form>
    </Dialog>
  );
}
