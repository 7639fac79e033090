import './unfinished-uploads.css';
import { FileUp, Trash2 } from 'lucide';
import { useRef, useState } from 'preact/hooks';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { listVideos } from '../../lib/api/videos.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { bringBackVideo, rememberVideos, removedIds, removeVideo } from '../../lib/cache/videos.ts';
import { bytesText, percentText, relativeText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { showToast } from '../../ui/toast.tsx';
import { continueUpload } from '../../uploads/engine.ts';
import { uploads } from '../../uploads/upload-totals.ts';
import { uploadedPercent } from '../../videos/poster.tsx';

/** Uploads that an earlier tab left behind. The browser forgets files, so the person picks the same one again. */
export function UnfinishedUploads() {
  const list = useResource('videos:unfinished', async () =>
    rememberVideos((await listVideos({ owner: 'me', origin: 'upload', state: 'uploading', limit: 50 })).items),
  );
  const here = new Set(uploads.value.map((entry) => entry.video.value?.id));
  const items = list.data.value?.filter((video) => !here.has(video.id) && !removedIds.value.has(video.id));
  if (!items || items.length === 0) return null;
  return (
    <section class="upload-section" aria-labelledby="unfinished">
      <div>
        <h2 id="unfinished">{t('upload.unfinished')}</h2>
        <p class="page__lead">{t('upload.unfinishedText')}</p>
      </div>
      <ul class="unfinished">
        {items.map((video) => (
          <Unfinished key={video.id} video={video} onChange={() => void list.refresh()} />
        ))}
      </ul>
    </section>
  );
}

function Unfinished({ video, onChange }: { video: VideoWire; onChange: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);

  function take(file: File | undefined): void {
    if (!file) return;
    if (file.name !== video.filename || file.size !== video.sizeBytes) {
      setWrong(t('upload.otherFile', { name: video.filename, size: bytesText(video.sizeBytes) }));
      return;
    }
    setWrong(null);
    continueUpload(video, file);
  }
  const complain = (error: unknown) => showToast(problemText(error), { tone: 'bad' });
  async function remove(): Promise<void> {
    await removeVideo(video.id);
    showToast(t('upload.cancelled', { title: video.title }), {
      action: { label: t('action.undo'), run: () => void bringBackVideo(video.id).then(onChange).catch(complain) },
    });
  }
  return (
    <li class="unfinished__item" data-testid="unfinished-row">
      <div class="unfinished__text">
        <strong dir="auto">{video.title}</strong>
        <span>
          <bdi>{video.filename}</bdi> · {bytesText(video.sizeBytes)} · {relativeText(video.createdAtMs)}
        </span>
        <ProgressBar percent={uploadedPercent(video)} tone="idle" label={percentText(uploadedPercent(video))} />
        {wrong && (
          <p class="unfinished__wrong" role="alert">
            {wrong}
          </p>
        )}
      </div>
      <Button icon={FileUp} onClick={() => input.current?.click()}>
        {t('upload.chooseAgain')}
      </Button>
      <IconButton icon={Trash2} label={t('upload.cancel')} onClick={() => void remove().catch(complain)} />
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={t('upload.chooseAgain')}
        data-testid="unfinished-input"
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </li>
  );
}
