import './home-page.css';
import type { VideoWire } from '../../../src/features/videos/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { forgetProgress, listContinueWatching, listVideos } from '../../lib/api/videos.ts';
import { appPath } from '../../lib/base.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { user } from '../../lib/session.ts';
import { useLibraries } from '../../libraries/use-libraries.ts';
import { showToast } from '../../ui/toast.tsx';
import { VideoGrid } from '../../videos/video-grid.tsx';
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
  const libraries = useLibraries();
  const empty = all.items?.length === 0;
  const rows = homeRows(all, libraries);

  if (empty) return <Welcome hasLibraries={(libraries?.length ?? 0) > 0} />;
  return (
    <div class="home">
      <h1 class="visually-hidden">{t('nav.home')}</h1>
      {user.value && <ContinueRow />}
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

function ContinueRow() {
  const row = useResource('videos:continue', async () => rememberVideos((await listContinueWatching()).items));

  async function forget(video: VideoWire): Promise<void> {
    row.data.value = row.data.value?.filter((other) => other.id !== video.id);
    try {
      await forgetProgress(video.id);
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
      void row.refresh();
    }
  }
  // Most people have nothing to go on with: a skeleton here would only jump away.
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
