import { Film, FolderSearch, RefreshCw, Unplug } from 'lucide';
import { useRoute } from 'preact-iso';
import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { leadsNowhere, nowhereText, problemText } from '../../lib/api/client.ts';
import { fetchLibrary, scanLibrary } from '../../lib/api/libraries.ts';
import { listVideos } from '../../lib/api/videos.ts';
import { appPath } from '../../lib/base.ts';
import { usePaged } from '../../lib/cache/paged.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { rememberVideos } from '../../lib/cache/videos.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { isAdmin } from '../../lib/session.ts';
import { LibraryState, libraryFacts } from '../../libraries/library-state.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import { VideoGrid } from '../../videos/video-grid.tsx';

export function LibraryPage() {
  const { id = '' } = useRoute().params;
  return <OneLibrary key={id} id={id} />;
}

function OneLibrary({ id }: { id: string }) {
  const held = useResource(`libraries/${id}`, () => fetchLibrary(id));
  const videos = usePaged(`videos:library:${id}`, async (cursor) => {
    const page = await listVideos({ library: id, limit: 40 }, cursor);
    rememberVideos(page.items);
    return page;
  });
  const library = held.data.value?.library;
  usePageTitle(library?.name ?? null);

  if (held.error.value && !library) {
    const gone = leadsNowhere(held.error.value);
    return (
      <Empty
        page
        icon={FolderSearch}
        title={t(gone ? 'library.goneTitle' : 'library.errorTitle')}
        actions={
          gone ? (
            <ButtonLink href={appPath('/libraries')}>{t('nav.libraries')}</ButtonLink>
          ) : (
            <Button variant="primary" onClick={() => void held.refresh()}>
              {t('action.retry')}
            </Button>
          )
        }
      >
        {nowhereText(held.error.value)}
      </Empty>
    );
  }
  return (
    <div class="page">
      <header class="page__head">
        {library ? <Heading library={library} /> : <HeadingSkeleton />}
        {isAdmin.value && <ScanButton library={library} onChange={() => void held.refresh()} />}
      </header>
      {library?.state === 'offline' && (
        <div class="page__head">
          <Banner icon={Unplug} tone="warn" data-testid="library-offline">
            {t('library.offline')}
          </Banner>
        </div>
      )}
      {videos.items?.length === 0 ? (
        <Empty icon={Film} title={t(library?.state === 'scanning' ? 'library.scanningTitle' : 'library.emptyTitle')}>
          {t(library?.state === 'scanning' ? 'library.scanningText' : 'library.emptyText')}
        </Empty>
      ) : (
        <VideoGrid list={videos} label={library?.name ?? ''} fromOnePlace />
      )}
    </div>
  );
}

function Heading({ library }: { library: LibraryWire }) {
  return (
    <div>
      <h1 class="library-card__name">
        <bdi>{library.name}</bdi> <LibraryState library={library} />
      </h1>
      <p class="page__lead">{libraryFacts(library)}</p>
    </div>
  );
}

function HeadingSkeleton() {
  return (
    <div aria-hidden="true">
      <h1>
        <Skeleton width="220px" height="1.2em" />
      </h1>
      <p class="page__lead">
        <Skeleton width="300px" height="1.5em" />
      </p>
    </div>
  );
}

function ScanButton({ library, onChange }: { library: LibraryWire | undefined; onChange: () => void }) {
  async function scan(): Promise<void> {
    if (!library) return;
    try {
      await scanLibrary(library.id);
      showToast(t('libraries.scanStarted', { name: library.name }));
      onChange();
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
  }
  const scanning = library?.state === 'scanning';
  return (
    <Button icon={RefreshCw} disabled={!library} busy={scanning} onClick={() => void scan()} data-testid="library-scan">
      {t(scanning ? 'libraries.scanning' : 'libraries.scan')}
    </Button>
  );
}
