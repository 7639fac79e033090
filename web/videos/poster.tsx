import './poster.css';
import { CircleAlert, Film, Music, Unplug } from 'lucide';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { percentText } from '../lib/i18n/format.ts';
import { t } from '../lib/i18n/translate.ts';
import { formatLength } from '../lib/time.ts';
import { Icon } from '../ui/icon.tsx';

/** The picture of a video, 16:9, with what is to be known at a glance laid over it. */
export function Poster({ video, eager, compact }: { video: VideoWire; eager?: boolean; compact?: boolean }) {
  const watched = watchedPercent(video);
  const note = stateNote(video);
  return (
    <span class={video.offline ? 'poster poster--dim' : 'poster'}>
      {video.posterUrl ? (
        <Picture url={video.posterUrl} cover={video.hasPicture === false} eager={eager} compact={compact} />
      ) : (
        <span class="poster__blank">
          <Icon node={video.hasPicture === false ? Music : Film} size={30} />
        </span>
      )}
      {note && (
        <span class={`poster__state poster__state--${note.tone}`}>
          {note.icon && <Icon node={note.icon} size={14} />}
          {note.text}
        </span>
      )}
      {video.durationMs !== null && <span class="poster__duration">{formatLength(video.durationMs)}</span>}
      {watched > 0 && (
        <span class="poster__watched">
          <span style={{ inlineSize: `${watched}%` }} />
        </span>
      )}
    </span>
  );
}

/** As wide as it is shown, in the best format the browser takes. Covers are square: they stand before a blur of themselves. */
function Picture({ url, cover, eager, compact }: { url: string; cover: boolean; eager?: boolean; compact?: boolean }) {
  const sizes = compact ? '168px' : '(max-width: 599px) 92vw, 340px';
  const srcset = ['320', '640', '1280'].map((width) => `${url}-${width} ${width}w`).join(', ');
  const loading = eager ? 'eager' : 'lazy';
  return (
    <>
      {cover && <img class="poster__blur" src={`${url}-320`} alt="" loading={loading} decoding="async" />}
      <img
        class={cover ? 'poster__cover' : undefined}
        src={`${url}-640`}
        srcset={srcset}
        sizes={sizes}
        alt=""
        loading={loading}
        decoding="async"
      />
    </>
  );
}

function watchedPercent(video: VideoWire): number {
  if (!video.progress || !video.durationMs) return 0;
  return video.progress.finished ? 100 : Math.min(100, (video.progress.positionMs / video.durationMs) * 100);
}

export function uploadedPercent(video: VideoWire): number {
  return video.sizeBytes > 0 ? ((video.receivedBytes ?? 0) / video.sizeBytes) * 100 : 0;
}

function stateNote(video: VideoWire) {
  if (video.offline)
    return {
      text: t(video.origin === 'library' ? 'video.offline' : 'video.originalMissing'),
      tone: 'warn',
      icon: Unplug,
    } as const;
  if (video.state === 'failed') return { text: t('video.failed'), tone: 'bad', icon: CircleAlert } as const;
  if (video.state === 'uploading') {
    return {
      text: t(video.origin === 'import' ? 'video.fetching' : 'video.uploading', {
        percent: percentText(uploadedPercent(video)),
      }),
      tone: 'plain',
      icon: null,
    } as const;
  }
  if (video.state === 'processing' && !video.playable)
    return { text: t('video.processing'), tone: 'plain', icon: null } as const;
  if (video.state === 'processing' && video.encodePercent !== null && video.encodePercent < 100) {
    return {
      text: t('video.encoding', { percent: percentText(video.encodePercent) }),
      tone: 'plain',
      icon: null,
    } as const;
  }
  return null;
}
