import './upload-card.css';
import { Play, RotateCw, Trash2, X } from 'lucide';
import type { ImportWire } from '../../../src/features/imports/api.ts';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { appPath } from '../../lib/base.ts';
import { bringBackVideo, newestOf, removeVideo } from '../../lib/cache/videos.ts';
import { percentText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { ButtonLink, IconButton } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { showToast } from '../../ui/toast.tsx';
import { dismissFetched, fetchSpeeds, tryAgain } from '../../uploads/imports.ts';
import { importNews } from './import-news.ts';
import { UploadForm } from './upload-form.tsx';

interface ImportCardProps {
  video: VideoWire;
  /** Null once it has been fetched. */
  link: ImportWire | null;
}

/** One link on its way: how far, what happens next, and its form to fill in meanwhile. */
export function ImportCard({ video: first, link }: ImportCardProps) {
  const video = newestOf(first);
  const phase = link?.state ?? (video.state === 'uploading' ? 'waiting' : 'done');
  const news = importNews(video, link, fetchSpeeds.value.get(video.id) ?? null);
  return (
    <article class="upload-card" data-testid="import-row" data-phase={phase} data-video-id={video.id}>
      <header class="upload-card__head">
        <div class="upload-card__name">
          <h2 dir="auto">{video.title}</h2>
          <p>{link ? t('import.from', { name: video.filename, host: link.host }) : video.filename}</p>
        </div>
        <div class="upload-card__actions">
          {video.playable && (
            <ButtonLink
              variant="primary"
              small
              icon={Play}
              href={appPath(`/watch/${video.id}`)}
              data-testid="import-watch"
            >
              {t('action.watch')}
            </ButtonLink>
          )}
          <Buttons video={video} link={link} phase={phase} />
        </div>
      </header>
      <div class="upload-card__progress">
        <ProgressBar percent={news.percent} tone={news.tone} label={news.title} />
        <p role="status" data-testid="import-status">
          <strong>{news.title}</strong>
          {news.percent !== null && news.tone === 'accent' && <span>{percentText(news.percent)}</span>}
          {news.detail && <span>{news.detail}</span>}
        </p>
      </div>
      {video.may.edit && video.state !== 'failed' && <UploadForm key={video.filename} video={video} />}
    </article>
  );
}

function Buttons({ video, link, phase }: ImportCardProps & { phase: ImportWire['state'] | 'done' }) {
  const complain = (error: unknown) => showToast(problemText(error), { tone: 'bad' });
  async function remove(): Promise<void> {
    await removeVideo(video.id);
    showToast(t('upload.cancelled', { title: video.title }), {
      action: { label: t('action.undo'), run: () => void bringBackVideo(video.id).catch(complain) },
    });
  }
  if (phase === 'done' && video.state !== 'failed') {
    return <IconButton icon={X} label={t('upload.dismiss')} onClick={() => dismissFetched(video.id)} />;
  }
  const mayTryAgain = phase === 'failed' || (link !== null && link.nextTryAtMs !== null);
  return (
    <>
      {mayTryAgain && (
        <IconButton
          icon={RotateCw}
          label={t('action.retry')}
          onClick={() => void tryAgain(video.id).catch(complain)}
          data-testid="import-retry"
        />
      )}
      <IconButton
        icon={Trash2}
        label={t(phase === 'done' ? 'action.delete' : 'import.cancel')}
        onClick={() => void remove().catch(complain)}
        data-testid="import-cancel"
      />
    </>
  );
}
