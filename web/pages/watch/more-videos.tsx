import './more-videos.css';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { listVideos } from '../../lib/api/videos.ts';
import { isSettled, useResource } from '../../lib/cache/resource.ts';
import { rememberVideos, removedIds } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { VideoCard, VideoCardSkeleton } from '../../videos/video-card.tsx';

/** What to watch next: the same library's newest, or everything's. */
export function MoreVideos({ video }: { video: VideoWire }) {
  const library = video.library?.id;
  const more = useResource(`videos:more:${library ?? ''}`, async () =>
    rememberVideos((await listVideos({ library, limit: 20, state: undefined })).items),
  );
  if (!isSettled(more)) return <MoreVideosSkeleton />;
  const items = more.data.value?.filter(
    (other) => other.playable && !other.offline && other.id !== video.id && !removedIds.value.has(other.id),
  );
  if (!items || items.length === 0) return null;
  return (
    <aside class="more-videos" aria-labelledby="more-videos" data-testid="more-videos">
      <h2 id="more-videos">{video.library ? t('watch.moreFrom', { name: video.library.name }) : t('watch.more')}</h2>
      <ul>
        {items.map((other) => (
          <li key={other.id}>
            <VideoCard video={other} compact />
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** Keeps its place free, so that the picture does not change its size when the list comes. */
export function MoreVideosSkeleton() {
  return (
    <aside class="more-videos" aria-hidden="true">
      <Skeleton width="50%" height="1.3em" />
      <ul>
        {Array.from({ length: 6 }, (_, n) => (
          <li key={n}>
            <VideoCardSkeleton compact />
          </li>
        ))}
      </ul>
    </aside>
  );
}
