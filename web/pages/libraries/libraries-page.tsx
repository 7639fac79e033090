import './libraries-page.css';
import { FolderPlus, Library } from 'lucide';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { listLibraries } from '../../lib/api/libraries.ts';
import { useResource } from '../../lib/cache/resource.ts';
import { t } from '../../lib/i18n/translate.ts';
import { usePageTitle } from '../../lib/page-title.ts';
import { isAdmin } from '../../lib/session.ts';
import { LIBRARIES_KEY } from '../../libraries/use-libraries.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { LibraryCard } from './library-card.tsx';
import { LibraryDialog } from './library-dialog.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

type Open = { what: 'add' } | { what: 'edit' | 'remove'; library: LibraryWire } | null;

export function LibrariesPage() {
  usePageTitle(t('nav.libraries'));
  const { path, query, route } = useLocation();
  const list = useResource(LIBRARIES_KEY, listLibraries);
  const [open, setOpen] = useState<Open>('add' in query && isAdmin.value ? { what: 'add' } : null);
  const items = list.data.value?.items;

  function close(): void {
    setOpen(null);
    if ('add' in query) route(path, true);
    void list.refresh();
  }
  const addButton = isAdmin.value && (
    <Button variant="primary" icon={FolderPlus} onClick={() => setOpen({ what: 'add' })} data-testid="add-library">
      {t('libraries.add')}
    </Button>
  );
  return (
    <div class="page page--narrow">
      <header class="page__head">
        <div>
          <h1>{t('nav.libraries')}</h1>
          <p class="page__lead">{t('libraries.lead')}</p>
        </div>
        {items && items.length > 0 && addButton}
      </header>
      {list.error.value && !items ? <p role="alert">{problemText(list.error.value)}</p> : null}
      {items?.length === 0 && (
        <Empty icon={Library} title={t('libraries.noneTitle')} actions={addButton}>
          {t(isAdmin.value ? 'libraries.noneAdmin' : 'libraries.noneMember')}
        </Empty>
      )}
      <ul class="libraries" aria-busy={!items}>
        {items?.map((library) => (
          <li key={library.id}>
            <LibraryCard
              library={library}
              onEdit={() => setOpen({ what: 'edit', library })}
              onRemove={() => setOpen({ what: 'remove', library })}
              onChange={() => void list.refresh()}
            />
          </li>
        ))}
        {!items && !list.error.value && [1, 2, 3].map((row) => <Skeleton key={row} height="108px" />)}
      </ul>
      {open?.what === 'remove' && <RemoveDialog library={open.library} onClose={close} />}
      {(open?.what === 'add' || open?.what === 'edit') && (
        <LibraryDialog library={open.what === 'edit' ? open.library : undefined} onClose={close} />
      )}
    </div>
  );
}
