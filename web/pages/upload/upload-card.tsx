import './upload-card.css';
import { Pause, Play, RotateCw, Trash2, X } from 'lucide';
import { problemText } from '../../lib/api/client.ts';
import { appPath } from '../../lib/base.ts';
import { bringBackVideo, newestOf } from '../../lib/cache/videos.ts';
import { bytesText, percentText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { showToast } from '../../ui/toast.tsx';
import { cancel, continueUpload, dismiss, pause, resume } from '../../uploads/engine.ts';
import type { UploadEntry } from '../../uploads/upload-entry.ts';
import { UploadForm } from './upload-form.tsx';
import { uploadNews } from './upload-news.ts';

/** One file on its way: how far, what happens next, and its form to fill in meanwhile. */
export function UploadCard({ entry }: { entry: UploadEntry }) {
  const video = entry.video.value && newestOf(entry.video.value);
  const phase = entry.phase.value;
  const news = uploadNews(entry, video);
  return (
    <article class="upload-card" data-testid="upload-row" data-phase={phase} data-video-id={video?.id}>
      <header class="upload-card__head">
        <div class="upload-card__name">
          <h2 dir="auto">{video?.title ?? entry.file.name}</h2>
          <p>
            <bdi>{entry.file.name}</bdi> · {bytesText(entry.file.size)}
          </p>
        </div>
        <div class="upload-card__actions">
          {video?.playable && (
            <ButtonLink
              variant="primary"
              small
              icon={Play}
              href={appPath(`/watch/${video.id}`)}
              data-testid="upload-watch"
            >
              {t('action.watch')}
            </ButtonLink>
          )}
          <Buttons entry={entry} />
        </div>
      </header>
      <div class="upload-card__progress">
        <ProgressBar percent={news.percent} tone={news.tone} label={news.title} />
        <p role="status" data-testid="upload-status">
          <strong>{news.title}</strong>
          {news.percent !== null && news.tone !== 'bad' && <span>{percentText(news.percent)}</span>}
          {news.detail && <span>{news.detail}</span>}
        </p>
      </div>
      {video?.may.edit && video.state !== 'failed' && <UploadForm video={video} />}
    </article>
  );
}

function Buttons({ entry }: { entry: UploadEntry }) {
  const phase = entry.phase.value;
  const complain = (error: unknown) => showToast(problemText(error), { tone: 'bad' });
  async function giveUp(): Promise<void> {
    const video = entry.video.value;
    await cancel(entry);
    if (!video) return;
    // What has arrived is kept for a while: it goes on from there.
    const goOn = () => bringBackVideo(video.id).then(() => continueUpload(video, entry.file), complain);
    showToast(t('upload.cancelled', { title: newestOf(video).title }), {
      action: { label: t('action.undo'), run: () => void goOn() },
    });
  }
  if (phase === 'done') return <IconButton icon={X} label={t('upload.dismiss')} onClick={() => dismiss(entry)} />;
  if (phase === 'finishing') return null;
  const retryable = phase === 'failed' && entry.video.value !== null;
  return (
    <>
      {(phase === 'sending' || phase === 'waiting' || phase === 'queued') && (
        <IconButton icon={Pause} label={t('upload.pause')} onClick={() => pause(entry)} data-testid="upload-pause" />
      )}
      {phase === 'paused' && (
        <IconButton icon={Play} label={t('upload.resume')} onClick={() => resume(entry)} data-testid="upload-resume" />
      )}
      {retryable && <IconButton icon={RotateCw} label={t('action.retry')} onClick={() => resume(entry)} />}
      <IconButton
        icon={Trash2}
        label={t('upload.cancel')}
        onClick={() => void giveUp().catch(complain)}
        data-testid="upload-cancel"
      />
    </>
  );
}
