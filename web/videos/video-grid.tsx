import './video-grid.css';
import type { VideoWire } from '../../src/features/videos/api.ts';
import { problemText } from '../lib/api/client.ts';
import type { PagedList } from '../lib/cache/paged.ts';
import { removedIds } from '../lib/cache/videos.ts';
import { t } from '../lib/i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import { VideoCard, VideoCardSkeleton } from './video-card.tsx';

interface VideoGridProps {
  list: PagedList<VideoWire>;
  label: string;
  /** All of them are from one place, which the page is about: the cards need not say it. */
  fromOnePlace?: boolean;
}

/** All of a list, growing as it is scrolled. */
export function VideoGrid({ list, label, fromOnePlace }: VideoGridProps) {
  const items = list.items?.filter((video) => !removedIds.value.has(video.id));
  if (list.error && !items) {
    return (
      <p class="video-grid__problem" role="alert">
        {problemText(list.error)} <Button onClick={() => void list.refresh()}>{t('action.retry')}</Button>
      </p>
    );
  }
  if (!items) return <VideoGridSkeleton />;
  return (
    <>
      <ul class="video-grid" aria-label={label} data-testid="video-grid">
        {items.map((video) => (
          <li key={video.id}>
            <VideoCard video={video} withoutPlace={fromOnePlace} />
          </li>
        ))}
      </ul>
      <LoadMore hasMore={list.hasMore} loading={list.loadingMore} failed={Boolean(list.error)} onMore={list.loadMore} />
    </>
  );
}

export function VideoGridSkeleton() {
  return (
    <ul class="video-grid" aria-busy="true" aria-label={t('loading')}>
      {Array.from({ length: 8 }, (_, index) => (
        <li key={index}>
          <VideoCardSkeleton />
        </li>
      ))}
    </ul>
  );
}
