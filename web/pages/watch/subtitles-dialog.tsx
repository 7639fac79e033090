import './subtitles-dialog.css';
import { Captions, FilePlus, Trash2 } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import type { OwnCaptionWire } from '../../../src/features/captions/api.ts';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { addCaptions, editCaptions, listCaptions, removeCaptions } from '../../lib/api/captions.ts';
import { problemText } from '../../lib/api/client.ts';
import { refresh, useResource } from '../../lib/cache/resource.ts';
import { languageText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DropZone } from '../../ui/drop-zone.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';

const TYPES = '.srt,.vtt,.ass,.ssa';
const LANGUAGES = (
  'ar bg bn bs ca cs da de el en es es-419 et eu fa fi fr gl he hi hr hu hy id is it ja ka kk ko lt lv mk ms nb nl pl ' +
  'pt pt-BR ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh-Hans zh-Hant'
).split(' ');

/** All subtitles of a video: those of its file and beside it, and those its owner adds and removes here. */
export function SubtitlesDialog({ video, onClose }: { video: VideoWire; onClose: () => void }) {
  const tracks = useResource(`video/${video.id}/captions`, async () => (await listCaptions(video.id)).items);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState<OwnCaptionWire | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const items = tracks.data.value;
  const wrong = problem ?? (tracks.error.value ? problemText(tracks.error.value) : null);

  async function change(make: () => Promise<unknown>, done: string): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await make();
      refresh(`video/${video.id}`);
      showToast(done);
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setBusy(false);
    }
  }
  const add = (files: FileList | null | undefined) => {
    const chosen = [...(files ?? [])];
    if (chosen.length === 0) return;
    void change(async () => {
      for (const file of chosen) await addCaptions(video.id, file);
    }, t('subtitles.added'));
  };

  return (
    <Dialog
      title={t('subtitles.title')}
      onClose={onClose}
      wide
      data-testid="subtitles-dialog"
      actions={
        <Button
          variant="primary"
          icon={FilePlus}
          busy={busy}
          onClick={() => input.current?.click()}
          data-testid="subtitles-add"
        >
          {t('subtitles.add')}
        </Button>
      }
    >
      <DropZone class="subtitles" onFiles={add}>
        <p class="subtitles__text">{t('subtitles.text')}</p>
        {wrong && (
          <p class="subtitles__problem" role="alert" data-testid="subtitles-problem">
            {wrong}
          </p>
        )}
        {!items && !wrong && <Skeleton height="56px" />}
        {items?.length === 0 && (
          <p class="subtitles__none" data-testid="subtitles-none">
            <Icon node={Captions} size={28} />
            {t('subtitles.none')}
          </p>
        )}
        {items && items.length > 0 && (
          <ul class="subtitles__list">
            {items.map((track) => (
              <Track
                key={track.id}
                track={track}
                onLanguage={(language) =>
                  void change(() => editCaptions(video.id, track.id, { language }), t('subtitles.changed'))
                }
                onRemove={() => setLeaving(track)}
              />
            ))}
          </ul>
        )}
      </DropZone>
      <input
        ref={input}
        type="file"
        accept={TYPES}
        multiple
        hidden
        onChange={(event) => {
          add(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
        data-testid="subtitles-input"
      />
      {leaving && (
        <RemoveTrack
          name={leaving.label}
          onClose={() => setLeaving(null)}
          onRemove={() => {
            setLeaving(null);
            const done = t('subtitles.removed', { name: leaving.label });
            void change(() => removeCaptions(video.id, leaving.id), done);
          }}
        />
      )}
    </Dialog>
  );
}

/** Asks, because the file is gone afterwards. */
function RemoveTrack({ name, onClose, onRemove }: { name: string; onClose: () => void; onRemove: () => void }) {
  return (
    <Dialog
      title={t('subtitles.removeTitle', { name })}
      onClose={onClose}
      data-testid="subtitles-remove-dialog"
      actions={
        <>
          <Button variant="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button variant="danger" onClick={onRemove} data-testid="subtitles-remove-confirm">
            {t('subtitles.removeConfirm')}
          </Button>
        </>
      }
    >
      <p>{t('subtitles.removeText')}</p>
    </Dialog>
  );
}

interface TrackProps {
  track: OwnCaptionWire;
  onLanguage: (language: string | null) => void;
  onRemove: () => void;
}

function Track({ track, onLanguage, onRemove }: TrackProps) {
  const { label, origin, state, failure, language } = track;
  const known = language === null || LANGUAGES.includes(language) ? LANGUAGES : [language, ...LANGUAGES];
  const choices = known
    .map((tag) => ({ tag, name: languageText(tag) }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <li class="subtitles__track" data-testid="subtitles-track" data-state={state}>
      <span class="subtitles__name">
        <strong>{label}</strong>
        <small class={state === 'failed' ? 'subtitles__failed' : undefined}>
          {state === 'failed' ? failure : state === 'pending' ? t('subtitles.pending') : factsOf(track)}
        </small>
      </span>
      {track.forced && <Badge>{t('subtitles.forced')}</Badge>}
      {state !== 'failed' && (
        <select
          class="field__control field__control--select subtitles__language"
          aria-label={t('subtitles.languageOf', { name: label })}
          value={language ?? ''}
          onChange={(event) => onLanguage(event.currentTarget.value || null)}
          data-testid="subtitles-language"
        >
          <option value="">{t('subtitles.noLanguage')}</option>
          {choices.map(({ tag, name }) => (
            <option key={tag} value={tag}>
              {name}
            </option>
          ))}
        </select>
      )}
      {origin === 'uploaded' ? (
        <IconButton
          icon={Trash2}
          label={t('subtitles.remove', { name: label })}
          onClick={onRemove}
          data-testid="subtitles-remove"
        />
      ) : (
        <span class="subtitles__fixed" />
      )}
    </li>
  );
}

/** "In the video file · WebVTT · windows-1251" */
function factsOf({ origin, format, encoding, filename }: OwnCaptionWire): string {
  const old = encoding !== null && !encoding.startsWith('utf-') ? encoding : null;
  return [filename ?? t(`subtitles.origin.${origin}`), t(`subtitles.format.${format}`), old]
    .filter((fact) => fact !== null)
    .join(' · ');
}
