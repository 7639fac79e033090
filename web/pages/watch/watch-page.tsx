import './watch-page.css';
import { FileQuestion } from 'lucide';
import { useRoute } from 'preact-iso';
import { leadsNowhere, nowhereText } from '../../lib/api/client.ts';
import { fetchVideo } from '../../lib/api/videos.ts';
import { appPath } from '../../lib/base.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { newestOf, rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { user } from '../../lib/session.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { About } from './about.tsx';
import { MoreVideos, MoreVideosSkeleton } from './more-videos.tsx';
import { Stage } from './stage.tsx';

export function WatchPage() {
  const { id = '' } = useRoute().params;
  return <Watch key={`${id}:${user.value?.id ?? ''}`} id={id} />;
}

function Watch({ id }: { id: string }) {
  const resource = useResource(`video/${id}`, async () => {
    const reply = await fetchVideo(id);
    rememberVideos(reply.video);
    return reply;
  });
  const reply = resource.data.value;
  const video = reply && newestOf(reply.video);
  usePageTitle(video?.title ?? null);

  if (!reply || !video) {
    return resource.error.value ? (
      <Unavailable error={resource.error.value} onRetry={() => void resource.refresh()} />
    ) : (
      <WatchSkeleton />
    );
  }
  return (
    <div class="watch">
      <div class="watch__main">
        <Stage
          video={video}
          playback={reply.playback}
          onStale={async () => {
            await resource.refresh();
            return resource.data.value?.playback;
          }}
        />
        <About video={video} />
      </div>
      <MoreVideos video={video} />
    </div>
  );
}

function Unavailable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const gone = leadsNowhere(error);
  return (
    <Empty
      page
      icon={FileQuestion}
      title={t(gone ? 'watch.goneTitle' : 'watch.errorTitle')}
      data-testid="watch-unavailable"
      actions={
        gone ? (
          <ButtonLink variant="primary" href={appPath('/')}>
            {t('notFound.home')}
          </ButtonLink>
        ) : (
          <Button variant="primary" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )
      }
    >
      {nowhereText(error)}
    </Empty>
  );
}

function WatchSkeleton() {
  return (
    <div class="watch" aria-busy="true">
      <div class="watch__main">
        <div class="stage-screen" />
        <div class="watch__text-skeleton">
          <Skeleton width="60%" height="1.8em" />
          <Skeleton width="34%" />
        </div>
      </div>
      <MoreVideosSkeleton />
    </div>
  );
}
