import './video-card.css';
import { X } from 'lucide';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { appPath } from '../lib/base.ts';
import { newestOf } from '../lib/cache/videos.ts';
import { durationText, relativeText } from '../lib/i18n/format.ts';
import { isolated, t } from '../lib/i18n/translate.ts';
import { IconButton } from '../ui/button.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Poster } from './poster.tsx';

interface VideoCardProps {
  video: VideoWire;
  /** In "Continue watching": how much is left, and a way to take it off the row. */
  onForget?: () => void;
  eager?: boolean;
  compact?: boolean;
  /** It need not say which library or channel it is from. */
  withoutPlace?: boolean;
}

export function VideoCard({ video: listed, onForget, eager, compact, withoutPlace }: VideoCardProps) {
  const video = newestOf(listed);
  return (
    <article
      class={compact ? 'video-card video-card--compact' : 'video-card'}
      data-testid="video-card"
      data-video-id={video.id}
    >
      <a class="video-card__link" href={appPath(`/watch/${video.id}`)}>
        <Poster video={video} eager={eager} compact={compact} />
        <span class="video-card__text">
          <span class="video-card__title" dir="auto">
            {video.title}
          </span>
          <span class="video-card__meta">{onForget ? leftText(video) : metaText(video, withoutPlace)}</span>
        </span>
      </a>
      {onForget && (
        <span class="video-card__forget">
          <IconButton icon={X} size={16} label={t('home.forget', { title: video.title })} onClick={onForget} />
        </span>
      )}
    </article>
  );
}

function metaText(video: VideoWire, withoutPlace = false): string {
  if (video.state === 'failed' && video.failure) return video.failure;
  const from = withoutPlace ? '' : (video.library?.name ?? video.channel?.name ?? '');
  const facts = [isolated(from), relativeText(video.createdAtMs)];
  if (video.visibility !== 'public' && video.origin === 'upload') facts.push(t(`visibility.${video.visibility}`));
  return facts.filter(Boolean).join(' · ');
}

function leftText(video: VideoWire): string {
  const left = (video.durationMs ?? 0) - (video.progress?.positionMs ?? 0);
  return t('home.left', { time: durationText(left > 60_000 ? Math.round(left / 60_000) * 60_000 : left) });
}

export function VideoCardSkeleton({ compact }: { compact?: boolean }) {
  return (
    <div class={compact ? 'video-card video-card--compact' : 'video-card'} aria-hidden="true">
      <div class="video-card__link">
        <Skeleton height="auto" />
        <div class="video-card__text">
          <Skeleton width="80%" />
          <Skeleton width="50%" height="0.8em" />
        </div>
      </div>
    </div>
  );
}
