import './home-page.css';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { forgetProgress, listContinueWatching, listVideos, saveProgress } from '../../lib/api/videos.ts';
import { appPath } from '../../lib/base.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { isSettled, type Resource, refresh, useResource } from '../../lib/cache/resource.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { user } from '../../lib/session.ts';
import { useLibraryList } from '../../libraries/use-libraries.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { VideoGrid, VideoGridSkeleton } from '../../videos/video-grid.tsx';
import { VideoRow } from '../../videos/video-row.tsx';
import { homeRows } from './rows.ts';
import { Welcome } from './welcome.tsx';

const ROW_LENGTH = 16;

export function HomePage() {
  usePageTitle(null);
  const all = usePaged(`videos:all:${user.value?.id ?? ''}`, async (cursor) => {
    const page = await listVideos({ limit: 30 }, cursor);
    rememberVideos(page.items);
    return page;
  });
  const resume = useResource(user.value ? 'videos:continue' : null, async () =>
    rememberVideos((await listContinueWatching()).items),
  );
  const listed = useLibraryList();
  const libraries = listed.data.value?.items;
  const empty = all.items?.length === 0;
  const rows = homeRows(all, libraries);

  // All at once, the first time: rows that come one after another push away what somebody is about to press.
  const settled = !user.value || (isSettled(listed) && isSettled(resume));
  if (!settled || (!all.items && !all.error)) return <HomeSkeleton />;
  if (empty) return <Welcome hasLibraries={(libraries?.length ?? 0) > 0} />;
  return (
    <div class="home">
      <h1 class="visually-hidden">{t('nav.home')}</h1>
      {user.value && <ContinueRow row={resume} />}
      {rows.recent && (
        <VideoRow title={t('home.recent')} videos={all.items?.slice(0, ROW_LENGTH)} data-testid="row-recent" />
      )}
      {rows.libraries.map((library) => (
        <LibraryRow key={library.id} id={library.id} name={library.name} />
      ))}
      <section class="home__all" aria-labelledby="home-all">
        <h2 id="home-all">{t('home.all')}</h2>
        <VideoGrid list={all} label={t('home.all')} />
      </section>
    </div>
  );
}

function HomeSkeleton() {
  return (
    <div class="home" aria-busy="true">
      <h1 class="visually-hidden">{t('nav.home')}</h1>
      <div class="home__all">
        <Skeleton width="min(200px, 50%)" height="1.6em" />
        <VideoGridSkeleton />
      </div>
    </div>
  );
}

function ContinueRow({ row }: { row: Resource<VideoWire[]> }) {
  async function forget(video: VideoWire): Promise<void> {
    row.data.value = row.data.value?.filter((other) => other.id !== video.id);
    try {
      await forgetProgress(video.id);
      const positionMs = video.progress?.positionMs ?? 0;
      showToast(t('home.forgotten', { title: video.title }), {
        action: { label: t('action.undo'), run: () => void bringBack(video.id, positionMs) },
      });
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
      void row.refresh();
    }
  }
  async function bringBack(id: string, positionMs: number): Promise<void> {
    try {
      await saveProgress(id, positionMs);
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
    refresh('videos:continue');
  }
  return (
    <VideoRow title={t('home.continue')} videos={row.data.value ?? []} onForget={forget} data-testid="row-continue" />
  );
}

function LibraryRow({ id, name }: { id: string; name: string }) {
  const row = useResource(`videos:row:${id}`, async () =>
    rememberVideos((await listVideos({ library: id, limit: ROW_LENGTH })).items),
  );
  return (
    <VideoRow
      title={t('home.newIn', { name })}
      href={appPath(`/library/${id}`)}
      videos={row.data.value ?? (row.error.value ? [] : undefined)}
      data-testid="row-library"
    />
  );
}
