import './title-line.css';
import { Check, Pencil, X } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { editVideo } from '../../lib/api/videos.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { IconButton } from '../../ui/button.tsx';
import { showToast } from '../../ui/toast.tsx';

/** The title; whoever may edit the video changes it where it stands. */
export function TitleLine({ video }: { video: VideoWire }) {
  const [draft, setDraft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const editing = draft !== null;
  useEffect(() => {
    if (editing) input.current?.select();
  }, [editing]);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const title = draft?.trim();
    if (title && title !== video.title) {
      try {
        rememberVideos((await editVideo(video.id, { title })).video);
      } catch (error) {
        showToast(problemText(error), { tone: 'bad' });
        return;
      }
    }
    setDraft(null);
  }

  if (!editing) {
    return (
      <div class="title-line">
        <h1 dir="auto" data-testid="video-title">
          {video.title}
        </h1>
        {video.may.edit && (
          <IconButton
            icon={Pencil}
            size={17}
            label={t('watch.editTitle')}
            onClick={() => setDraft(video.title)}
            data-testid="edit-title"
          />
        )}
      </div>
    );
  }
  return (
    <form class="title-line" onSubmit={save}>
      <input
        ref={input}
        class="title-line__input"
        dir="auto"
        aria-label={t('field.title')}
        value={draft}
        maxLength={200}
        required
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
        data-testid="title-input"
      />
      <IconButton icon={Check} type="submit" label={t('action.save')} />
      <IconButton icon={X} label={t('action.cancel')} onClick={() => setDraft(null)} />
    </form>
  );
}
