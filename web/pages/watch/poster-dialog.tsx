import './poster-dialog.css';
import { Check, ImageUp, Sparkles } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PosterChoicesWire, VideoReply, VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { choosePoster, fetchPosterChoices, resetPoster, sendPoster } from '../../lib/api/posters.ts';
import { refresh } from '../../lib/cache/resource.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DropZone } from '../../ui/drop-zone.tsx';
import { Icon } from '../../ui/icon.tsx';
import { moveFocus } from '../../ui/roving.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';

const TYPES = 'image/jpeg,image/png,image/webp,image/avif';

/** Which picture stands for the video: one of its own, or one from the person's files. A press is enough. */
export function PosterDialog({ video, onClose }: { video: VideoWire; onClose: () => void }) {
  const [offered, setOffered] = useState<PosterChoicesWire | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const load = () => fetchPosterChoices(video.id).then(setOffered, (error: unknown) => setProblem(problemText(error)));
  useEffect(() => void load(), []);

  async function change(make: () => Promise<VideoReply>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      rememberVideos((await make()).video);
      refresh(`video/${video.id}`);
      await load();
      showToast(t('poster.changed'));
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setBusy(false);
    }
  }
  const send = (file: File | undefined) => {
    if (file) void change(() => sendPoster(video.id, file));
  };

  return (
    <Dialog
      title={t('poster.title')}
      onClose={onClose}
      wide
      data-testid="poster-dialog"
      actions={
        <>
          {offered && !offered.automatic && (
            <Button
              variant="quiet"
              icon={Sparkles}
              busy={busy}
              onClick={() => void change(() => resetPoster(video.id))}
              data-testid="poster-reset"
            >
              {t('poster.automatic')}
            </Button>
          )}
          <Button icon={ImageUp} busy={busy} onClick={() => input.current?.click()} data-testid="poster-upload">
            {t('poster.upload')}
          </Button>
        </>
      }
    >
      <p>{t(offered?.choices.length === 0 ? 'poster.none' : 'poster.text')}</p>
      {problem && (
        <p class="poster-dialog__problem" role="alert" data-testid="poster-problem">
          {problem}
        </p>
      )}
      <DropZone class="poster-dialog__drop" onFiles={(files) => send(files?.[0])}>
        <div
          class="poster-dialog__grid"
          role="radiogroup"
          aria-label={t('poster.title')}
          aria-busy={busy || !offered}
          onKeyDown={(event) => moveFocus(event, '[role=radio]', 'horizontal') && event.preventDefault()}
        >
          {!offered && !problem && Array.from({ length: 6 }, (_, n) => <Skeleton key={n} height="auto" />)}
          {offered?.sentUrl && (
            <Choice label={t('poster.own')} url={offered.sentUrl} chosen>
              <span class="poster-dialog__own">{t('poster.own')}</span>
            </Choice>
          )}
          {offered?.choices.map(({ number, url, chosen }) => (
            <Choice
              key={url}
              label={t('poster.choice', { number: String(number + 1) })}
              url={url}
              chosen={chosen}
              onChoose={() => void change(() => choosePoster(video.id, number))}
            />
          ))}
        </div>
      </DropZone>
      <input
        ref={input}
        type="file"
        accept={TYPES}
        hidden
        onChange={(event) => {
          send(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
        data-testid="poster-input"
      />
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  url: string;
  chosen: boolean;
  onChoose?: () => void;
  children?: ComponentChildren;
}

function Choice({ label, url, chosen, onChoose, children }: ChoiceProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a radio cannot hold a picture; arrow keys move as in a group of them.
    <button
      type="button"
      role="radio"
      class="poster-dialog__choice"
      aria-checked={chosen}
      aria-label={label}
      onClick={chosen ? undefined : onChoose}
      data-testid="poster-choice"
    >
      <img src={url} alt="" decoding="async" />
      {chosen && (
        <span class="poster-dialog__check">
          <Icon node={Check} size={16} />
        </span>
      )}
      {children}
    </button>
  );
}
