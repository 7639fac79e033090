import { useRef, useState } from 'preact/hooks';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { ApiProblem, problemText } from '../../lib/api/client.ts';
import { editVideo } from '../../lib/api/videos.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { EditFields, type VideoDraft } from '../../videos/edit-form.tsx';

/** Saves by itself whenever a field is left: nothing is lost when the bytes arrive before the words. */
export function UploadForm({ video }: { video: VideoWire }) {
  const start = { title: video.title, description: video.description, visibility: video.visibility };
  const [draft, setDraft] = useState<VideoDraft>(start);
  const [note, setNote] = useState<string | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const saved = useRef<VideoDraft>(start);

  async function save(next: VideoDraft): Promise<void> {
    const changed = (Object.keys(next) as (keyof VideoDraft)[]).filter((key) => next[key] !== saved.current[key]);
    if (changed.length === 0) return;
    saved.current = next;
    try {
      rememberVideos((await editVideo(video.id, Object.fromEntries(changed.map((key) => [key, next[key]])))).video);
      setErrors({});
      setNote(t('saved'));
    } catch (error) {
      saved.current = { ...start };
      setErrors(error instanceof ApiProblem ? error.fields : {});
      setNote(problemText(error));
    }
  }

  return (
    <form
      class="upload-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save(draft);
      }}
      data-testid="upload-form"
    >
      <EditFields
        draft={draft}
        errors={errors}
        onLeave={() => void save(draft)}
        onChange={(change) => {
          const next = { ...draft, ...change };
          setDraft(next);
          setNote(null);
          // A choice is made in one go; text is saved when its field is left.
          if (change.visibility) void save(next);
        }}
      />
      <p class="upload-form__saved" role="status">
        {note ?? t('upload.savesItself')}
      </p>
    </form>
  );
}
