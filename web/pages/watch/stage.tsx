import './stage.css';
import { signal } from '@preact/signals';
import { CircleAlert, LoaderCircle, Unplug, Upload } from 'lucide';
import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso';
import type { PlaybackWire, VideoWire } from '../../../src/features/videos/api.ts';
import { appPath } from '../../lib/base.ts';
import { durationText, percentText } from '../../lib/i18n/format.ts';
import { t } from '../../lib/i18n/translate.ts';
import { encodeProgress } from '../../lib/live/follow.ts';
import { parseTimeCode } from '../../lib/time.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { uploadedPercent } from '../../videos/poster.tsx';
import { DeleteButton } from './delete-button.tsx';
import { playerHandle } from './player-handle.ts';

type PlayerModule = typeof import('../../player/player.tsx');
// The page's data and the player's code come at the same time, not one after the other.
const playerCode = signal<{ Player?: PlayerModule['Player']; error?: unknown }>({});
void import('../../player/player.tsx').then(
  ({ Player }) => {
    playerCode.value = { Player };
  },
  (error: unknown) => {
    playerCode.value = { error };
  },
);

interface StageProps {
  video: VideoWire;
  playback: PlaybackWire | undefined;
  onStale: () => Promise<PlaybackWire | undefined>;
}

/** The place of the picture: the player, or why there is none yet. */
export function Stage({ video, playback, onStale }: StageProps) {
  const { query } = useRoute();
  // Fixed when the page opens: saving progress must not move the start.
  const [startMs] = useState(() => startOf(video, query.t));

  // Why a file could not be read says more than that it cannot be.
  if (video.state === 'failed' && !video.playable) return <Failed video={video} />;
  if (video.offline) {
    // Files of libraries are the admin's own; originals are in the data folder, and may be missing after a restore.
    const which = video.origin === 'library' ? 'offline' : 'originalMissing';
    return <Waiting icon={Unplug} title={t(`watch.${which}Title`)} text={t(`watch.${which}Text`)} />;
  }
  if (!playback || !video.playable) return <NotYet video={video} />;
  const { Player, error } = playerCode.value;
  if (error) throw error;
  if (!Player) return <div class={`stage-screen${video.hasPicture === false ? ' stage-screen--sound' : ''}`} />;
  return (
    <>
      <Player
        video={video}
        playback={playback}
        startMs={startMs}
        onStale={onStale}
        onReady={(seek: (ms: number) => void, now: () => number) => {
          playerHandle.value = { seek, now };
        }}
      />
      <Encoding video={video} />
    </>
  );
}

function startOf(video: VideoWire, wanted: string | undefined): number {
  const asked = wanted ? parseTimeCode(wanted) : null;
  if (asked !== null) return asked;
  const { progress, durationMs } = video;
  if (!progress || progress.finished) return 0;
  return durationMs !== null && progress.positionMs >= durationMs ? 0 : progress.positionMs;
}

function Encoding({ video }: { video: VideoWire }) {
  const percent = video.encodePercent;
  if (percent === null || percent >= 100) return null;
  const etaMs = encodeProgress.value.get(video.id)?.etaMs ?? null;
  return (
    <p class="stage-note" data-testid="encode-note">
      <span>
        {t('watch.encoding', { percent: percentText(percent) })}
        {etaMs !== null && ` ${t('watch.encodingLeft', { time: durationText(etaMs) })}`}
      </span>
      <ProgressBar percent={percent} label={t('watch.encodingLabel')} />
    </p>
  );
}

function NotYet({ video }: { video: VideoWire }) {
  if (video.state !== 'uploading')
    return <Waiting icon={LoaderCircle} title={t('watch.processingTitle')} text={t('watch.processingText')} />;
  const percent = uploadedPercent(video);
  return (
    <Waiting
      icon={Upload}
      title={t(video.origin === 'import' ? 'watch.fetchingTitle' : 'watch.uploadingTitle')}
      text={t('watch.uploadingText')}
      percent={percent}
    >
      {video.may.edit && <ButtonLink href={appPath('/upload')}>{t('watch.toUploads')}</ButtonLink>}
    </Waiting>
  );
}

interface WaitingProps {
  icon: typeof Upload;
  title: string;
  text: string;
  percent?: number;
  children?: preact.ComponentChildren;
}

function Waiting({ icon, title, text, percent, children }: WaitingProps) {
  return (
    <div class="stage" data-testid="stage-waiting">
      <Empty icon={icon} title={title} actions={children}>
        <p>{text}</p>
        {percent !== undefined && (
          <div class="stage__progress">
            <ProgressBar percent={percent} label={title} />
            <span>{percentText(percent)}</span>
          </div>
        )}
      </Empty>
    </div>
  );
}

function Failed({ video }: { video: VideoWire }) {
  const uploaded = video.origin === 'upload' && video.may.edit;
  return (
    <div class="stage" data-testid="stage-failed">
      <Empty
        icon={CircleAlert}
        title={t('watch.failedTitle')}
        actions={
          <>
            {uploaded && (
              <ButtonLink variant="primary" icon={Upload} href={appPath('/upload')}>
                {t('watch.uploadAgain')}
              </ButtonLink>
            )}
            {video.may.remove && <DeleteButton video={video} />}
          </>
        }
      >
        <p>{video.failure ?? t('watch.failedText')}</p>
      </Empty>
    </div>
  );
}
