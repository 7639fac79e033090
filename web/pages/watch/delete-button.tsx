import { Trash2 } from 'lucide';
import { useLocation } from 'preact-iso';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { appPath } from '../../lib/base.ts';
import { bringBackVideo, removeVideo } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Button } from '../../ui/button.tsx';
import { showToast } from '../../ui/toast.tsx';

/** Deletes without asking, because it can be undone. Returns what a button does when it is pressed. */
export function useRemoveVideo(video: VideoWire): () => Promise<void> {
  const { route } = useLocation();

  async function remove(): Promise<void> {
    try {
      await removeVideo(video.id);
      route(appPath('/'));
      showToast(t('video.deleted', { title: video.title }), {
        action: { label: t('action.undo'), run: () => void undo() },
      });
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
  }
  async function undo(): Promise<void> {
    try {
      await bringBackVideo(video.id);
      showToast(t('video.restored', { title: video.title }));
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
  }
  return remove;
}

export function DeleteButton({ video, variant = 'soft' }: { video: VideoWire; variant?: 'soft' | 'quiet' }) {
  const remove = useRemoveVideo(video);
  return (
    <Button variant={variant} icon={Trash2} onClick={() => void remove()} data-testid="delete-video">
      {t('action.delete')}
    </Button>
  );
}
