import './upload-page.css';
import { UploadCloud } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import { bytesText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { instance, mayUpload } from '../../lib/session.ts';
import { warmUpPlayer } from '../../player/warm-up.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { addFiles } from '../../uploads/engine.ts';
import { uploads } from '../../uploads/upload-totals.ts';
import { useDropTarget } from '../../uploads/use-drop-target.ts';
import { ImportForm } from './import-form.tsx';
import { ImportList } from './import-list.tsx';
import { RecentUploads } from './recent-uploads.tsx';
import { UnfinishedUploads } from './unfinished-uploads.tsx';
import { UploadCard } from './upload-card.tsx';

// Phones have nothing to drag files from.
const CAN_DRAG = matchMedia('(pointer: fine)').matches;

export function UploadPage() {
  // Whoever uploads a film wants to see whether it has come out well.
  useEffect(warmUpPlayer, []);
  usePageTitle(t('upload.title'));
  const input = useRef<HTMLInputElement>(null);
  const allowed = mayUpload();
  const dragging = useDropTarget(allowed ? addFiles : null);
  const limit = instance.value?.maxUploadBytes ?? 0;

  if (!allowed)
    return (
      <Empty page icon={UploadCloud} title={t('upload.notAllowedTitle')}>
        {t('upload.notAllowedText')}
      </Empty>
    );
  return (
    <div class="page page--narrow">
      <header class="page__head">
        <h1>{t('upload.title')}</h1>
      </header>
      <section
        class={dragging ? 'dropzone dropzone--over' : 'dropzone'}
        aria-label={t('upload.choose')}
        data-testid="upload-dropzone"
      >
        <Icon node={UploadCloud} size={40} />
        <p class="dropzone__title">{t(dragging ? 'upload.dropNow' : CAN_DRAG ? 'upload.drop' : 'upload.pick')}</p>
        <p class="dropzone__hint">
          {limit > 0 ? t('upload.hintLimit', { limit: bytesText(limit) }) : t('upload.hint')}
        </p>
        <Button variant="primary" onClick={() => input.current?.click()}>
          {t('upload.choose')}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          accept="video/*,audio/*,.mkv,.ts,.m2ts,.flac,.opus"
          class="visually-hidden"
          tabIndex={-1}
          aria-label={t('upload.choose')}
          data-testid="upload-input"
          onChange={(event) => {
            addFiles([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
      </section>
      {instance.value?.importsEnabled && <ImportForm />}
      {uploads.value.length > 0 && (
        <ul class="upload-list" aria-label={t('upload.current')}>
          {uploads.value.map((entry) => (
            <li key={entry.key}>
              <UploadCard entry={entry} />
            </li>
          ))}
        </ul>
      )}
      <ImportList />
      <UnfinishedUploads />
      <RecentUploads />
    </div>
  );
}
