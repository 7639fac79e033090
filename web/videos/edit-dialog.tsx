import { useState } from 'preact/hooks';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { editVideo } from '../lib/api/videos.ts';
import { rememberVideos } from '../lib/cache/videos.ts';
import { t } from '../lib/i18n/translate.ts';
import { useSubmit } from '../lib/use-submit.ts';
import { AskDialog } from '../ui/ask-dialog.tsx';
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
    <AskDialog
      title={t('edit.title')}
      onClose={onClose}
      wide
      data-testid="edit-dialog"
      form={form}
      act={t('action.save')}
      actTestId="edit-save"
    >
      <EditFields draft={draft} errors={form.errors} onChange={(change) => setDraft({ ...draft, ...change })} />
    </AskDialog>
  );
}
