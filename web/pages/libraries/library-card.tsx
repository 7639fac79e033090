import { EllipsisVertical, Pencil, RefreshCw, Trash2 } from 'lucide';
import type { LibraryWire } from '../../../src/features/libraries/api.ts';
import { problemText } from '../../lib/api/client.ts';
import { scanLibrary } from '../../lib/api/libraries.ts';
import { appPath } from '../../lib/base.ts';
import { t } from '../../lib/i18n/translate.ts';
import { isAdmin } from '../../lib/session.ts';
import { LibraryState, libraryFacts } from '../../libraries/library-state.tsx';
import { KIND_ICON } from '../../shell/rail.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { showToast } from '../../ui/toast.tsx';

interface LibraryCardProps {
  library: LibraryWire;
  onEdit: () => void;
  onRemove: () => void;
  onChange: () => void;
}

export function LibraryCard({ library, onEdit, onRemove, onChange }: LibraryCardProps) {
  return (
    <article class="library-card" data-testid="library-row" data-library-id={library.id}>
      <span class="library-card__icon">
        <Icon node={KIND_ICON[library.kind]} size={24} />
      </span>
      <div class="library-card__text">
        <h2 class="library-card__name">
          <a href={appPath(`/library/${library.id}`)}>
            <bdi>{library.name}</bdi>
          </a>
          <LibraryState library={library} />
          {library.fromConfig && <Badge>{t('libraries.fromConfig')}</Badge>}
        </h2>
        <p class="library-card__facts">
          {t(`kind.${library.kind}`)} · {libraryFacts(library)}
        </p>
        <ul class="library-card__folders">
          {library.folders.map((folder) => (
            <li key={folder.path} data-offline={folder.online ? undefined : true}>
              <bdi>{folder.path}</bdi>
              {!folder.online && ` (${t('libraries.cannotReach')})`}
            </li>
          ))}
        </ul>
      </div>
      {isAdmin.value && <Actions {...{ library, onEdit, onRemove, onChange }} />}
    </article>
  );
}

function Actions({ library, onEdit, onRemove, onChange }: LibraryCardProps) {
  async function scan(): Promise<void> {
    try {
      await scanLibrary(library.id);
      showToast(t('libraries.scanStarted', { name: library.name }));
      onChange();
    } catch (error) {
      showToast(problemText(error), { tone: 'bad' });
    }
  }
  const label = t('libraries.actions', { name: library.name });
  return (
    <Menu
      label={label}
      trigger={(wiring) => (
        <button type="button" class="icon-button" aria-label={label} {...wiring} data-testid="library-actions">
          <Icon node={EllipsisVertical} />
        </button>
      )}
    >
      <MenuItem icon={RefreshCw} onChoose={() => void scan()} data-testid="library-scan">
        {t('libraries.scan')}
      </MenuItem>
      {!library.fromConfig && (
        <>
          <MenuItem icon={Pencil} onChoose={onEdit} data-testid="library-edit">
            {t('action.edit')}
          </MenuItem>
          <MenuItem icon={Trash2} danger onChoose={onRemove} data-testid="library-remove">
            {t('libraries.remove')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
